//! An object of an answer, read leniently: names in any case, numbers and booleans as text.

use serde_json::{Map, Value};

use crate::base::number_text::{finite, whole};

/// An object, and its place in the answer for messages.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    place: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// The object `value` at `place`.
    pub fn new(place: &str, value: &'a Value) -> Result<Self, String> {
        match value {
            Value::Object(fields) => Ok(Self {
                place: place.to_owned(),
                fields,
            }),
            other => Err(format!(
                "{place}: {} where an object was expected",
                kind(other)
            )),
        }
    }

    /// The first field with one of `names`, in any case. One that is null is absent.
    #[must_use]
    pub fn field(&self, names: &[&str]) -> Option<&'a Value> {
        let exact = names.iter().find_map(|name| self.fields.get(*name));
        let alike = |name: &&str| {
            let mut fields = self.fields.iter();
            fields.find(|(found, _)| found.eq_ignore_ascii_case(name))
        };
        let found = exact.or_else(|| Some(names.iter().find_map(alike)?.1));
        found.filter(|value| !value.is_null())
    }

    /// A whole number of at least 0.
    pub fn count(&self, names: &[&str]) -> Result<Option<u32>, String> {
        let number = self.number(names)?;
        let count = number.map(|number| whole(number).ok_or_else(|| self.misfit(names, COUNT)));
        count.transpose()
    }

    /// The identifier of a skill: a whole number of at most ten digits.
    pub fn id(&self, names: &[&str]) -> Result<Option<u64>, String> {
        let number = self.number(names)?;
        let id = number.map(|number| {
            let is_id = number.fract() == 0.0 && (0.0..=ID_MAX).contains(&number);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole and in range, by the line above"
            )]
            is_id
                .then_some(number as u64)
                .ok_or_else(|| self.misfit(names, COUNT))
        });
        id.transpose()
    }

    /// A number.
    pub fn number(&self, names: &[&str]) -> Result<Option<f64>, String> {
        let number = match self.field(names) {
            None => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => finite(text.as_bytes()),
            Some(Value::Number(number)) => number.as_f64().filter(|number| number.is_finite()),
            Some(_) => None,
        };
        number
            .map(Some)
            .ok_or_else(|| self.misfit(names, "a number"))
    }

    /// True or false, also as text or as 1 or 0.
    pub fn flag(&self, names: &[&str]) -> Result<Option<bool>, String> {
        let Some(value) = self.field(names) else {
            return Ok(None);
        };
        as_flag(value)
            .map(Some)
            .ok_or_else(|| self.misfit(names, "true or false"))
    }

    /// Text; a number is shown as it was sent.
    #[must_use]
    pub fn text(&self, names: &[&str]) -> Option<String> {
        match self.field(names)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The place of a field in the answer.
    #[must_use]
    pub fn place_of(&self, name: &str) -> String {
        match self.place.as_str() {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        }
    }

    fn misfit(&self, names: &[&str], expected: &str) -> String {
        let name = self.place_of(names.first().copied().unwrap_or_default());
        let found = self.field(names).map(shown).unwrap_or_default();
        format!("{name} is {found}, expected {expected}")
    }
}

/// The value inside `wrapper`, where the answer has it, in any case; otherwise the answer itself.
#[must_use]
pub fn unwrapped<'a>(value: &'a Value, wrapper: &str) -> &'a Value {
    let inside = Object::new("", value).ok();
    let inside = inside.and_then(|object| object.field(&[wrapper]));
    inside.filter(|inside| inside.is_object()).unwrap_or(value)
}

/// The rows of an answer: an array under `name`, perhaps inside `resultSet`, one object under
/// `name`, or the answer itself where it is one row, which has `row_field`. No row where there are
/// none, or null.
#[must_use]
pub fn rows<'a>(value: &'a Value, name: &str, row_field: &str) -> Vec<&'a Value> {
    let value = unwrapped(value, "resultSet");
    match Object::new("", value) {
        Ok(object) => match object.field(&[name]) {
            Some(Value::Array(rows)) => rows.iter().collect(),
            Some(row @ Value::Object(_)) => vec![row],
            _ if object.field(&[row_field]).is_some() => vec![value],
            _ => Vec::new(),
        },
        Err(_) => value
            .as_array()
            .map(|rows| rows.iter().collect())
            .unwrap_or_default(),
    }
}

/// True or false in any of its spellings.
#[must_use]
pub fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.trim() {
            text if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
            text if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
            _ => None,
        },
        Value::Number(number) if number.as_f64() == Some(1.0) => Some(true),
        Value::Number(number) if number.as_f64() == Some(0.0) => Some(false),
        _ => None,
    }
}

/// A value of an answer in a message.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => kind(value).to_owned(),
        other => other.to_string(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Ten digits.
const ID_MAX: f64 = 9_999_999_999.0;
const COUNT: &str = "a whole number of at least 0";
