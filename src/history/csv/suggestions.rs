//! What to do where a header lacks a needed column.

use crate::history::civil_time::civil_time;
use crate::history::columns::{COLUMNS, Column, plain};
use crate::history::error::shortened;
use crate::history::unread::mapping_hint;

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
    if ["action", "deviation"]
        .iter()
        .all(|own| header.iter().any(|it| it == own))
    {
        return "it looks like what backtest --output wrote, which has decisions and no answer rates: give the file that they were made of".to_owned();
    }
    if let Some((one, other)) = with_one_ending(header) {
        return format!(
            "it has {one:?} and {other:?}: do campaigns stand side by side? Each needs rows of its own"
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
    let mapping = mapping_hint(header);
    let mapping = match unnamed {
        Some(place) if mapping.is_empty() => format!(
            ", a column without a name by its number, such as --column timestamp=#{}",
            place + 1
        ),
        _ => mapping,
    };
    let has_again = header
        .iter()
        .enumerate()
        .any(|(place, name)| header.iter().take(place).any(|other| other == name));
    let lines = if has_again {
        "; where names are in more lines than one, give them all with --header, and the lines before the first row with --skip-lines"
    } else {
        ""
    };
    format!(
        "it has {}; map them with --column NAME=HEADER{mapping}{lines}",
        listed(header)
    )
}

/// Two names that end in that of one column of numbers, where others do so, too.
fn with_one_ending(header: &[String]) -> Option<(&str, &str)> {
    let columns = COLUMNS.into_iter().filter(|it| it.is_number());
    let mut pairs = columns.filter_map(|column| {
        let own = plain(column.name());
        let is_it = |name: &&String| plain(name).ends_with(&own) && plain(name) != own;
        let mut names = header.iter().filter(is_it);
        Some((names.next()?.as_str(), names.next()?.as_str()))
    });
    let first = pairs.next()?;
    pairs.next().map(|_| first)
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
