//! Where decisions and history part most: one row for each hour, so that one bad hour does not
//! fill the list.

use crate::base::units::UnixMillis;
use crate::history::HistoryRow;

/// A row in which decision and history differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// When.
    pub at: UnixMillis,
    /// Where in the file.
    pub line: u64,
    /// The dial rate decided, calls per minute.
    pub dial_rate: u32,
    /// The dial rate that history had.
    pub history: u32,
}

/// The furthest rows of the hours, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parting {
    /// Of the hour that is not over.
    current: Option<Part>,
    /// Of the hours before, the furthest first.
    furthest: Vec<Part>,
}

impl Part {
    /// How far apart they are, calls per minute.
    #[must_use]
    pub fn difference(&self) -> u32 {
        self.dial_rate.abs_diff(self.history)
    }

    fn hour(&self) -> i64 {
        self.at.0.div_euclid(3_600_000)
    }
}

impl Parting {
    pub(super) fn add(&mut self, row: &HistoryRow, dial_rate: u32, history: u32) {
        let part = Part {
            at: row.at,
            line: row.line,
            dial_rate,
            history,
        };
        match &mut self.current {
            Some(current) if current.hour() == part.hour() => {
                if part.difference() > current.difference() {
                    *current = part;
                }
            }
            current => {
                if let Some(over) = current.replace(part) {
                    keep(&mut self.furthest, over);
                }
            }
        }
    }

    pub(super) fn furthest(&self) -> Vec<Part> {
        let mut furthest = self.furthest.clone();
        if let Some(current) = self.current {
            keep(&mut furthest, current);
        }
        furthest
    }
}

/// Puts `part` in its place; of two that are as far, the earlier stands first.
fn keep(furthest: &mut Vec<Part>, part: Part) {
    if part.difference() == 0 {
        return;
    }
    let place = furthest.partition_point(|other| other.difference() >= part.difference());
    if place < PARTS_MAX {
        furthest.insert(place, part);
        furthest.truncate(PARTS_MAX);
    }
}

/// Rows that are kept.
pub(super) const PARTS_MAX: usize = 10;
