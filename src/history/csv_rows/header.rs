//! The header of a CSV file: its columns found by their names.

use crate::base::input::InputError;
use crate::history::columns::{COLUMNS, Column, ColumnNames, PerColumn};
use crate::history::error::shortened;

/// Columns of a CSV file.
pub(super) struct Header {
    /// Column of each field of a row; `None` where the field is not read.
    pub(super) columns: Vec<Option<Column>>,
    /// Name that the file has for each column.
    pub(super) names: PerColumn<String>,
}

impl Header {
    /// Finds the columns in the fields of the header, and refuses a file that lacks a needed one.
    pub(super) fn new(header: &[String], names: &ColumnNames) -> Result<Self, InputError> {
        let mut found = Self {
            columns: vec![None; header.len()],
            names: PerColumn::new(|column| column.to_string()),
        };
        for column in COLUMNS {
            let Some(place) = place_of(column, names, header)? else {
                continue;
            };
            if let (Some(slot), Some(name)) = (found.columns.get_mut(place), header.get(place)) {
                *slot = Some(column);
                found.names[column].clone_from(name);
            }
        }
        if let Some(missing) = found.missing() {
            let hint = hint(header);
            return Err(InputError(format!("its header has {missing}; {hint}")));
        }
        Ok(found)
    }

    /// A column that every decision needs and the file lacks, in words.
    fn missing(&self) -> Option<&'static str> {
        let has = |column| self.columns.contains(&Some(column));
        let has_both_totals = has(Column::CallsDialed) && has(Column::CallsAnswered);
        if !has(Column::Timestamp) {
            Some("no timestamp")
        } else if !has(Column::AvailableAgents) && !has(Column::AvailabilityMean) {
            Some("no availableAgents")
        } else if !has(Column::AnswerRate) && !has_both_totals {
            Some("neither answerRate nor both totalCallsDialed and totalCallsAnswered")
        } else {
            None
        }
    }
}

/// A field of the header as text.
pub(super) fn header_name(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().to_owned()
}

/// The place of `column` in the header, under the first of its names that is there.
fn place_of(
    column: Column,
    names: &ColumnNames,
    header: &[String],
) -> Result<Option<usize>, InputError> {
    for name in names.of(column) {
        let places = header
            .iter()
            .enumerate()
            .filter(|(_, field)| *field == name);
        let mut places = places.map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => return Ok(Some(place)),
            (Some(_), Some(_)) => {
                return Err(InputError(format!(
                    "its header has two columns {name:?}; rename one of them"
                )));
            }
            (None, _) => {}
        }
    }
    match names.given(column) {
        None => Ok(None),
        Some(name) => Err(InputError(format!(
            "--column {column}={name}: its header has no such column; it has {}",
            listed(header)
        ))),
    }
}

/// The likely reason that a column is missing.
fn hint(header: &[String]) -> String {
    let only = header.first().filter(|_| header.len() == 1);
    match only.and_then(|only| only.chars().find(|c| ";\t|".contains(*c))) {
        Some(separator) => {
            format!("its columns are separated by {separator:?}: export it with commas")
        }
        None => format!(
            "it has {}; map them with --column NAME=HEADER",
            listed(header)
        ),
    }
}

fn listed(header: &[String]) -> String {
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
