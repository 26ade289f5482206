//! How a file of history is to be read.

use jiff::tz::TimeZone;

use super::column_names::ColumnNames;
use super::time_format::TimeFormat;
use crate::base::units::UnixMillis;

/// What the user says about a file of history. What is not said is found in the file, where it can
/// mean one thing only.
#[derive(Clone, Debug, Default)]
pub struct ReadingOptions {
    /// Names that the file gives to columns.
    pub columns: ColumnNames,
    /// The byte between two columns of CSV.
    pub delimiter: Option<u8>,
    /// The zone of times without an offset, with its name.
    pub time_zone: Option<(String, TimeZone)>,
    /// The form of times.
    pub time_format: Option<TimeFormat>,
    /// Names of the columns of CSV that has no header.
    pub header: Option<Vec<String>>,
    /// Lines before the header of CSV.
    pub skip_lines: Option<u64>,
    /// The decimal sign of numbers.
    pub decimal: Option<Decimal>,
    /// What answer rates without a sign are.
    pub answer_rates: Option<AnswerRates>,
    /// Texts that stand for no value, besides the usual ones.
    pub no_values: Vec<String>,
    /// What totals count.
    pub totals: Option<Totals>,
    /// Which of two hours it is, where a clock change repeats one and a campaign has it once.
    pub repeated_hour: Option<RepeatedHour>,
    /// Rows are sorted by time, which needs all of them in memory.
    pub sorts: bool,
    /// Threads that parse; 0 is one for each core.
    pub jobs: usize,
    /// The present, which no row may be more than a day after.
    pub now: Option<UnixMillis>,
}

/// The decimal sign of numbers. The other one then groups thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// `0.31`
    Point,
    /// `0,31`
    Comma,
}

/// What answer rates without a % sign are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerRates {
    /// `0.31`
    Share,
    /// `31`
    Percent,
}

/// What totals count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Totals {
    /// Calls of the interval that ends with the row.
    Interval,
    /// Calls since a time that the rows share, such as midnight.
    Cumulative,
}

/// Which of two hours it is that a clock change repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedHour {
    /// The one in summer time.
    First,
    /// The one in standard time.
    Second,
}
