//! NDJSON: one object per line; of its members those that are columns.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, BufReader, Read};

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{COLUMNS, Column, Fields, Headers, Names};
use super::{BadRow, RECORD_MAX, RowError, too_long, unreadable};

pub(super) struct JsonRows {
    reader: BufReader<Box<dyn Read>>,
    names: Names,
    line: u64,
    bytes: u64,
    text: Vec<u8>,
    values: [Option<Vec<u8>>; COLUMNS.len()],
    headers: Headers,
}

impl JsonRows {
    pub(super) fn new(reader: BufReader<Box<dyn Read>>, names: Names) -> Self {
        Self {
            reader,
            names,
            line: 0,
            bytes: 0,
            text: Vec::new(),
            values: Default::default(),
            headers: COLUMNS.map(|column| column.to_string()),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Goes to the next line that is not empty, and says which it is.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, RowError> {
        loop {
            self.text.clear();
            self.line += 1;
            let limited = &mut (&mut self.reader).take(RECORD_MAX);
            let count = limited
                .read_until(b'\n', &mut self.text)
                .map_err(|error| RowError::Unreadable(unreadable(&error)))?;
            self.bytes += count as u64;
            if count as u64 == RECORD_MAX {
                return Err(too_long(self.line));
            }
            if count == 0 {
                return Ok(None);
            }
            let text = self.text.strip_prefix(b"\xEF\xBB\xBF");
            let text = text.unwrap_or(&self.text).trim_ascii();
            if !text.is_empty() {
                read_line(text, &self.names, &mut self.values, &mut self.headers)
                    .map_err(|problem| bad_line(self.line, &problem))?;
                return Ok(Some(self.line));
            }
        }
    }

    /// The columns of the line.
    pub(super) fn fields(&self) -> Fields<'_> {
        let mut fields = [None; COLUMNS.len()];
        for (field, value) in fields.iter_mut().zip(&self.values) {
            *field = value.as_deref();
        }
        Fields(fields)
    }
}

fn read_line(
    text: &[u8],
    names: &Names,
    values: &mut [Option<Vec<u8>>; COLUMNS.len()],
    headers: &mut Headers,
) -> Result<(), serde_json::Error> {
    *values = Default::default();
    let line = Line {
        names,
        ranks: [usize::MAX; COLUMNS.len()],
        values,
        headers,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    line.deserialize(&mut deserializer)?;
    deserializer.end()
}

fn bad_line(line: u64, problem: &serde_json::Error) -> RowError {
    let problem = problem.to_string();
    // The position within the line is all that it can know, and it calls that line 1.
    let problem = problem.replace(" at line 1 column ", " at character ");
    RowError::Bad(Box::new(BadRow {
        line,
        field: None,
        expected: format!("the line is not one JSON object: {problem}"),
    }))
}

/// One line, as it is read.
struct Line<'r> {
    names: &'r Names,
    /// How strong the name is that gave each value: 0 is the strongest.
    ranks: [usize; COLUMNS.len()],
    values: &'r mut [Option<Vec<u8>>; COLUMNS.len()],
    headers: &'r mut Headers,
}

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with a member for each column")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let Some((column, rank)) = self.column(&key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            let slot = column as usize;
            let (Some(best), Some(value), Some(header)) = (
                self.ranks.get_mut(slot),
                self.values.get_mut(slot),
                self.headers.get_mut(slot),
            ) else {
                continue;
            };
            if rank == *best {
                return Err(A::Error::custom(format_args!("{key} stands there twice")));
            }
            if rank < *best {
                *best = rank;
                *value = Some(scalar(raw.get()).map_err(|what| {
                    A::Error::custom(format_args!("{key} is {what}, not a number or text"))
                })?);
                header.clear();
                header.push_str(&key);
            }
        }
        Ok(())
    }
}

impl Line<'_> {
    fn column(&self, key: &str) -> Option<(Column, usize)> {
        COLUMNS.into_iter().find_map(|column| {
            let rank = self.names.of(column).position(|name| name == key)?;
            Some((column, rank))
        })
    }
}

/// The text of a value as a CSV field would have it; null is empty.
fn scalar(raw: &str) -> Result<Vec<u8>, &'static str> {
    match raw.as_bytes().first() {
        Some(b'"') => Ok(serde_json::from_str::<String>(raw)
            .unwrap_or_default()
            .into_bytes()),
        Some(b'n') => Ok(Vec::new()),
        Some(b'{') => Err("an object"),
        Some(b'[') => Err("an array"),
        Some(b't' | b'f') => Err("true or false"),
        _ => Ok(raw.as_bytes().to_vec()),
    }
}
