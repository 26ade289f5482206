//! Exported history: the rows of a CSV or NDJSON file, read one at a time and checked.
//!
//! CSV has a header; NDJSON has one object per line, such as the records of the warehouse file or
//! the lines of `--json`. Both give the same [`Row`]. Nothing is guessed: a value that does not
//! say what it is, is a [`BadRow`] that names line, column, value and what was expected.

mod columns;
mod csv_rows;
mod fields;
mod json_rows;
mod plain;
mod timestamps;

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use crate::base::input::InputError;
use crate::base::units::UnixMillis;
use crate::pacing::{Ratio, Traffic};
use columns::{Fields, Headers};
use csv_rows::CsvRows;
use fields::{Fault, Known};
use json_rows::JsonRows;

pub use columns::{Column, Names};

/// A file of history, open for reading. Memory does not grow with its rows.
pub struct History {
    rows: Rows,
    known: Known,
}

enum Rows {
    Csv(Box<CsvRows>),
    Json(Box<JsonRows>),
}

/// One row: one poll of one campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'a> {
    /// Where it is in the file, from 1.
    pub line: u64,
    /// The campaign; empty where the file has no such column.
    pub campaign_id: &'a str,
    /// When it was polled.
    pub at: UnixMillis,
    /// What was seen; `None` where the row says that the poll failed, by holding nothing of it.
    pub poll: Option<Poll>,
    /// The dial rate that history had, in calls per minute.
    pub dial_rate: Option<u32>,
}

/// What a poll saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poll {
    /// Agents available.
    pub available: Available,
    /// Answered by a person ÷ attempts that ended; `None` when none ended.
    pub answer_rate: Option<Ratio>,
    /// The counts of the interval that the row has.
    pub traffic: Traffic,
}

/// How the available agents are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Available {
    /// Counted at the poll.
    Agents(u32),
    /// As the mean over the window, which is all that an audit record has.
    Mean(f64),
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Where it is in the file, from 1.
    pub line: u64,
    /// The column, as the file names it, and what stands there, shortened; `None` where the row as
    /// a whole is wrong.
    pub field: Option<(String, String)>,
    /// What was expected.
    pub expected: String,
}

/// Why the next row could not be had.
#[derive(Debug)]
pub enum RowError {
    /// This row cannot be used; the one after it may.
    Bad(Box<BadRow>),
    /// Nothing after this can be read.
    Unreadable(InputError),
}

impl History {
    /// Starts to read. The first character tells the format: `{` begins NDJSON.
    pub fn open(reader: Box<dyn Read>, names: Names) -> Result<Self, InputError> {
        let mut reader = BufReader::with_capacity(BUFFER, reader);
        let start = reader.fill_buf().map_err(|error| unreadable(&error))?;
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        if matches!(start, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
            return Err(InputError(
                "it is UTF-16 text; save it as CSV in UTF-8".to_owned(),
            ));
        }
        if start.starts_with(&[0x1F, 0x8B]) {
            return Err(InputError(
                "it is compressed; unpack it first, such as zcat FILE | dialpace backtest -"
                    .to_owned(),
            ));
        }
        let rows = match start.trim_ascii_start().first() {
            None => return Err(InputError("it is empty; expected CSV or NDJSON".to_owned())),
            Some(b'{') => Rows::Json(Box::new(JsonRows::new(reader, names))),
            Some(_) => Rows::Csv(Box::new(CsvRows::new(reader, &names)?)),
        };
        Ok(Self {
            rows,
            known: Known::default(),
        })
    }

    /// The next row, or `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, RowError> {
        let line = match &mut self.rows {
            Rows::Csv(rows) => rows.advance()?,
            Rows::Json(rows) => rows.advance()?,
        };
        let Some(line) = line else {
            return Ok(None);
        };
        let fields = match &self.rows {
            Rows::Csv(rows) => rows.fields(line)?,
            Rows::Json(rows) => rows.fields(),
        };
        match fields::row(line, &fields, &mut self.known) {
            Ok(row) => Ok(Some(row)),
            Err(fault) => {
                let headers = match &self.rows {
                    Rows::Csv(rows) => rows.headers(),
                    Rows::Json(rows) => rows.headers(),
                };
                Err(bad_field(line, fault, &fields, headers))
            }
        }
    }

    /// Bytes read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.rows {
            Rows::Csv(rows) => rows.bytes(),
            Rows::Json(rows) => rows.bytes(),
        }
    }
}

impl Row<'_> {
    /// The agents available, where the row has a count of them.
    #[must_use]
    pub fn available_agents(&self) -> Option<u32> {
        match self.poll?.available {
            Available::Agents(agents) => Some(agents),
            Available::Mean(_) => None,
        }
    }
}

impl fmt::Display for BadRow {
    /// Without the line, which stands before it with the name of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some((column, value)) if value.is_empty() => write!(f, "column {column} is empty; ")?,
            Some((column, value)) => write!(f, "column {column} is {value}; ")?,
            None => {}
        }
        f.write_str(&self.expected)
    }
}

/// A value as it can be shown: quoted, on one line, and not at any length.
fn shown(value: &[u8]) -> String {
    if value.is_empty() {
        return String::new();
    }
    let text = String::from_utf8_lossy(value);
    let count = text.chars().count();
    if count <= SHOWN_MAX {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(SHOWN_MAX).collect();
    format!("{start:?}… ({count} characters)")
}

fn unreadable(error: &io::Error) -> InputError {
    InputError(format!("it cannot be read: {error}"))
}

#[cold]
fn bad_field(line: u64, fault: Fault, fields: &Fields, headers: &Headers) -> RowError {
    let value = fields.get(fault.column).unwrap_or_default();
    if value.contains(&b'\n') {
        return left_open(line);
    }
    let header = headers.get(fault.column as usize).cloned();
    RowError::Bad(Box::new(BadRow {
        line,
        field: Some((header.unwrap_or_default(), shown(value))),
        expected: fault.expected,
    }))
}

/// What a quote that is left open swallows is not one bad row but many good ones.
fn left_open(line: u64) -> RowError {
    RowError::Unreadable(InputError(format!(
        "the row that begins at line {line} has a line break where none can be; is a quote left open there?"
    )))
}

fn too_long(line: u64) -> RowError {
    RowError::Unreadable(InputError(format!(
        "the row that begins at line {line} is longer than {} MiB; is a quote left open there?",
        RECORD_MAX >> 20
    )))
}

/// Bytes read at once.
const BUFFER: usize = 1 << 16;
/// Bytes of the longest row.
const RECORD_MAX: u64 = 4 << 20;
/// Characters of a value that are shown.
const SHOWN_MAX: usize = 40;
