//! Agents that several campaigns share: each idle one is promised to one of them.

use std::path::PathBuf;

use super::hold::HoldMarker;
use crate::base::files;
use crate::pacing::{CallingHours, Sample, Traffic};

/// The campaigns that divide idle agents between them, as one of them sees it.
#[derive(Debug)]
pub struct Pool {
    /// The campaigns, in the order of the file: the marker of an operator's stop, and calling hours.
    members: Vec<(HoldMarker, Option<CallingHours>)>,
    /// Which of them this campaign is.
    own: usize,
}

impl Pool {
    /// The pool of the campaigns with these states and calling hours; `own` is this campaign's place
    /// among them.
    #[must_use]
    pub fn new(members: Vec<(PathBuf, Option<CallingHours>)>, own: usize) -> Self {
        let marker = |path: PathBuf| HoldMarker::beside(&files::resolved(&path).unwrap_or(path));
        let members = members.into_iter();
        Self {
            members: members.map(|(path, hours)| (marker(path), hours)).collect(),
            own,
        }
    }

    /// The part of a sample that this campaign may count on: the agents divided by the campaigns that
    /// nobody stopped and that may call now, what does not divide to the first of them.
    #[must_use]
    pub fn part_of(&self, sample: Sample) -> Sample {
        let takes_part = |(marker, hours): &(HoldMarker, Option<CallingHours>)| {
            let is_open = hours
                .as_ref()
                .is_none_or(|hours| hours.is_inside(sample.at));
            is_open && !marker.stands()
        };
        let members = self.members.iter().enumerate();
        let sharing: Vec<usize> = members
            .filter(|(_, member)| takes_part(member))
            .map(|(n, _)| n)
            .collect();
        // While it takes no part it fills its window with nothing, so that it takes over, when it comes
        // back, as fast as the others hand over.
        let has_part = sharing.contains(&self.own);
        let before = sharing.iter().filter(|n| **n < self.own).count();
        let part = |agents: u32| {
            if has_part {
                part_of(agents, sharing.len(), before)
            } else {
                0
            }
        };
        Sample {
            available_agents: part(sample.available_agents),
            traffic: Traffic {
                logged_in: sample.traffic.logged_in.map(part),
                busy: sample.traffic.busy.map(part),
                ..sample.traffic
            },
            ..sample
        }
    }
}

/// The part of `agents` of one of `sharers`, with `before` of them in front of it.
fn part_of(agents: u32, sharers: usize, before: usize) -> u32 {
    let sharers = u32::try_from(sharers).unwrap_or(u32::MAX).max(1);
    let before = u32::try_from(before).unwrap_or(u32::MAX);
    agents / sharers + u32::from(before < agents % sharers)
}
