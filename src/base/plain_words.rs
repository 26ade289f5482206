//! The messages of the libraries that read TOML and JSON, without the types of a program.

/// A message with the kind of value that was expected in the words of the file.
///
/// ```
/// # use dialpace::base::plain_words::plain;
/// assert_eq!(
///     plain("invalid type: string \"x\", expected f64"),
///     "invalid type: string \"x\", expected a number"
/// );
/// assert_eq!(plain("missing field `count`"), "missing field `count`");
/// ```
#[must_use]
pub fn plain(message: &str) -> String {
    let (message, place) = match message.rsplit_once(" at line ") {
        Some((message, place)) => (message, format!(" at line {place}")),
        None => (message, String::new()),
    };
    let text = match message.rsplit_once(", expected ") {
        Some((found, expected)) if message.starts_with("invalid ") => {
            format!("{}, expected {}", shown(found), wanted(expected))
        }
        _ if message == "wanted string or table" => "expected text".to_owned(),
        _ if message.starts_with("data did not match any variant") => {
            "it has none of the forms that are known".to_owned()
        }
        _ => message.to_owned(),
    };
    text + &place
}

/// What a value has to be, by the name of its type.
fn wanted(expected: &str) -> &str {
    match expected {
        "f64" | "f32" => "a number",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" | "u128" => "a whole number of at least 0",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "a string" | "string" | "str" | "a borrowed string" => "text",
        "a boolean" | "bool" => "true or false",
        "a sequence" | "sequence" => "a list",
        "any valid TOML value" => "a number of at most 19 digits",
        "a map" | "map" => "a table",
        _ if expected.starts_with("struct ") => "a table",
        _ if expected.starts_with("internally tagged enum ") => "a table with a kind",
        _ if expected.starts_with("a tuple") || expected.starts_with("tuple ") => "a list",
        _ if expected.contains("enum ") || expected.contains("variant ") => "another value",
        _ => expected,
    }
}

/// What was found, without the width of a number.
fn shown(found: &str) -> String {
    found
        .replace(": sequence", ": list")
        .replace(": map", ": table")
        .replace(": Option value", ": nothing")
        .replace(" as i128", "")
        .replace(" as u128", "")
}
