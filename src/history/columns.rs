//! Columns of history, and the names that files give them.

use std::fmt;
use std::ops::{Index, IndexMut};
use std::sync::LazyLock;

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Column {
    /// Time of the poll, or its date.
    Timestamp,
    /// Time of day, where the file has it apart from the date.
    TimeOfDay,
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
    /// Dial ratio, calls per available agent.
    Ratio,
    /// People who answered and hung up before an agent was free, in the interval.
    CallsAbandoned,
    /// Agents logged in and not on a break at the poll.
    LoggedInAgents,
    /// Agents logged in, on a break or not, as the reports of CXone count them.
    AgentsLoggedIn,
    /// Of these, agents on a break.
    AgentsUnavailable,
}

/// Every column, in the order of its number.
pub(super) const COLUMNS: [Column; 14] = [
    Column::Timestamp,
    Column::TimeOfDay,
    Column::CampaignId,
    Column::CallsDialed,
    Column::CallsAnswered,
    Column::AnswerRate,
    Column::AvailableAgents,
    Column::AvailabilityMean,
    Column::DialRate,
    Column::Ratio,
    Column::CallsAbandoned,
    Column::LoggedInAgents,
    Column::AgentsLoggedIn,
    Column::AgentsUnavailable,
];

impl Column {
    /// Its own name, then the name that records and `--json` have for it, then the names in the
    /// reports of CXone, which misspell two of them in one version. Of two kinds in one file the earlier
    /// counts.
    pub(super) fn names(self) -> [&'static [&'static str]; 3] {
        match self {
            Self::Timestamp => [&["timestamp"], &[], &["startDate", "intervalStartDate"]],
            Self::TimeOfDay => [&[], &[], &[]],
            Self::CampaignId => [&["campaignId"], &["skillId"], &[]],
            Self::CallsDialed => [&["totalCallsDialed"], &[], &["dials"]],
            Self::CallsAnswered => [&["totalCallsAnswered"], &[], &["connects"]],
            Self::AnswerRate => [&["answerRate"], &["currentAnswerRate"], &[]],
            Self::AvailableAgents => [
                &["availableAgents"],
                &[],
                &["agentsAvailable", "agentsAvaliable"],
            ],
            Self::AvailabilityMean => [&["agentAvailabilityAvg"], &[], &[]],
            Self::DialRate => [&["dialRate"], &["newDialRate"], &[]],
            Self::Ratio => [&["ratio"], &["newRatio"], &[]],
            Self::CallsAbandoned => [&["totalCallsAbandoned"], &[], &["abandonCount", "abandons"]],
            Self::LoggedInAgents => [&["loggedInAgents"], &["staffedAgents"], &[]],
            Self::AgentsLoggedIn => [&["agentsLoggedIn"], &[], &[]],
            Self::AgentsUnavailable => [&["agentsUnavailable"], &[], &["agentsUnavaliable"]],
        }
    }

    /// Its own name; empty for a part of another column.
    pub(super) fn name(self) -> &'static str {
        let [own, ..] = self.names();
        own.first().copied().unwrap_or_default()
    }

    /// The column of `name`, in any spelling, and the place of its kind among the kinds of names.
    pub(super) fn of_name(name: &str) -> Option<(Self, usize)> {
        let plain = plain(name);
        let known = PLAIN_NAMES.iter().find(|(known, ..)| *known == plain);
        known.map(|(_, column, kind)| (*column, *kind))
    }

    /// True where its values are numbers.
    pub(super) fn is_number(self) -> bool {
        !matches!(self, Self::Timestamp | Self::TimeOfDay | Self::CampaignId)
    }

    /// True where its values are shares, from 0 to 1.
    pub(super) fn is_share(self) -> bool {
        self == Self::AnswerRate
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every name of every column as it is compared, with the place of its kind among the kinds of names.
pub(super) static PLAIN_NAMES: LazyLock<Vec<(String, Column, usize)>> = LazyLock::new(|| {
    let of_kind = |column: Column, kind: usize, names: &[&str]| {
        let names = names.iter().map(|name| (plain(name), column, kind));
        names.collect::<Vec<_>>()
    };
    let of_column = |column: Column| {
        let kinds = column.names().into_iter().enumerate();
        kinds.flat_map(move |(kind, names)| of_kind(column, kind, names))
    };
    COLUMNS.into_iter().flat_map(of_column).collect()
});

/// A name as it is compared: case, blanks, `_` and `-` do not matter.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The columns that every decision needs and a file lacks, in words.
pub(super) fn missing(has: &dyn Fn(Column) -> bool) -> Option<String> {
    let has_both_totals = has(Column::CallsDialed) && has(Column::CallsAnswered);
    let mut missing = Vec::new();
    if !has(Column::Timestamp) {
        missing.push("no timestamp");
    }
    if !has(Column::AvailableAgents) && !has(Column::AvailabilityMean) {
        missing.push("no availableAgents");
    }
    if !has(Column::AnswerRate) && !has_both_totals {
        missing.push("neither answerRate nor both totalCallsDialed and totalCallsAnswered");
    }
    match missing.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [before @ .., last] => Some(format!("{}, and {last}", before.join(", "))),
    }
}

/// True for a column in whose stead another one is read.
pub(super) fn is_unused(column: Column, has: &dyn Fn(Column) -> bool) -> bool {
    let has_both = has(Column::AgentsLoggedIn) && has(Column::AgentsUnavailable);
    match column {
        Column::AvailabilityMean => has(Column::AvailableAgents),
        Column::AgentsLoggedIn | Column::AgentsUnavailable => {
            has(Column::LoggedInAgents) || !has_both
        }
        _ => false,
    }
}

/// A value for each column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PerColumn<T>([T; COLUMNS.len()]);

/// The text of one row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields<'a> {
    /// `None` where it has no such column, empty where it has no value.
    pub(super) texts: PerColumn<Option<&'a [u8]>>,
    /// True where numbers are those of JSON: their decimal sign is a point.
    pub(super) json_numbers: PerColumn<bool>,
}

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

impl<'a> Fields<'a> {
    #[inline]
    pub(super) fn text(&self, column: Column) -> Option<&'a [u8]> {
        self.texts[column]
    }
}
