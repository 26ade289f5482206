//! Columns by the names that files give them.

use std::fmt;

use crate::base::input::InputError;

/// What a row may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    /// When it was polled.
    Timestamp,
    /// The campaign.
    CampaignId,
    /// Attempts that ended in the interval.
    CallsDialed,
    /// Of these, answered by a person.
    CallsAnswered,
    /// The second ÷ the first.
    AnswerRate,
    /// Agents available at the poll.
    AvailableAgents,
    /// Mean available agents over the window, of audit records.
    AvailabilityMean,
    /// The dial rate that history had.
    DialRate,
    /// People who answered and gave up waiting in the interval.
    CallsAbandoned,
    /// Agents logged in at the poll.
    LoggedInAgents,
}

/// Every column, at the place of its number.
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
    /// Its own name, and those that records and `--json` use for the same.
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

/// The header that stands for each column.
#[derive(Clone, Debug, Default)]
pub struct Names {
    given: [Option<String>; COLUMNS.len()],
}

impl Names {
    /// Takes `name=header` options in.
    pub fn new(options: &[String]) -> Result<Self, InputError> {
        let mut names = Self::default();
        for option in options {
            let refuse = |problem: String| {
                Err(InputError(format!(
                    "--column {option}: {problem}, such as --column availableAgents=agents_idle"
                )))
            };
            let Some((name, header)) = option.split_once('=') else {
                return refuse("expected NAME=HEADER".to_owned());
            };
            let column = COLUMNS
                .into_iter()
                .find(|column| column.names().first() == Some(&name));
            let Some(column) = column else {
                let known: Vec<String> = COLUMNS.iter().map(Column::to_string).collect();
                return refuse(format!("{name:?} is none of {}", known.join(", ")));
            };
            if header.is_empty() {
                return refuse("the header is missing".to_owned());
            }
            if let Some(slot) = names.given.get_mut(column as usize)
                && slot.replace(header.to_owned()).is_some()
            {
                return refuse(format!("{name} is given twice"));
            }
        }
        Ok(names)
    }

    /// The headers that stand for `column`, the strongest first.
    pub(super) fn of(&self, column: Column) -> impl Iterator<Item = &str> {
        let given = self.given.get(column as usize).and_then(Option::as_deref);
        let own = if given.is_some() { &[] } else { column.names() };
        given.into_iter().chain(own.iter().copied())
    }

    /// Whether `column` was given a header of its own.
    pub(super) fn is_given(&self, column: Column) -> bool {
        self.given.get(column as usize).is_some_and(Option::is_some)
    }
}

/// What a file calls each column.
pub(super) type Headers = [String; COLUMNS.len()];

/// The fields of one row: `None` where the row has no such column, empty where it has no value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(pub(super) [Option<&'a [u8]>; COLUMNS.len()]);

impl<'a> Fields<'a> {
    pub(super) fn get(&self, column: Column) -> Option<&'a [u8]> {
        self.0.get(column as usize).copied().flatten()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().first().copied().unwrap_or_default())
    }
}
