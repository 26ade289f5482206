//! Replay: every row of history through the pacer, one campaign apart from the other.
//!
//! Every decision is taken as applied, since history does not say what a PATCH would have met.
//! It says what would have been decided, never what would have happened: history answered to the
//! rates it was given.

mod parting;
mod sketch;
mod tally;

use std::collections::HashMap;

use crate::base::units::UnixMillis;
use crate::history::{Available, Poll, Row};
use crate::pacing::{Decision, Pacer, PacerState, Sample, Window};

pub use parting::Part;
pub use sketch::{Bucket, Hour, Lines, Sketch, Thinned};
pub use tally::Tally;

/// Several pacers on the same history.
pub struct Replay {
    pacers: Vec<Pacer>,
    campaigns: Vec<Campaign>,
    places: HashMap<Box<str>, usize>,
    /// Of the last row.
    last: usize,
    rows: u64,
    failed_polls: u64,
}

/// One campaign of the history.
pub struct Campaign {
    /// Its id; empty where the file has no such column.
    pub id: Box<str>,
    /// Its rows.
    pub rows: u64,
    /// The time of its first row.
    pub first_at: UnixMillis,
    /// The time of its last row.
    pub last_at: UnixMillis,
    /// What each pacer decided, in their order.
    pub tallies: Vec<Tally>,
    states: Vec<PacerState>,
    last_line: u64,
    /// The campaign whose row came after this one's last time: most files interleave in turn.
    successor: usize,
}

/// A row that is not later than the one before it, of the same campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLater {
    /// The time of the row before.
    pub previous: UnixMillis,
    /// Where it is.
    pub line: u64,
}

impl Replay {
    /// Nothing replayed yet.
    #[must_use]
    pub fn new(pacers: Vec<Pacer>) -> Self {
        Self {
            pacers,
            campaigns: Vec::new(),
            places: HashMap::new(),
            last: 0,
            rows: 0,
            failed_polls: 0,
        }
    }

    /// Takes one row in and says which campaign it is of; `decided` hears what each pacer decides,
    /// by its number.
    pub fn row(
        &mut self,
        row: &Row,
        mut decided: impl FnMut(usize, &Decision),
    ) -> Result<usize, NotLater> {
        let place = self.place(row);
        let Some(campaign) = self.campaigns.get_mut(place) else {
            return Ok(place);
        };
        if campaign.rows > 0 && row.at <= campaign.last_at {
            return Err(NotLater {
                previous: campaign.last_at,
                line: campaign.last_line,
            });
        }
        let since = campaign.last_at;
        campaign.last_at = row.at;
        campaign.last_line = row.line;
        campaign.rows += 1;
        self.last = place;
        self.rows += 1;
        self.failed_polls += u64::from(row.poll.is_none());
        let runs = campaign.states.iter_mut().zip(&mut campaign.tallies);
        for (n, (pacer, (state, tally))) in self.pacers.iter().zip(runs).enumerate() {
            let sample = row.poll.map(|poll| enter(poll, row.at, pacer, state));
            let decision = pacer.step(state, sample, row.at);
            state.applied = decision.setpoint;
            tally.add(&decision, row, since);
            decided(n, &decision);
        }
        Ok(place)
    }

    /// The pacers.
    #[must_use]
    pub fn pacers(&self) -> &[Pacer] {
        &self.pacers
    }

    /// The campaigns, in the order of their first rows.
    #[must_use]
    pub fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    /// Rows taken in.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Of these, polls that failed.
    #[must_use]
    pub fn failed_polls(&self) -> u64 {
        self.failed_polls
    }

    /// What one pacer decided over all campaigns.
    #[must_use]
    pub fn total(&self, pacer: usize) -> Tally {
        let tallies = self.campaigns.iter().filter_map(|c| c.tallies.get(pacer));
        tallies.fold(Tally::default(), Tally::plus)
    }

    /// Where decisions and history part most, with the campaign, the furthest first: one row for
    /// each hour of a campaign.
    #[must_use]
    pub fn parts(&self, pacer: usize) -> Vec<(&str, Part)> {
        let of = |campaign: &'_ Campaign| campaign.tallies.get(pacer).map(Tally::parts);
        let mut parts: Vec<(&str, Part)> = Vec::new();
        for campaign in &self.campaigns {
            let own = of(campaign).unwrap_or_default();
            parts.extend(own.into_iter().map(|part| (&*campaign.id, part)));
        }
        parts.sort_by_key(|(_, part)| (std::cmp::Reverse(part.difference()), part.line));
        parts.truncate(parting::PARTS_MAX);
        parts
    }

    /// The number of the row's campaign, which is made where it is new.
    fn place(&mut self, row: &Row) -> usize {
        let is = |place: usize| {
            let campaign = self.campaigns.get(place);
            campaign.is_some_and(|campaign| *campaign.id == *row.campaign_id)
        };
        if is(self.last) {
            return self.last;
        }
        let successor = self.campaigns.get(self.last).map_or(0, |c| c.successor);
        if is(successor) {
            return successor;
        }
        let place = match self.places.get(row.campaign_id) {
            Some(place) => *place,
            None => self.begin(row),
        };
        if let Some(last) = self.campaigns.get_mut(self.last) {
            last.successor = place;
        }
        place
    }

    fn begin(&mut self, row: &Row) -> usize {
        let place = self.campaigns.len();
        self.places.insert(row.campaign_id.into(), place);
        self.campaigns.push(Campaign {
            id: row.campaign_id.into(),
            rows: 0,
            first_at: row.at,
            last_at: row.at,
            tallies: vec![Tally::default(); self.pacers.len()],
            states: vec![PacerState::at_standstill(); self.pacers.len()],
            last_line: row.line,
            successor: place,
        });
        place
    }
}

/// The sample of a poll. Where only the window's mean is known, the window is filled so that it
/// has this mean: with as many whole agents as come nearest to it.
fn enter(poll: Poll, at: UnixMillis, pacer: &Pacer, state: &mut PacerState) -> Sample {
    let sample = |available_agents| Sample {
        at,
        available_agents,
        answer_rate: poll.answer_rate,
        traffic: poll.traffic,
    };
    let mean = match poll.available {
        Available::Agents(agents) => return sample(agents),
        Available::Mean(mean) => mean,
    };
    let capacity = pacer.limits().window;
    let places = u32::try_from(capacity).unwrap_or(u32::MAX);
    let agents_of = |count: u32| (mean * f64::from(count)).round();
    // A young window holds fewer samples than it may; its mean tells how many it can have been.
    let is_whole = |count: &u32| (agents_of(*count) / f64::from(*count) - mean).abs() < 1e-9;
    let count = (1..=places).rev().find(is_whole).unwrap_or(places);
    let agents = agents_of(count);
    let each = (agents / f64::from(count)).floor();
    let more = agents - each * f64::from(count);
    state.window = Window::default();
    let mut last = sample(0);
    for place in 0..count {
        let agents = if f64::from(place) < more {
            each + 1.0
        } else {
            each
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, and from 0 to the mean, which is below 2³²"
        )]
        let next = sample(agents as u32);
        if place > 0 {
            state.window.admit(last, capacity);
        }
        last = next;
    }
    last
}
