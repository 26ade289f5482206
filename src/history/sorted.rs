//! All rows of a file in the order of time.

use std::vec::IntoIter;

use super::bounds::SORTED_ROWS_MAX;
use super::chunk::ParsedRow;
use super::error::RowError;
use super::ids::Ids;

/// Rows that are collected, and then given out in the order of time.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    rows: Vec<Collected>,
    ids: Ids,
    in_order: Option<IntoIter<Collected>>,
    /// The row that was given out last.
    current: Option<Collected>,
    /// True where the user says which of two repeated hours it is.
    is_hour_said: bool,
}

#[derive(Debug)]
struct Collected {
    row: ParsedRow,
    line: u64,
    id: usize,
}

impl Sorted {
    pub(super) fn new(is_hour_said: bool) -> Self {
        Self {
            is_hour_said,
            ..Self::default()
        }
    }

    /// True once all rows are sorted.
    pub(super) fn is_complete(&self) -> bool {
        self.in_order.is_some()
    }

    pub(super) fn add(&mut self, row: ParsedRow, line: u64, id: &str) -> Result<(), RowError> {
        if row.again_millis > 0 && !self.is_hour_said {
            return Err(RowError::unreadable(format!(
                "line {line} is in an hour that a clock change repeats, and --sort cannot tell the two apart: give --repeated-hour first or second where the hour is there once, else leave out --sort, after tac FILE where the newest row is first"
            )));
        }
        if self.rows.len() == SORTED_ROWS_MAX {
            return Err(RowError::unreadable(format!(
                "it has more than {SORTED_ROWS_MAX} rows, which is as many as --sort holds in memory; sort the file before"
            )));
        }
        let id = self.ids.number_of(id);
        self.rows.push(Collected { row, line, id });
        Ok(())
    }

    /// Sorts the rows that were added.
    pub(super) fn sort(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        // Of a file with the newest row first, rows of one time are in the opposite order, too.
        let ends = rows.first().zip(rows.last());
        if ends.is_some_and(|(first, last)| first.row.values.at > last.row.values.at) {
            rows.reverse();
        }
        rows.sort_by_key(|collected| collected.row.values.at);
        self.in_order = Some(rows.into_iter());
    }

    /// The next row, with its line and the id of its campaign.
    pub(super) fn next(&mut self) -> Option<(&mut ParsedRow, u64, &str)> {
        self.current = self.in_order.as_mut()?.next();
        let Collected { row, line, id } = self.current.as_mut()?;
        Some((row, *line, self.ids.text(*id)))
    }
}
