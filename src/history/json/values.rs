//! The value of a member, as a CSV field would have it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The text of a value as a CSV field would have it, and true where it is a number: null is empty.
/// The error names what else the value is.
pub(super) fn field_text(raw: &str) -> Result<(Vec<u8>, bool), &'static str> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text: Result<String, _> = serde_json::from_str(raw);
            Ok((text.unwrap_or_default().into_bytes(), false))
        }
        Some(b'n') => Ok((Vec::new(), false)),
        Some(b'{') => match unwrapped(raw) {
            // `DynamoDB` writes {"NULL": true}.
            Some(inner) if inner.get() == "true" => Ok((Vec::new(), false)),
            Some(inner) => field_text(inner.get()),
            None => Err("an object"),
        },
        Some(b'[') => Err("an array"),
        Some(b't' | b'f') => Err("true or false"),
        _ => Ok((raw.as_bytes().to_vec(), true)),
    }
}

/// The value in an object that only says what type it has, as `MongoDB` and `DynamoDB` write it.
fn unwrapped(raw: &str) -> Option<&RawValue> {
    let object: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(raw).ok()?;
    let (name, value) = object.first_key_value().filter(|_| object.len() == 1)?;
    is_wrapper(name).then_some(*value)
}

/// True for the name of the one member of an object that says what type its value has.
pub(super) fn is_wrapper(name: &str) -> bool {
    WRAPPERS.contains(&name)
}

/// True for an object that only says the type of its one value.
pub(super) fn is_wrapped(object: &Map<String, Value>) -> bool {
    object.len() == 1 && object.keys().all(|name| is_wrapper(name))
}

/// The object whose JSON a text is, if it is one.
pub(super) fn object_in_text(text: &str) -> Option<Map<String, Value>> {
    is_object_text(text).then(|| serde_json::from_str(text).ok())?
}

/// True where a text begins as the JSON of an object does.
pub(super) fn is_object_text(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The line with what only some programs write for numbers that JSON has not, as text of the same length:
/// `NaN` as nothing, and `Infinity` as ∞. `None` where it has none of these.
pub(super) fn without_bare_words(line: &[u8]) -> Option<Vec<u8>> {
    let mut fixed = line.to_vec();
    let mut has_word = false;
    let (mut place, mut is_in_text) = (0, false);
    while let Some(rest) = line.get(place..).filter(|rest| !rest.is_empty()) {
        let word = BARE_WORDS.iter().find(|(word, _)| rest.starts_with(word));
        place += match (rest.first(), word) {
            (Some(b'\\'), _) => 2,
            (Some(b'"'), _) => {
                is_in_text = !is_in_text;
                1
            }
            (_, Some((word, text))) if !is_in_text => {
                has_word = true;
                if let Some(place) = fixed.get_mut(place..place + word.len()) {
                    place.copy_from_slice(text);
                }
                word.len()
            }
            _ => 1,
        };
    }
    has_word.then_some(fixed)
}

/// The object of a line.
pub(super) fn object(line: &[u8]) -> Option<Map<String, Value>> {
    let object = serde_json::from_slice(line).ok();
    object.or_else(|| serde_json::from_slice(&without_bare_words(line)?).ok())
}

/// What [`without_bare_words`] makes of Infinity.
pub(super) const INFINITE: [&str; 2] = ["∞", "-∞"];
/// Each with a text that is as long.
const BARE_WORDS: [(&[u8], &[u8]); 3] = [
    (b"NaN", b"\"\" "),
    (b"-Infinity", b"\"-\\u221e\""),
    (b"Infinity", b"\"\\u221e\""),
];
/// Those of `MongoDB` and `DynamoDB`.
const WRAPPERS: [&str; 8] = [
    "$date",
    "$numberInt",
    "$numberLong",
    "$numberDouble",
    "$numberDecimal",
    "N",
    "S",
    "NULL",
];
