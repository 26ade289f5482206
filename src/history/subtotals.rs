//! Rows that are totals of other rows, though they have a time like them: a day's total at its last
//! second, at midnight before or after it, or an hour's among those of five minutes.

use super::row::RowValues;

/// The rows of one campaign since it may have been summed up last.
#[derive(Debug, Default)]
pub(super) struct Subtotals {
    /// Since the last total, or the beginning of the file.
    since_total: Sum,
    /// Since midnight.
    of_day: Sum,
    day: i64,
    /// The first row of the day, and its line.
    first_of_day: Option<(Sum, u64)>,
}

/// Calls of rows that have some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    dialed: u64,
    answered: u64,
    rows: u64,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A poll like others.
    Poll,
    /// The total of so many rows before it.
    TotalOf(u64),
    /// The row at this line was the total of so many rows after it.
    TotalAt(u64, u64),
}

impl Subtotals {
    /// Takes the next row; `day` counts the days of its clock.
    #[inline]
    pub(super) fn take(&mut self, row: &RowValues, day: i64, line: u64) -> Found {
        let Some(calls) = Sum::of(row) else {
            return Found::Poll;
        };
        let rows = match (
            self.since_total.is_that_of(calls),
            self.of_day.is_that_of(calls),
        ) {
            (true, _) => self.since_total.rows,
            (_, true) => self.of_day.rows,
            _ => 0,
        };
        if rows > 0 {
            self.since_total = Sum::default();
            return Found::TotalOf(rows);
        }
        self.since_total.add(calls);
        if day == self.day {
            self.of_day.add(calls);
            return Found::Poll;
        }
        let found = self.end();
        self.day = day;
        self.of_day = calls;
        self.first_of_day = Some((calls, line));
        found
    }

    /// Ends the day.
    pub(super) fn end(&self) -> Found {
        let Some((first, line)) = self.first_of_day else {
            return Found::Poll;
        };
        let others = Sum {
            dialed: self.of_day.dialed - first.dialed,
            answered: self.of_day.answered - first.answered,
            rows: self.of_day.rows - first.rows,
        };
        if others.is_that_of(first) {
            Found::TotalAt(line, others.rows)
        } else {
            Found::Poll
        }
    }
}

impl Sum {
    #[inline]
    fn of(row: &RowValues) -> Option<Self> {
        let traffic = row.poll.as_ref()?.traffic;
        Some(Self {
            dialed: traffic.attempts?.into(),
            answered: traffic.answered?.into(),
            rows: u64::from(traffic.attempts? > 0),
        })
    }

    #[inline]
    fn add(&mut self, other: Self) {
        self.dialed += other.dialed;
        self.answered += other.answered;
        self.rows += other.rows;
    }

    /// True where a row has the calls of these rows, which are too many for chance.
    #[inline]
    fn is_that_of(&self, row: Self) -> bool {
        row.dialed == self.dialed
            && row.answered == self.answered
            && self.rows >= ROWS_MIN
            && self.dialed >= DIALED_MIN
    }
}

/// Rows and calls whose sum no row has by chance: it would have to be a multiple of its neighbours, to the
/// call. Totals that count on, such as 0, 30, 60 and 90, may be the sum of three rows, and never of four.
const ROWS_MIN: u64 = 4;
const DIALED_MIN: u64 = 60;
