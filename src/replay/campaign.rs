//! Campaigns of a history.

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
}

impl ReplayedCampaign {
    /// A campaign that begins with `row`.
    pub(super) fn new(row: &HistoryRow, pacers: usize) -> Self {
        Self {
            id: row.campaign_id.into(),
            rows: 0,
            first_at: row.at,
            last_at: row.at,
            totals: vec![ReplayTotals::default(); pacers],
            states: vec![PacerState::at_standstill(); pacers],
        }
    }

    /// Counts a row and returns the time of the row before; of the first row, its own time.
    pub(super) fn begin_row(&mut self, row: &HistoryRow) -> UnixMillis {
        self.rows += 1;
        std::mem::replace(&mut self.last_at, row.at)
    }
}
