//! Agents that several campaigns share: each idle one is promised to one of them.

use std::path::PathBuf;

use super::hold::HoldMarker;
use crate::base::files;
use crate::pacing::{Sample, Traffic};

/// The campaigns that divide idle agents between them, as one of them sees it.
#[derive(Debug)]
pub struct Pool {
    /// The marker of each campaign, in the order of the file.
    markers: Vec<HoldMarker>,
    /// Which of them this campaign is.
    own: usize,
}

impl Pool {
    /// The pool of the campaigns with these states; `own` is this campaign's place among them.
    #[must_use]
    pub fn new(states: Vec<PathBuf>, own: usize) -> Self {
        let marker = |path: PathBuf| HoldMarker::beside(&files::resolved(&path).unwrap_or(path));
        Self {
            markers: states.into_iter().map(marker).collect(),
            own,
        }
    }

    /// The part of a sample that this campaign may count on: the agents divided by the campaigns that
    /// nobody stopped, what does not divide to the first of them.
    #[must_use]
    pub fn part_of(&self, sample: Sample) -> Sample {
        let takes_part = |n: usize, marker: &HoldMarker| n == self.own || !marker.stands();
        let markers = self.markers.iter().enumerate();
        let sharing: Vec<usize> = markers
            .filter(|(n, marker)| takes_part(*n, marker))
            .map(|(n, _)| n)
            .collect();
        let before = sharing.iter().filter(|n| **n < self.own).count();
        let part = |agents: u32| part_of(agents, sharing.len(), before);
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
