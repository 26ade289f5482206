//! Errors of reading: a row that cannot be used, or a file that cannot be read on.

use std::fmt;
use std::io;

use super::bounds::ROW_BYTES_MAX;
use crate::base::input::InputError;

/// Reason that the next row is missing.
#[derive(Debug)]
pub enum RowError {
    /// This row cannot be used; the rows after it may be.
    Bad(Box<BadRow>),
    /// Nothing more can be read from the file.
    Unreadable(InputError),
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file at which the row begins, from 1.
    pub line: u64,
    /// The field that is wrong; `None` where the row as a whole is.
    pub field: Option<BadField>,
    /// Value that was expected instead, in words.
    pub expected: String,
}

/// A field that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadField {
    /// Its column, as the file names it.
    pub column: String,
    /// Its text, quoted and shortened; empty where the field is.
    pub value: String,
}

impl fmt::Display for BadRow {
    /// Without the line: callers print it in front, with the name of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(BadField { column, value }) if value.is_empty() => {
                write!(f, "column {column} is empty; ")?;
            }
            Some(BadField { column, value }) => write!(f, "column {column} is {value}; ")?,
            None => {}
        }
        f.write_str(&self.expected)
    }
}

impl BadRow {
    /// The same row, counted from the beginning of the file instead of after `lines`.
    pub(super) fn after(&self, lines: u64) -> Self {
        Self {
            line: self.line + lines,
            ..self.clone()
        }
    }

    /// A row that is wrong as a whole.
    pub(super) fn whole(line: u64, expected: String) -> Self {
        Self {
            line,
            field: None,
            expected,
        }
    }

    /// A row with one wrong field.
    pub(super) fn field(line: u64, column: &str, value: &[u8], expected: String) -> Self {
        let field = BadField {
            column: column.to_owned(),
            value: shortened(value),
        };
        Self {
            line,
            field: Some(field),
            expected,
        }
    }
}

impl RowError {
    pub(super) fn unreadable(text: impl Into<String>) -> Self {
        Self::Unreadable(InputError(text.into()))
    }

    /// A line break inside a field that cannot hold one. A missing closing quote takes good rows
    /// with it, so this is not one bad row.
    pub(super) fn unclosed_quote(line: u64) -> Self {
        Self::Unreadable(InputError(format!(
            "the row that begins at line {line} has a line break inside a field; is a closing quote missing?"
        )))
    }

    pub(super) fn too_long(line: u64) -> Self {
        Self::Unreadable(InputError(format!(
            "the row that begins at line {line} is longer than {} MiB; is a closing quote missing?",
            ROW_BYTES_MAX >> 20
        )))
    }
}

impl From<io::Error> for RowError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(unreadable(&error))
    }
}

pub(super) fn unreadable(error: &io::Error) -> InputError {
    InputError(format!("it cannot be read: {error}"))
}

/// Text of the file for a message: in quotes, on one line, and not longer than a line holds.
pub(super) fn shortened(value: &[u8]) -> String {
    if value.is_empty() {
        return String::new();
    }
    let text = String::from_utf8_lossy(value);
    let count = text.chars().count();
    if count <= SHOWN_CHARS {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(SHOWN_CHARS).collect();
    format!("{start:?}… ({count} characters)")
}

/// Characters of a value that a message shows.
const SHOWN_CHARS: usize = 40;
