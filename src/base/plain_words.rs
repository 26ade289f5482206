//! The messages of the libraries that read TOML and JSON, without the types of a program.

use std::borrow::Cow;

use serde_json::error::Category;

/// The format whose words are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML: text, lists and tables.
    Toml,
    /// JSON: strings, arrays and objects.
    Json,
}

/// A message with the kind of value that was expected in the words of the format.
///
/// ```
/// # use dialpace::base::plain_words::{Format, plain};
/// let message = "invalid type: sequence, expected struct Row";
/// assert_eq!(plain(message, Format::Toml), "invalid type: list, expected a table");
/// assert_eq!(plain(message, Format::Json), "invalid type: array, expected an object");
/// assert_eq!(plain("missing field `count`", Format::Json), "missing field `count`");
/// ```
#[must_use]
pub fn plain(message: &str, format: Format) -> String {
    let (message, place) = match message.rsplit_once(" at line ") {
        Some((message, place)) => (message, format!(" at line {place}")),
        None => (message, String::new()),
    };
    let text = match message.rsplit_once(", expected ") {
        Some((found, expected)) if message.starts_with("invalid ") => {
            format!(
                "{}, expected {}",
                format.shown(found),
                format.wanted(expected)
            )
        }
        _ if message == "wanted string or table" => "expected text".to_owned(),
        _ if message.starts_with("data did not match any variant") => {
            "it has none of the forms that are known".to_owned()
        }
        _ => message.to_owned(),
    };
    text + &place
}

/// A message without the numbers of the operating system's errors, which its words say already.
///
/// ```
/// # use dialpace::base::plain_words::without_numbers;
/// assert_eq!(without_numbers("a: Is a directory (os error 21); b"), "a: Is a directory; b");
/// assert_eq!(without_numbers("a (os error x)"), "a (os error x)");
/// ```
#[must_use]
pub fn without_numbers(message: &str) -> Cow<'_, str> {
    const BEFORE: &str = " (os error ";
    let mut parts = message.split(BEFORE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.push_str(rest);
            }
            _ => {
                text.push_str(BEFORE);
                text.push_str(part);
            }
        }
    }
    if text.len() == message.len() {
        Cow::Borrowed(message)
    } else {
        Cow::Owned(text)
    }
}

/// What is wrong with a JSON text, without its place.
///
/// ```
/// # use dialpace::base::plain_words::json_problem;
/// let problem = |text: &str| json_problem(&serde_json::from_str::<u8>(text).unwrap_err());
/// assert_eq!(problem(r#""cut"#), "it ends too early");
/// assert_eq!(problem("1 2"), "there is more text behind it");
/// assert_eq!(problem("[]"), "invalid type: array, expected a whole number from 0 to 255");
/// ```
#[must_use]
pub fn json_problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match (error.classify(), text) {
        (Category::Data, _) => plain(text, Format::Json),
        (Category::Eof, _) => "it ends too early".to_owned(),
        (_, "number out of range") => "a number is out of range".to_owned(),
        (_, "trailing characters") => "there is more text behind it".to_owned(),
        _ => "it is not JSON".to_owned(),
    }
}

impl Format {
    /// What a value has to be, by the name of its type.
    fn wanted(self, expected: &str) -> &str {
        let of = |toml, json| match self {
            Self::Toml => toml,
            Self::Json => json,
        };
        match expected {
            "f64" | "f32" => "a number",
            "u8" => "a whole number from 0 to 255",
            "u16" => "a whole number from 0 to 65535",
            "u32" => "a whole number from 0 to 4294967295",
            "u64" | "usize" | "u128" => "a whole number of at least 0",
            "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
            "a string" | "string" | "str" | "a borrowed string" => of("text", "a string"),
            "a boolean" | "bool" => "true or false",
            "unit" => of("nothing", "null"),
            "any valid TOML value" => "a number of at most 19 digits",
            "a sequence" | "sequence" => of("a list", "an array"),
            "a map" | "map" => of("a table", "an object"),
            _ if expected.starts_with("struct ") => of("a table", "an object"),
            _ if expected.starts_with("internally tagged enum ") => "a table with a kind",
            _ if expected.starts_with("a tuple") || expected.starts_with("tuple ") => {
                of("a list", "an array")
            }
            _ if expected.contains("enum ") || expected.contains("variant ") => "another value",
            _ => expected,
        }
    }

    /// What was found, without the width of a number.
    fn shown(self, found: &str) -> String {
        let (list, table, nothing) = match self {
            Self::Toml => (": list", ": table", ": nothing"),
            Self::Json => (": array", ": object", ": null"),
        };
        found
            .replace(": sequence", list)
            .replace(": map", table)
            .replace(": Option value", nothing)
            .replace(": floating point ", ": number ")
            .replace(" as i128", "")
            .replace(" as u128", "")
    }
}
