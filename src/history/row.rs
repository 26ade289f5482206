//! A row of history after it was read and checked.

use std::ops::Deref;

use crate::base::units::UnixMillis;
use crate::pacing::{Ratio, Traffic, Unit};

/// One poll of one campaign: its place in the file, and through [`Deref`] its [values](RowValues).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryRow<'a> {
    /// Line of the file at which the row begins, from 1.
    pub line: u64,
    /// Number of its campaign, in the order of the campaigns' first rows.
    pub campaign: usize,
    /// Campaign; empty where the file has no such column.
    pub campaign_id: &'a str,
    /// What the row says. It stays where it was parsed: a copy of it would cost more than its use.
    pub values: &'a RowValues,
}

impl Deref for HistoryRow<'_> {
    type Target = RowValues;

    fn deref(&self) -> &RowValues {
        self.values
    }
}

/// The values of one poll of one campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowValues {
    /// Time of the poll.
    pub at: UnixMillis,
    /// Metrics of the poll; `None` where the row has none, which means that the poll failed.
    pub poll: Option<HistoryPoll>,
    /// Dial rate in the file, calls per minute.
    pub dial_rate: Option<u32>,
    /// Dial ratio in the file, hundredths of a call per available agent.
    pub ratio: Option<u32>,
}

/// Metrics of one poll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryPoll {
    /// Available agents.
    pub available: AvailableAgents,
    /// Answered by a person ÷ attempts that ended; `None` when no attempt ended.
    pub answer_rate: Option<Ratio>,
    /// Counts of the interval, those that the row has.
    pub traffic: Traffic,
}

/// Available agents, as a count or as a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AvailableAgents {
    /// Agents counted at the poll.
    Count(u32),
    /// Mean over the pacer's window: an audit record has no count.
    WindowMean(f64),
}

impl RowValues {
    /// The setpoint in the file, in steps of this unit.
    #[must_use]
    pub fn steps(&self, unit: Unit) -> Option<u32> {
        match unit {
            Unit::CallsPerMinute => self.dial_rate,
            Unit::CallsPerAgent => self.ratio,
        }
    }

    /// The count of available agents, where the row has one.
    #[must_use]
    pub fn available_agents(&self) -> Option<u32> {
        match self.poll?.available {
            AvailableAgents::Count(agents) => Some(agents),
            AvailableAgents::WindowMean(_) => None,
        }
    }
}
