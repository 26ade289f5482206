//! What the names of a header may mean, where they are not those of columns.

use crate::history::civil_time::civil_time;
use crate::history::columns::{Column, PLAIN_NAMES, plain};
use crate::history::error::shortened;

/// Fields of a header that are not read.
#[derive(Debug, Default)]
pub(in crate::history) struct Untaken {
    /// Those that are nearly a column or another name for one, each with that column.
    pub(in crate::history) near: Vec<(String, Column)>,
    /// The one that could tell campaigns apart.
    pub(in crate::history) likely_campaign: Option<String>,
}

/// The fields that are not read and look as if they should be.
pub(in crate::history) fn untaken(header: &[String], columns: &[Option<Column>]) -> Untaken {
    let fields = header.iter().zip(columns);
    let fields: Vec<&String> = fields
        .filter(|(name, column)| column.is_none() && !name.is_empty())
        .map(|(name, _)| name)
        .collect();
    let has = |column| columns.contains(&Some(column));
    let near = fields.iter().filter_map(|name| {
        let column = near_column(name, &has)?;
        Some(((*name).clone(), column))
    });
    let near: Vec<_> = near.collect();
    let names_campaign = |name: &&&String| {
        let plain = plain(name);
        LIKELY_CAMPAIGNS.iter().any(|part| plain.contains(part))
            && !NO_CAMPAIGNS.iter().any(|part| plain.contains(part))
    };
    let likely = fields.iter().find(names_campaign);
    let near_campaign = near.iter().find(|(_, it)| *it == Column::CampaignId);
    let likely_campaign = near_campaign
        .map(|(name, _)| name.clone())
        .or_else(|| likely.map(|name| (*name).clone()));
    Untaken {
        near,
        likely_campaign,
    }
}

/// The column that `name` is nearly the name of.
fn near_column(name: &str, has: &dyn Fn(Column) -> bool) -> Option<Column> {
    if let Some((column, kind)) = Column::of_name(name) {
        // A second name that this program itself writes beside the first is no surprise.
        let is_surprise = match column {
            Column::AgentsLoggedIn | Column::AgentsUnavailable => !has(Column::LoggedInAgents),
            _ => kind == CXONE_NAMES,
        };
        return is_surprise.then_some(column);
    }
    let plain = plain(name);
    let other = OTHER_NAMES
        .iter()
        .find(|(_, names)| names.contains(&plain.as_str()));
    if let Some((column, _)) = other {
        return (!has(*column)).then_some(*column);
    }
    let has_rate =
        has(Column::AnswerRate) || has(Column::CallsDialed) && has(Column::CallsAnswered);
    let near = PLAIN_NAMES.iter().find(|(own, column, _)| {
        let is_missing = !(has(*column) || *column == Column::AnswerRate && has_rate);
        let is_misspelled = own.len() >= 5 && strsim::levenshtein(own, &plain) <= 2;
        let is_part =
            plain.contains(own) && own.len() >= 8 || own.contains(&plain) && plain.len() >= 7;
        is_missing && (is_misspelled || is_part) && !plain.contains("unavailable")
    });
    near.map(|(_, column, _)| *column)
}

/// The likely reason that a column is missing.
pub(super) fn hint(header: &[String]) -> String {
    let only = header.first().filter(|_| header.len() == 1);
    if let Some(separator) = only.and_then(|it| it.chars().find(|c| ",;\t|".contains(*c))) {
        return format!(
            "are its columns separated by {separator:?}? Then give --delimiter {separator:?}; if each line is in quotes as a whole, take these away"
        );
    }
    let is_between = |c: &char| c.is_ascii_punctuation() || *c == ' ';
    let splits = |c: &char| {
        header.len() == 1
            && header
                .iter()
                .any(|it| it.split(*c).filter_map(Column::of_name).nth(1).is_some())
    };
    if let Some(separator) = only.and_then(|it| it.chars().find(|c| is_between(c) && splits(c))) {
        return format!(
            "are its columns separated by {separator:?}? Then give --delimiter '{separator}'"
        );
    }
    let is_data = |field: &String| civil_time(field).is_some_and(|time| time.has_time);
    if header.iter().any(is_data) {
        return "is its first line a row? Then give the names of its columns, such as --header timestamp,availableAgents,answerRate".to_owned();
    }
    let unnamed = header
        .iter()
        .position(String::is_empty)
        .filter(|place| place + 1 < header.len());
    let part = |words: [&str; 2]| {
        let mut names = header.iter();
        names.find(|name| words.iter().any(|word| plain(name).contains(word)))
    };
    let join = match (part(["date", "day"]), part(["time", "hour"])) {
        (Some(date), Some(time)) if date != time => {
            format!(", such as --column \"timestamp={date}+{time}\"")
        }
        _ => match unnamed {
            Some(place) => format!(
                ", a column without a name by its number, such as --column timestamp=#{}",
                place + 1
            ),
            None => String::new(),
        },
    };
    format!(
        "it has {}; map them with --column NAME=HEADER{join}",
        listed(header)
    )
}

pub(super) fn listed(header: &[String]) -> String {
    let quoted = |name: &String| match name.as_str() {
        "" => "\"\"".to_owned(),
        name => shortened(name.as_bytes()),
    };
    let mut names: Vec<String> = header.iter().take(LISTED_MAX).map(quoted).collect();
    if header.len() > LISTED_MAX {
        names.push(format!("{} more", header.len() - LISTED_MAX));
    }
    names.join(", ")
}

/// Fields of a header that a message names.
const LISTED_MAX: usize = 20;
/// The place of CXone's names among the kinds of names.
const CXONE_NAMES: usize = 2;
/// Parts of names under which exports have what this program calls a campaign, the likeliest first.
const LIKELY_CAMPAIGNS: [&str; 9] = [
    "campaign", "kampagne", "skill", "queue", "list", "project", "team", "name", "id",
];
/// Parts of names of what is told about a campaign.
const NO_CAMPAIGNS: [&str; 9] = [
    "length", "count", "level", "status", "state", "type", "priority", "calls", "owner",
];
/// Names that exports have for columns and that may mean something else, as they are compared.
const OTHER_NAMES: [(Column, &[&str]); 7] = [
    (
        Column::CallsDialed,
        &[
            "calls",
            "dialed",
            "dialled",
            "totaldialed",
            "totaldialled",
            "attempts",
            "totalattempts",
            "callattempts",
            "callsmade",
            "outboundcalls",
            "contactsoffered",
        ],
    ),
    (
        Column::CallsAnswered,
        &[
            "answers",
            "answered",
            "totalanswered",
            "connected",
            "connections",
            "totalconnects",
            "callsconnected",
            "contactshandled",
        ],
    ),
    (
        Column::AnswerRate,
        &["answerpct", "answer%", "answerratio", "connectrate"],
    ),
    (
        Column::AvailableAgents,
        &[
            "available",
            "idle",
            "agentsidle",
            "idleagents",
            "freeagents",
            "readyagents",
            "agentsready",
        ],
    ),
    (
        Column::DialRate,
        &[
            "rate",
            "callsperminute",
            "callspermin",
            "calls/min",
            "calls/minute",
            "cpm",
            "pacing",
        ],
    ),
    (
        Column::CallsAbandoned,
        &["abandoned", "abandonedcalls", "drops", "dropped"],
    ),
    (
        Column::LoggedInAgents,
        &["loggedin", "staffed", "staffedagents"],
    ),
];
