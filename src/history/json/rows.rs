//! The rows of a chunk of NDJSON: one object per line; members that are no column are skipped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use memchr::memchr_iter;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::base::plain_words::json_problem;
use crate::history::chunk::{Chunk, Event, Fault};
use crate::history::column_names::ColumnNames;
use crate::history::columns::{COLUMNS, Column, Fields, PerColumn, plain};
use crate::history::error::BadRow;
use crate::history::numbers::WrongField;
use crate::history::row_parser::{RowParser, RowRules};

/// Parses chunks of NDJSON.
pub(super) struct JsonParser {
    names: MemberNames,
    members: Members,
    rows: RowParser,
}

/// The columns of member names that were met.
struct MemberNames {
    given: Arc<ColumnNames>,
    /// The column of a name, and the place of its kind among the kinds of names.
    known: HashMap<String, Option<(Column, usize)>>,
}

/// The members of one line that are columns.
#[derive(Default)]
struct Members {
    /// Value of each, as a CSV field would have it.
    values: PerColumn<Option<Vec<u8>>>,
    are_numbers: PerColumn<bool>,
    /// Name of each.
    names: PerColumn<String>,
    /// Kind of the name that gave each value: 0 is the one to prefer.
    kinds: PerColumn<Option<usize>>,
}

impl JsonParser {
    pub(super) fn new(given: Arc<ColumnNames>, rules: RowRules) -> Self {
        Self {
            names: MemberNames {
                given,
                known: HashMap::new(),
            },
            members: Members::default(),
            rows: RowParser::new(rules),
        }
    }

    /// Parses the text of a chunk, which is whole lines.
    pub(super) fn parse(&mut self, chunk: &mut Chunk) {
        let text = std::mem::take(&mut chunk.text);
        let mut begin = 0;
        let mut number = 0;
        let ends = memchr_iter(b'\n', &text).chain((!text.ends_with(b"\n")).then_some(text.len()));
        for end in ends {
            number += 1;
            let line = text.get(begin..end).unwrap_or_default().trim_ascii();
            begin = end + 1;
            if !line.is_empty() {
                let parsed = self.parse_line(number, line, chunk);
                chunk.events.push(parsed);
            }
        }
        chunk.lines = u64::from(number);
        chunk.text = text;
        chunk.seen = self.rows.seen();
    }

    fn parse_line(&mut self, number: u32, line: &[u8], chunk: &mut Chunk) -> Event {
        if let Err(error) = self.members.read(line, &mut self.names) {
            return bad(bad_line(number, &error));
        }
        let fields = self.members.fields();
        match self.rows.parse(number, &fields, &mut chunk.ids) {
            Ok(row) => Event::Row(row),
            Err(WrongField { column, expected }) => {
                let name = match self.members.names[column].as_str() {
                    "" => column.name(),
                    name => name,
                };
                let value = fields.text(column).unwrap_or_default();
                bad(BadRow::field(u64::from(number), name, value, expected))
            }
        }
    }
}

impl MemberNames {
    fn column(&mut self, name: &str) -> Option<(Column, usize)> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let mut given = COLUMNS.into_iter().filter(|column| {
            self.given
                .given(*column)
                .is_some_and(|it| plain(it) == plain(name))
        });
        let own = || {
            let own = Column::of_name(name);
            own.filter(|(column, _)| self.given.given(*column).is_none())
        };
        let column = given.next().map(|column| (column, 0)).or_else(own);
        // Names without end are those of no column.
        if self.known.len() < NAMES_MAX {
            self.known.insert(name.to_owned(), column);
        }
        column
    }
}

impl Members {
    fn read(&mut self, line: &[u8], names: &mut MemberNames) -> Result<(), serde_json::Error> {
        self.values = PerColumn::default();
        self.kinds = PerColumn::default();
        self.are_numbers = PerColumn::default();
        let mut deserializer = serde_json::Deserializer::from_slice(line);
        let reading = ObjectReading {
            names,
            members: self,
        };
        reading.deserialize(&mut deserializer)?;
        deserializer.end()
    }

    fn fields(&self) -> Fields<'_> {
        let has = |column| self.values[column].is_some();
        let texts = |column| match column {
            Column::AgentsUnavailable if !has(Column::AgentsLoggedIn) => None,
            _ => self.values[column].as_deref(),
        };
        Fields {
            texts: PerColumn::new(texts),
            json_numbers: self.are_numbers,
        }
    }
}

fn bad(row: BadRow) -> Event {
    Event::Fault(Box::new(Fault::Bad(row)))
}

#[cold]
fn bad_line(line: u32, error: &serde_json::Error) -> BadRow {
    let (problem, column) = (json_problem(error), error.column());
    let several = match (line, error.is_eof()) {
        (1, true) => "; an object over several lines is read in an array, between [ and ]",
        _ => "",
    };
    BadRow::whole(
        u64::from(line),
        format!("the line is not one JSON object: {problem}, at character {column}{several}"),
    )
}

/// The object of one line while it is read.
struct ObjectReading<'r> {
    names: &'r mut MemberNames,
    members: &'r mut Members,
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

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let Some((column, kind)) = self.names.column(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            let best = &mut self.members.kinds[column];
            if *best == Some(kind) {
                return Err(A::Error::custom(format_args!(
                    "{name} is given twice; name one with --column {column}=NAME"
                )));
            }
            if best.is_none_or(|best| kind < best) {
                *best = Some(kind);
                let (text, is_number) = field_text(raw.get()).map_err(|kind| {
                    A::Error::custom(format_args!("{name} is {kind}, not a number or text"))
                })?;
                self.members.values[column] = Some(text);
                self.members.are_numbers[column] = is_number;
                let column_name = &mut self.members.names[column];
                column_name.clear();
                column_name.push_str(&name);
            }
        }
        Ok(())
    }
}

/// The text of a value as a CSV field would have it, and true where it is a number: null is empty.
/// The error names what else the value is.
fn field_text(raw: &str) -> Result<(Vec<u8>, bool), &'static str> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text: Result<String, _> = serde_json::from_str(raw);
            Ok((text.unwrap_or_default().into_bytes(), false))
        }
        Some(b'n') => Ok((Vec::new(), false)),
        Some(b'{') => Err("an object"),
        Some(b'[') => Err("an array"),
        Some(b't' | b'f') => Err("true or false"),
        _ => Ok((raw.as_bytes().to_vec(), true)),
    }
}

/// Names of members that are kept in mind.
const NAMES_MAX: usize = 1_000;
