//! The largest differences between decisions and history: at most one row for each hour, so that
//! one bad hour does not fill the list.

use crate::base::units::UnixMillis;
use crate::history::HistoryRow;

/// A row whose decision differs from history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Time of the row.
    pub at: UnixMillis,
    /// Line of the row.
    pub line: u64,
    /// Setpoint decided, in steps of the unit.
    pub decided: u32,
    /// Setpoint in history, in steps of the unit.
    pub history: u32,
}

impl Difference {
    /// Size of the difference, in steps of the unit.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.decided.abs_diff(self.history)
    }

    fn hour(&self) -> i64 {
        // A row is the end of its interval, so one at 20:00 belongs to the hour before.
        self.at.0.saturating_sub(1).div_euclid(HOUR_MILLIS)
    }
}

/// The hours with the largest differences so far, each by its row with the largest one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LargestDifferences {
    /// Row of the hour that is not over.
    current: Option<Difference>,
    /// Rows of the hours before, the largest first.
    largest: Vec<Difference>,
}

impl LargestDifferences {
    pub(super) fn add(&mut self, row: &HistoryRow, decided: u32, history: u32) {
        let difference = Difference {
            at: row.at,
            line: row.line,
            decided,
            history,
        };
        match &mut self.current {
            Some(current) if current.hour() == difference.hour() => {
                if difference.size() > current.size() {
                    *current = difference;
                }
            }
            current => {
                if let Some(of_last_hour) = current.replace(difference) {
                    insert(&mut self.largest, of_last_hour);
                }
            }
        }
    }

    /// The differences, the largest first.
    pub(super) fn sorted(&self) -> Vec<Difference> {
        let mut largest = self.largest.clone();
        if let Some(current) = self.current {
            insert(&mut largest, current);
        }
        largest
    }
}

/// Inserts `difference` by its size; of two of the same size, the earlier stands first.
fn insert(largest: &mut Vec<Difference>, difference: Difference) {
    if difference.size() == 0 {
        return;
    }
    let place = largest.partition_point(|other| other.size() >= difference.size());
    if place < KEPT {
        largest.insert(place, difference);
        largest.truncate(KEPT);
    }
}

/// Differences that are kept.
pub(super) const KEPT: usize = 10;
const HOUR_MILLIS: i64 = 3_600_000;
