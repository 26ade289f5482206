//! Fields of an answer. A number may be quoted, as CXone quotes some of them; the text is read as
//! that of a file is.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::base::number_text::{finite, whole};
use crate::pacing::Ratio;

/// Text, also where a whole number was sent instead.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) if number.is_u64() => Ok(number.to_string()),
        other => Err(misfit(&other, "text")),
    }
}

/// A whole number of at least 0, also where it is written `34.0`.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = Value::deserialize(deserializer)?;
    count_in(&value)?.ok_or_else(|| misfit(&value, COUNT))
}

/// As [`count`]; `None` for null and for empty text.
pub(super) fn optional_count<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    count_in(&Value::deserialize(deserializer)?)
}

/// A share from 0 to 1; `None` for null and for empty text.
pub(super) fn optional_share<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Ratio>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = number(&value, SHARE)?;
    let share = number.map(|number| Ratio::try_from(number).map_err(D::Error::custom));
    share.transpose()
}

/// A number; `None` for null and for empty text.
pub(super) fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    number(&Value::deserialize(deserializer)?, "a number")
}

fn count_in<E: Error>(value: &Value) -> Result<Option<u32>, E> {
    let Some(number) = number(value, COUNT)? else {
        return Ok(None);
    };
    match whole(number) {
        Some(count) => Ok(Some(count)),
        None => Err(misfit(value, COUNT)),
    }
}

fn number<E: Error>(value: &Value, expected: &str) -> Result<Option<f64>, E> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => finite(text.as_bytes()),
        Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
        _ => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(misfit(value, expected)),
    }
}

fn misfit<E: Error>(found: &Value, expected: &str) -> E {
    let kind = match found {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let shown = match found {
        Value::Bool(_) | Value::Number(_) | Value::String(_) => format!(" {found}"),
        _ => String::new(),
    };
    E::custom(format!("invalid value: {kind}{shown}, expected {expected}"))
}

const COUNT: &str = "a whole number of at least 0";
const SHARE: &str = "a share from 0 to 1";
