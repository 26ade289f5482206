//! Fields of a file that are not read and look as if they should be.

use super::columns::{COLUMNS, Column, PLAIN_NAMES, plain};
use super::file_fields::FileFields;

/// Fields that are not read.
#[derive(Debug, Default)]
pub(super) struct Untaken {
    /// Those that are nearly a column or another name for one, each with that column.
    pub(super) near: Vec<(String, Column)>,
    /// The one that could tell campaigns apart.
    pub(super) likely_campaign: Option<String>,
}

impl Untaken {
    /// The fields that are not read and look as if they should be.
    pub(super) fn of(fields: &FileFields) -> Self {
        let unread = fields.unread().map(|(_, name)| name);
        let unread: Vec<&String> = unread.filter(|name| !name.is_empty()).collect();
        let has = |column| fields.has(column);
        let near = unread.iter().filter_map(|name| {
            let column = near_column(name, &has)?;
            Some(((*name).clone(), column))
        });
        let near: Vec<_> = near.collect();
        let names_campaign = |name: &&&String| {
            let plain = plain(name);
            LIKELY_CAMPAIGNS.iter().any(|part| plain.contains(part))
                && !NO_CAMPAIGNS.iter().any(|part| plain.contains(part))
        };
        let likely = unread.iter().find(names_campaign);
        let near_campaign = near.iter().find(|(_, it)| *it == Column::CampaignId);
        let likely_campaign = near_campaign
            .map(|(name, _)| name.clone())
            .or_else(|| likely.map(|name| (*name).clone()));
        Self {
            near,
            likely_campaign,
        }
    }

    /// The warnings that they are not read.
    pub(super) fn warnings(&self, fields: &FileFields) -> Vec<String> {
        let near = self.near.iter();
        let warnings = near.map(|(name, column)| not_read(name, *column, &|it| fields.has(it)));
        warnings.collect()
    }
}

/// How to name the columns that are missing in a file with these names, in words that follow others; empty where no
/// name is like theirs.
pub(super) fn mapping_hint(names: &[String]) -> String {
    let has = |column| {
        let mut names = names.iter();
        names.any(|name| Column::of_name(name).is_some_and(|(it, _)| it == column))
    };
    let part = |ends: &[&str], whole: &[&str]| {
        let is_it = |name: &&String| {
            let plain = plain(name);
            let is_end = ends.iter().any(|word| plain.ends_with(word));
            Column::of_name(name).is_none() && (is_end || whole.contains(&plain.as_str()))
        };
        names.iter().find(is_it)
    };
    let date = part(&["date", "datum", "fecha"], &DATE_NAMES);
    let time = part(&["time", "uhrzeit"], &TIME_NAMES);
    let mut options: Vec<String> = Vec::new();
    for column in COLUMNS.into_iter().filter(|it| is_missing(*it, &has)) {
        let is_it = |name: &&String| column_of_other_name(name) == Some(column);
        let name = match (column, date, time) {
            (Column::Timestamp, Some(date), Some(time)) if date != time => {
                Some(format!("{date}+{time}"))
            }
            _ => names.iter().find(is_it).cloned(),
        };
        options.extend(name.map(|name| format!("--column \"{column}={name}\"")));
    }
    match options.as_slice() {
        [] => String::new(),
        options => format!(", such as {}", options.join(" ")),
    }
}

/// True for a column that a file needs and has not.
fn is_missing(column: Column, has: &dyn Fn(Column) -> bool) -> bool {
    let has_totals = has(Column::CallsDialed) && has(Column::CallsAnswered);
    match column {
        Column::Timestamp => !has(column),
        Column::AvailableAgents => !has(column) && !has(Column::AvailabilityMean),
        Column::AnswerRate | Column::CallsDialed | Column::CallsAnswered => {
            !has(column) && !has(Column::AnswerRate) && !has_totals
        }
        _ => false,
    }
}

/// The column that exports have under `name`, which may mean something else.
pub(super) fn column_of_other_name(name: &str) -> Option<Column> {
    let plain = plain(name);
    let is_it = |(_, names): &&(Column, &[&str])| names.contains(&plain.as_str());
    OTHER_NAMES.iter().find(is_it).map(|(column, _)| *column)
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
    if let Some(column) = column_of_other_name(name) {
        return (!has(column)).then_some(column);
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

/// The warning that `name` is not read, which is nearly the name of `column`.
fn not_read(name: &str, column: Column, has: &dyn Fn(Column) -> bool) -> String {
    let is_named = Column::of_name(name).is_some();
    match column {
        Column::AgentsLoggedIn if is_named && !has(Column::AgentsUnavailable) => format!(
            "column {name:?} is not read: it counts agents on a break, too, and no column agentsUnavailable says how many"
        ),
        Column::AgentsUnavailable if is_named && !has(Column::AgentsLoggedIn) => {
            format!("column {name:?} is not read: there is no column agentsLoggedIn")
        }
        _ => format!(
            "column {name:?} is not read; if it is {column}, give --column \"{column}={name}\""
        ),
    }
}

/// Names for a date and a time of day, in the languages that exports are in, as they are compared.
const DATE_NAMES: [&str; 6] = ["day", "tag", "giorno", "jour", "dia", "data"];
const TIME_NAMES: [&str; 6] = ["hour", "zeit", "hora", "heure", "orario", "tijd"];
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
const OTHER_NAMES: [(Column, &[&str]); 8] = [
    (
        Column::Timestamp,
        &[
            "time",
            "@timestamp",
            "ts",
            "datetime",
            "date",
            "date/time",
            "dateandtime",
            "eventtime",
            "polltime",
            "polledat",
            "createdat",
            "recordedat",
            "timestamputc",
            "timestamp(utc)",
            "zeitstempel",
            "zeitpunkt",
            "horodatage",
        ],
    ),
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
    (Column::LoggedInAgents, &["loggedin", "staffed"]),
];
