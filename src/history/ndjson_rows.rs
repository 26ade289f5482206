//! Rows of an NDJSON file: one object per line; members that are no column are skipped.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, BufReader, Read};

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bounds::ROW_BYTES_MAX;
use super::columns::{COLUMNS, Column, ColumnNames, Fields, PerColumn};
use super::error::RowError;
use crate::base::plain_words::json_problem;

pub(super) struct NdjsonRows {
    reader: BufReader<Box<dyn Read + Send>>,
    accepted: ColumnNames,
    line: u64,
    bytes: u64,
    text: Vec<u8>,
    members: Members,
}

/// The members of one line that are columns.
struct Members {
    /// Value of each, as a CSV field would have it.
    values: PerColumn<Option<Vec<u8>>>,
    /// Name of each; of a column that no line had yet, its own name.
    names: PerColumn<String>,
}

impl NdjsonRows {
    pub(super) fn new(reader: BufReader<Box<dyn Read + Send>>, accepted: ColumnNames) -> Self {
        Self {
            reader,
            accepted,
            line: 0,
            bytes: 0,
            text: Vec::new(),
            members: Members {
                values: PerColumn::default(),
                names: PerColumn::new(|column| column.to_string()),
            },
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The name that the file has for each column.
    pub(super) fn names(&self) -> &PerColumn<String> {
        &self.members.names
    }

    /// Goes to the next line that is not empty and returns its number.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, RowError> {
        loop {
            self.text.clear();
            self.line += 1;
            let limited = &mut (&mut self.reader).take(ROW_BYTES_MAX);
            let count = limited.read_until(b'\n', &mut self.text)? as u64;
            self.bytes += count;
            if count == ROW_BYTES_MAX {
                return Err(RowError::too_long(self.line));
            }
            if count == 0 {
                return Ok(None);
            }
            let text = self.text.strip_prefix(b"\xEF\xBB\xBF");
            let text = text.unwrap_or(&self.text).trim_ascii();
            if !text.is_empty() {
                let read = self.members.read(text, &self.accepted);
                read.map_err(|problem| bad_line(self.line, &problem))?;
                return Ok(Some(self.line));
            }
        }
    }

    /// The fields of the line.
    pub(super) fn fields(&self) -> Fields<'_> {
        PerColumn::new(|column| self.members.values[column].as_deref())
    }
}

impl Members {
    fn read(&mut self, line: &[u8], accepted: &ColumnNames) -> Result<(), serde_json::Error> {
        self.values = PerColumn::default();
        let reading = ObjectReading {
            accepted,
            ranks: PerColumn::new(|_| usize::MAX),
            members: self,
        };
        let mut deserializer = serde_json::Deserializer::from_slice(line);
        reading.deserialize(&mut deserializer)?;
        deserializer.end()
    }
}

fn bad_line(line: u64, error: &serde_json::Error) -> RowError {
    let (problem, column) = (json_problem(error), error.column());
    RowError::bad_row(
        line,
        format!("the line is not one JSON object: {problem}, at character {column}"),
    )
}

/// The object of one line while it is read.
struct ObjectReading<'r> {
    accepted: &'r ColumnNames,
    /// Rank of the name that gave each value: 0 is the one to prefer.
    ranks: PerColumn<usize>,
    members: &'r mut Members,
}

impl ObjectReading<'_> {
    /// The column of this name, and the rank of the name among the column's names.
    fn column(&self, name: &str) -> Option<(Column, usize)> {
        COLUMNS.into_iter().find_map(|column| {
            let rank = self.accepted.of(column).position(|other| other == name)?;
            Some((column, rank))
        })
    }
}

impl<'de> DeserializeSeed<'de> for ObjectReading<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectReading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with a member for each column")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let Some((column, rank)) = self.column(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            let best = &mut self.ranks[column];
            if rank == *best {
                return Err(A::Error::custom(format_args!("{name} is given twice")));
            }
            if rank < *best {
                *best = rank;
                let text = field_text(raw.get()).map_err(|kind| {
                    A::Error::custom(format_args!("{name} is {kind}, not a number or text"))
                })?;
                self.members.values[column] = Some(text);
                let column_name = &mut self.members.names[column];
                column_name.clear();
                column_name.push_str(&name);
            }
        }
        Ok(())
    }
}

/// The text of a value as a CSV field would have it: null is empty. The error names what else the
/// value is.
fn field_text(raw: &str) -> Result<Vec<u8>, &'static str> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text: Result<String, _> = serde_json::from_str(raw);
            Ok(text.unwrap_or_default().into_bytes())
        }
        Some(b'n') => Ok(Vec::new()),
        Some(b'{') => Err("an object"),
        Some(b'[') => Err("an array"),
        Some(b't' | b'f') => Err("true or false"),
        _ => Ok(raw.as_bytes().to_vec()),
    }
}
