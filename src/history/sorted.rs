//! All rows of a file in the order of time.

use std::vec::IntoIter;

use super::bounds::SORTED_ROWS_MAX;
use super::chunk::ParsedRow;
use super::error::RowError;
use super::ids::Ids;
use super::options::ReadingOptions;
use crate::base::units::UnixMillis;

/// Rows that are collected, and then given out in the order of time.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    rows: Vec<Collected>,
    ids: Ids,
    in_order: Option<IntoIter<Collected>>,
    /// The row that was given out last.
    current: Option<Collected>,
    /// The steps in time of each campaign.
    steps: Vec<Steps>,
    /// True where the user says how times are written.
    is_form_said: bool,
    /// True where the user says which of two repeated hours it is.
    is_hour_said: bool,
}

/// Steps in time from each row of a campaign to the next.
#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    last_at: Option<UnixMillis>,
    back: StepsOneWay,
    on: StepsOneWay,
}

#[derive(Clone, Copy, Debug, Default)]
struct StepsOneWay {
    all: u64,
    /// Those of about half a day, with the line of the first.
    half_days: u64,
    first_line: u64,
}

#[derive(Debug)]
struct Collected {
    row: ParsedRow,
    line: u64,
    id: usize,
}

impl Sorted {
    pub(super) fn new(options: &ReadingOptions) -> Self {
        Self {
            is_hour_said: options.repeated_hour.is_some(),
            is_form_said: options.time_format.is_some(),
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
        if id == self.steps.len() {
            self.steps.push(Steps::default());
        }
        if let Some(steps) = self.steps.get_mut(id) {
            steps.take(row.values.at, line);
        }
        self.rows.push(Collected { row, line, id });
        Ok(())
    }

    /// Sorts the rows that were added. Refused are those of which each that goes
    /// back, or on in a file with the newest first, goes half a day.
    pub(super) fn sort(&mut self) -> Result<(), RowError> {
        let mut half_days = self.steps.iter().filter_map(Steps::half_day_line);
        if let Some(line) = half_days.next().filter(|_| !self.is_form_said) {
            return Err(RowError::unreadable(format!(
                "line {line} is half a day away from the row before it, and so is each row that goes the same way: are its hours those of a 12-hour clock? Export them with AM and PM, or up to 24; if they are up to 24, say so with --time-format, such as --time-format '%Y-%m-%d %H:%M:%S'"
            )));
        }
        let mut rows = std::mem::take(&mut self.rows);
        // Of a file with the newest row first, rows of one time are in the opposite order, too.
        let ends = rows.first().zip(rows.last());
        if ends.is_some_and(|(first, last)| first.row.values.at > last.row.values.at) {
            rows.reverse();
        }
        rows.sort_by_key(|collected| collected.row.values.at);
        self.in_order = Some(rows.into_iter());
        Ok(())
    }

    /// The next row, with its line and the id of its campaign.
    pub(super) fn next(&mut self) -> Option<(&mut ParsedRow, u64, &str)> {
        self.current = self.in_order.as_mut()?.next();
        let Collected { row, line, id } = self.current.as_mut()?;
        Some((row, *line, self.ids.text(*id)))
    }
}

impl Steps {
    fn take(&mut self, at: UnixMillis, line: u64) {
        let step = self.last_at.map_or(0, |last| at.0 - last.0);
        self.last_at = Some(at);
        let way = if step < 0 {
            &mut self.back
        } else {
            &mut self.on
        };
        way.all += u64::from(step != 0);
        if is_half_day(step.abs()) {
            way.half_days += 1;
            if way.half_days == 1 {
                way.first_line = line;
            }
        }
    }

    /// The line of the first step of half a day, where all are that go the same way.
    fn half_day_line(&self) -> Option<u64> {
        let ways = [self.back, self.on];
        let way = ways
            .into_iter()
            .find(|it| it.all > 0 && it.half_days == it.all)?;
        (self.back.all > 0 && self.on.all > 0).then_some(way.first_line)
    }
}

/// True for the milliseconds that a 12-hour clock falls back at 1 in the afternoon: half a day, less the
/// time between two rows.
pub(super) fn is_half_day(fall_millis: i64) -> bool {
    (HALF_DAY_MILLIS - HALF_DAY_SLACK_MILLIS..HALF_DAY_MILLIS).contains(&fall_millis)
}

const HALF_DAY_MILLIS: i64 = 12 * 3_600_000;
const HALF_DAY_SLACK_MILLIS: i64 = 3_600_000;
