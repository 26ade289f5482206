//! Settings that have several values in a comparison.

use std::fmt::Write as _;

use serde_json::Value;

/// Values of swept settings, each with the key of its setting.
pub type SweptValues = Vec<(String, String)>;

/// Values after the name of what has them: ", utilisation 0.8".
#[must_use]
pub fn words(values: &[(String, String)]) -> String {
    let mut text = String::new();
    for (key, value) in values {
        let _ = write!(text, ", {} {value}", key.replace('_', " "));
    }
    text
}

/// The keys of all swept settings, in their order.
#[must_use]
pub fn keys<'a>(swept: impl IntoIterator<Item = &'a SweptValues>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = Vec::new();
    for (key, _) in swept.into_iter().flatten() {
        if !keys.contains(&key.as_str()) {
            keys.push(key.as_str());
        }
    }
    keys
}

/// The value of a swept setting; empty where it makes no difference.
#[must_use]
pub fn value<'a>(values: &'a [(String, String)], key: &str) -> &'a str {
    let mut values = values.iter();
    let found = values.find(|(other, _)| other == key);
    found.map_or("", |(_, value)| value)
}

/// The name of a setting in JSON and CSV: "maxDialRate".
#[must_use]
pub fn json_name(key: &str) -> String {
    let mut name = String::new();
    for (n, word) in key.split('_').enumerate() {
        match word.chars().next() {
            Some(first) if n > 0 => {
                name.push(first.to_ascii_uppercase());
                name.push_str(word.get(1..).unwrap_or_default());
            }
            _ => name.push_str(word),
        }
    }
    name
}

/// A value of a setting: a number, or text such as "180s".
#[must_use]
pub fn json_value(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
    }
}
