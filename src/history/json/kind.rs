//! Whether a text is JSON, or has other text around its JSON.

use super::beginning::is_object;

/// True where the beginning of a file, without the blanks before it, is that of JSON.
pub(in crate::history) fn is_json(text: &[u8]) -> bool {
    let text = match text.split_first() {
        Some((&RECORD_SEPARATOR, rest)) => rest.trim_ascii_start(),
        _ => text,
    };
    match text.split_first() {
        Some((b'{', _)) => true,
        // A name in these brackets is one of CSV.
        Some((b'[', inner)) => {
            let inner = inner.trim_ascii_start();
            matches!(inner.first(), Some(b'{' | b'[' | b'"' | b']'))
        }
        _ => false,
    }
}

/// The refusal of a text that is no JSON and has objects in it, with a command that takes them.
pub(in crate::history) fn refusal_of_text_around(text: &[u8]) -> Option<String> {
    let mut lines = text.split(|byte| *byte == b'\n');
    let first = lines.next()?.trim_ascii();
    let place = memchr::memchr2(b'{', b'[', first);
    let (before, json) = first.split_at(place.unwrap_or(first.len()));
    let before = before.trim_ascii_end();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b" _$.=(".contains(byte);
    if place.is_some() && before.ends_with(b"=") && before.iter().all(is_word) {
        let command = r"sed '1s/^[^[{]*//; $s/;[[:space:]]*$//' FILE | dialpace backtest -";
        return Some(format!(
            "it is JavaScript; take the JSON out of it, such as with {command}"
        ));
    }
    let begins_object = memchr::memchr(b'{', first);
    let object = begins_object.and_then(|place| first.get(place..));
    if !json.is_empty() && object.is_some_and(is_object) {
        return Some("each line has text before its JSON object; leave it out, such as with sed 's/^[^{]*//' FILE | dialpace backtest -".to_owned());
    }
    let is_line = |line: &[u8]| is_object(line.trim_ascii());
    lines.take(LINES_TRIED).any(is_line).then(|| {
        "its first line is no JSON, and lines after it are; take these, such as with grep '^ *{' FILE | dialpace backtest -".to_owned()
    })
}

/// Stands before each value of a sequence of JSON texts (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1E;
/// Lines after the first that are looked at.
const LINES_TRIED: usize = 3;
