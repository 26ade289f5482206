//! The members of one object that are columns, and how they are read from its text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::inner::Inner;
use super::names::{MemberNames, Use};
use super::values::{field_text, is_object_text, without_bare_words};
use crate::base::plain_words::json_problem;
use crate::history::columns::{COLUMNS, Column, Fields, PerColumn};

/// The members of one line that are columns.
#[derive(Default)]
pub(super) struct Members {
    /// Value of each, as a CSV field would have it.
    values: PerColumn<Option<Vec<u8>>>,
    are_numbers: PerColumn<bool>,
    /// Name of each.
    pub(super) names: PerColumn<String>,
    /// Kind of the name that gave each value: 0 is the one to prefer.
    kinds: PerColumn<Option<usize>>,
}

impl Members {
    pub(super) fn read(
        &mut self,
        line: &[u8],
        names: &mut MemberNames,
    ) -> Result<(), serde_json::Error> {
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
    #[inline]
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
        read.map_err(|error| {
            let problem = json_problem(&error);
            if error.is_data() {
                problem
            } else {
                format!("an object in it is not JSON: {problem}")
            }
        })
    }

    /// True where the object has none of the metrics, not even as null.
    pub(super) fn has_no_metrics(&self) -> bool {
        let mut numbers = COLUMNS.into_iter().filter(|column| column.is_number());
        numbers.all(|column| self.values[column].is_none())
    }

    pub(super) fn fields(&self) -> Fields<'_> {
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
                    if let Some(inner) = self.names.inner().at(place) {
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
