//! The rows of a chunk of NDJSON: one object per line; members that are no column are skipped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use memchr::memchr_iter;
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::inner::Inner;
use super::values::{INFINITE, field_text, is_object_text, without_bare_words};
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

/// What is read of the objects of a file.
pub(super) struct Reading {
    /// Names that `--column` gives to outermost members.
    pub(super) given: ColumnNames,
    /// Columns that are members of members by `--column`.
    pub(super) are_paths_given: PerColumn<bool>,
    /// Members of members that are columns.
    pub(super) inner: Inner,
}

/// The columns of member names that were met.
struct MemberNames {
    reading: Arc<Reading>,
    known: HashMap<String, Use>,
}

/// What is read of a member.
#[derive(Clone, Copy)]
enum Use {
    /// It is a column. The number is the place of its name among the kinds of names: 0 is the one to prefer.
    Column(Column, usize),
    /// Members of it are, at this place of [`Inner`].
    Inner(usize),
    Nothing,
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
    pub(super) fn new(reading: Arc<Reading>, rules: RowRules) -> Self {
        Self {
            names: MemberNames {
                reading,
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
            Ok(row) => {
                if self.members.has_no_metrics() {
                    chunk.without_metrics.add(number);
                } else {
                    chunk.without_metrics.has_others = true;
                }
                Event::Row(row)
            }
            Err(WrongField { column, expected }) => {
                let name = match self.members.names[column].as_str() {
                    "" => column.name(),
                    name => name,
                };
                let value = fields.text(column).unwrap_or_default();
                let is_infinite = INFINITE.iter().any(|it| it.as_bytes() == value);
                let value = if is_infinite { b"Infinity" } else { value };
                bad(BadRow::field(u64::from(number), name, value, expected))
            }
        }
    }
}

impl MemberNames {
    fn of(&mut self, name: &str) -> Use {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let reading = &self.reading;
        let inner = reading.inner.place(name).map(Use::Inner);
        let found = inner
            .or_else(|| reading.column(name))
            .unwrap_or(Use::Nothing);
        // Names without end are those of no column.
        if self.known.len() < NAMES_MAX {
            self.known.insert(name.to_owned(), found);
        }
        found
    }
}

impl Reading {
    /// The column that an outermost member is by its name.
    fn column(&self, name: &str) -> Option<Use> {
        let given = |column: Column| {
            let given = self.given.given(column)?.trim();
            let is_it = !self.are_paths_given[column] && plain(given) == plain(name);
            // The name as it is spelled goes before other spellings.
            is_it.then(|| Use::Column(column, usize::from(given != name)))
        };
        let own = || {
            let (column, kind) = Column::of_name(name)?;
            let is_free = self.given.given(column).is_none();
            is_free.then_some(Use::Column(column, kind))
        };
        COLUMNS.into_iter().find_map(given).or_else(own)
    }
}

impl Members {
    fn read(&mut self, line: &[u8], names: &mut MemberNames) -> Result<(), serde_json::Error> {
        let read = self.read_json(line, names);
        match &read {
            Err(error) if error.is_syntax() => match without_bare_words(line) {
                Some(line) => self.read_json(&line, names),
                None => read,
            },
            _ => read,
        }
    }

    fn read_json(&mut self, line: &[u8], names: &mut MemberNames) -> Result<(), serde_json::Error> {
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

    /// Takes the value of a column. The error says why it cannot be.
    fn take(
        &mut self,
        (column, kind): (Column, usize),
        name: &str,
        raw: &RawValue,
    ) -> Result<(), String> {
        let best = &mut self.kinds[column];
        if *best == Some(kind) {
            let first = &self.names[column];
            return Err(if first == name {
                format!("{name} is given twice in one object; jq -c . keeps the last of them")
            } else {
                format!(
                    "{first} and {name} could both be {column}; name one with --column {column}={name}"
                )
            });
        }
        if best.is_none_or(|best| kind < best) {
            *best = Some(kind);
            let (text, is_number) = field_text(raw.get()).map_err(|what| match what {
                "an object" => format!(
                    "{name} is an object; if a member of it is {column}, name it, such as with --column {column}={name}.value"
                ),
                what => format!("{name} is {what}, not a number or text"),
            })?;
            self.values[column] = Some(text);
            self.are_numbers[column] = is_number;
            let column_name = &mut self.names[column];
            column_name.clear();
            column_name.push_str(name);
        }
        Ok(())
    }

    /// Takes what is read of a member that is an object, or text that is one.
    fn take_inner(&mut self, inner: &Inner, raw: &RawValue) -> Result<(), String> {
        if let Some((column, name)) = &inner.column {
            return self.take((*column, INNER_KIND), name, raw);
        }
        let text = match raw.get().as_bytes().first() {
            Some(b'{') => Cow::Borrowed(raw.get()),
            Some(b'"') => {
                let text: String = serde_json::from_str(raw.get()).unwrap_or_default();
                if !is_object_text(&text) {
                    return Ok(());
                }
                Cow::Owned(text)
            }
            _ => return Ok(()),
        };
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        let reading = InnerReading {
            inner,
            members: self,
        };
        let read = deserializer.deserialize_map(reading);
        let read = read.and_then(|()| deserializer.end());
        read.map_err(|error| match error.is_data() {
            true => json_problem(&error),
            false => format!("an object in it is not JSON: {}", json_problem(&error)),
        })
    }

    /// True where the object has none of the metrics, not even as null.
    fn has_no_metrics(&self) -> bool {
        let mut numbers = COLUMNS.into_iter().filter(|column| column.is_number());
        numbers.all(|column| self.values[column].is_none())
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
    BadRow::whole(
        u64::from(line),
        format!("the line is not one JSON object: {problem}, at character {column}"),
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
            match self.names.of(&name) {
                Use::Nothing => {
                    map.next_value::<IgnoredAny>()?;
                }
                Use::Column(column, kind) => {
                    let raw = map.next_value()?;
                    let taken = self.members.take((column, kind), &name, raw);
                    taken.map_err(A::Error::custom)?;
                }
                Use::Inner(place) => {
                    let raw = map.next_value()?;
                    if let Some(inner) = self.names.reading.inner.at(place) {
                        let taken = self.members.take_inner(inner, raw);
                        taken.map_err(A::Error::custom)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// An object that is a member, while it is read.
struct InnerReading<'r> {
    inner: &'r Inner,
    members: &'r mut Members,
}

impl<'de> Visitor<'de> for InnerReading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let inner = self.inner.place(&name);
            match inner.and_then(|place| self.inner.at(place)) {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(inner) => {
                    let raw = map.next_value()?;
                    let taken = self.members.take_inner(inner, raw);
                    taken.map_err(A::Error::custom)?;
                }
            }
        }
        Ok(())
    }
}

/// The kind of a member of a member, which is read where no outermost one is.
const INNER_KIND: usize = 3;
/// Names of members that are kept in mind.
const NAMES_MAX: usize = 1_000;
