//! Campaigns of a history, found by their ids.

use std::collections::HashMap;

use super::totals::ReplayTotals;
use crate::base::units::UnixMillis;
use crate::history::HistoryRow;
use crate::pacing::PacerState;

/// A campaign of the history.
pub struct ReplayedCampaign {
    /// Its id; empty where the file has no such column.
    pub id: Box<str>,
    /// Rows replayed.
    pub rows: u64,
    /// Time of its first row.
    pub first_at: UnixMillis,
    /// Time of its last row.
    pub last_at: UnixMillis,
    /// Totals of each pacer, in their order.
    pub totals: Vec<ReplayTotals>,
    /// State of each pacer, in their order.
    pub(super) states: Vec<PacerState>,
    last_line: u64,
    /// Number of the campaign whose row followed the last time. Files that hold several campaigns
    /// mostly repeat their order, so the next row is looked for there first.
    successor: usize,
}

/// Refusal of a row whose time is not later than that of its campaign's row before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLater {
    /// Time of the row before.
    pub previous_at: UnixMillis,
    /// Line of the row before.
    pub previous_line: u64,
}

impl ReplayedCampaign {
    fn new(row: &HistoryRow, number: usize, pacers: usize) -> Self {
        Self {
            id: row.campaign_id.into(),
            rows: 0,
            first_at: row.at,
            last_at: row.at,
            totals: vec![ReplayTotals::default(); pacers],
            states: vec![PacerState::at_standstill(); pacers],
            last_line: row.line,
            successor: number,
        }
    }

    /// Counts a row and returns the time of the row before; of the first row, its own time.
    pub(super) fn begin_row(&mut self, row: &HistoryRow) -> Result<UnixMillis, NotLater> {
        let previous_at = self.last_at;
        if self.rows > 0 && row.at <= previous_at {
            return Err(NotLater {
                previous_at,
                previous_line: self.last_line,
            });
        }
        self.last_at = row.at;
        self.last_line = row.line;
        self.rows += 1;
        Ok(previous_at)
    }
}

/// The campaigns of a history, numbered in the order of their first rows.
pub(super) struct Campaigns {
    all: Vec<ReplayedCampaign>,
    numbers: HashMap<Box<str>, usize>,
    /// Number of the last row's campaign.
    last: usize,
    /// Pacers of each campaign.
    pacers: usize,
}

impl Campaigns {
    pub(super) fn new(pacers: usize) -> Self {
        Self {
            all: Vec::new(),
            numbers: HashMap::new(),
            last: 0,
            pacers,
        }
    }

    pub(super) fn all(&self) -> &[ReplayedCampaign] {
        &self.all
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut ReplayedCampaign> {
        self.all.get_mut(number)
    }

    /// The number of the row's campaign, which is added where it is new.
    pub(super) fn number_of(&mut self, row: &HistoryRow) -> usize {
        let successor = match self.all.get(self.last) {
            Some(last) if *last.id == *row.campaign_id => return self.last,
            last => last.map_or(0, |last| last.successor),
        };
        let expected = self.all.get(successor);
        let number = if expected.is_some_and(|expected| *expected.id == *row.campaign_id) {
            successor
        } else {
            let number = match self.numbers.get(row.campaign_id) {
                Some(number) => *number,
                None => self.add(row),
            };
            if let Some(last) = self.all.get_mut(self.last) {
                last.successor = number;
            }
            number
        };
        self.last = number;
        number
    }

    fn add(&mut self, row: &HistoryRow) -> usize {
        let number = self.all.len();
        self.numbers.insert(row.campaign_id.into(), number);
        let campaign = ReplayedCampaign::new(row, number, self.pacers);
        self.all.push(campaign);
        number
    }
}
