//! Columns of history, and the names that files give them.

use std::fmt;
use std::ops::{Index, IndexMut};

use crate::base::input::InputError;

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Column {
    /// Time of the poll.
    Timestamp,
    /// Campaign.
    CampaignId,
    /// Attempts that ended in the interval.
    CallsDialed,
    /// Of these, answered by a person.
    CallsAnswered,
    /// Calls answered ÷ calls dialed.
    AnswerRate,
    /// Agents available at the poll.
    AvailableAgents,
    /// Mean available agents over the pacer's window, in audit records.
    AvailabilityMean,
    /// Dial rate, calls per minute.
    DialRate,
    /// People who answered and hung up before an agent was free, in the interval.
    CallsAbandoned,
    /// Agents logged in at the poll.
    LoggedInAgents,
}

/// Every column, in the order of its number.
pub(super) const COLUMNS: [Column; 10] = [
    Column::Timestamp,
    Column::CampaignId,
    Column::CallsDialed,
    Column::CallsAnswered,
    Column::AnswerRate,
    Column::AvailableAgents,
    Column::AvailabilityMean,
    Column::DialRate,
    Column::CallsAbandoned,
    Column::LoggedInAgents,
];

impl Column {
    /// Its own name first, then the names that records and `--json` have for it.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Timestamp => &["timestamp"],
            Self::CampaignId => &["campaignId"],
            Self::CallsDialed => &["totalCallsDialed"],
            Self::CallsAnswered => &["totalCallsAnswered"],
            Self::AnswerRate => &["answerRate", "currentAnswerRate"],
            Self::AvailableAgents => &["availableAgents"],
            Self::AvailabilityMean => &["agentAvailabilityAvg"],
            Self::DialRate => &["dialRate", "newDialRate"],
            Self::CallsAbandoned => &["totalCallsAbandoned"],
            Self::LoggedInAgents => &["loggedInAgents"],
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().first().copied().unwrap_or_default())
    }
}

/// A value for each column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PerColumn<T>([T; COLUMNS.len()]);

/// The text of one row: `None` where it has no such column, empty where it has no value.
pub(super) type Fields<'a> = PerColumn<Option<&'a [u8]>>;

impl<T> PerColumn<T> {
    #[inline]
    pub(super) fn new(value: impl FnMut(Column) -> T) -> Self {
        Self(COLUMNS.map(value))
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "there is a value for the number of every column"
)]
impl<T> Index<Column> for PerColumn<T> {
    type Output = T;

    #[inline]
    fn index(&self, column: Column) -> &T {
        &self.0[column as usize]
    }
}

#[expect(clippy::indexing_slicing, reason = "as above")]
impl<T> IndexMut<Column> for PerColumn<T> {
    #[inline]
    fn index_mut(&mut self, column: Column) -> &mut T {
        &mut self.0[column as usize]
    }
}

/// Names under which each column is looked for in a file.
#[derive(Clone, Debug, Default)]
pub struct ColumnNames {
    /// The name that `--column` gives, if any.
    given: PerColumn<Option<String>>,
}

impl ColumnNames {
    /// From `--column` options, each of the form `NAME=HEADER`.
    pub fn new(options: &[String]) -> Result<Self, InputError> {
        let mut names = Self::default();
        for option in options {
            let refuse = |problem: String| {
                Err(InputError(format!(
                    "--column {option}: {problem}; for example --column availableAgents=agents_idle"
                )))
            };
            let Some((name, header)) = option.split_once('=') else {
                return refuse("expected NAME=HEADER".to_owned());
            };
            let column = COLUMNS
                .into_iter()
                .find(|column| column.names().first() == Some(&name));
            let Some(column) = column else {
                let known = COLUMNS.map(|column| column.to_string());
                return refuse(format!(
                    "{name:?} is not a column; the columns are {}",
                    known.join(", ")
                ));
            };
            if header.is_empty() {
                return refuse("the header is empty".to_owned());
            }
            if names.given[column].replace(header.to_owned()).is_some() {
                return refuse(format!("{name} is given twice"));
            }
        }
        Ok(names)
    }

    /// The names of `column`, the one to prefer first.
    pub(super) fn of(&self, column: Column) -> impl Iterator<Item = &str> {
        let given = self.given[column].as_deref();
        let own = if given.is_some() { &[] } else { column.names() };
        given.into_iter().chain(own.iter().copied())
    }

    /// The name that `--column` gives, if any.
    pub(super) fn given(&self, column: Column) -> Option<&str> {
        self.given[column].as_deref()
    }
}
