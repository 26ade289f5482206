//! Text from outside as a cell of a CSV file.

use std::borrow::Cow;

/// `text` as a cell, with an apostrophe before what a spreadsheet would take for a formula. A number
/// stays a number.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let needs_quotes = text.contains([',', '"', '\n', '\r']);
    if !needs_quotes && (!is_formula || is_number(text)) {
        return Cow::Borrowed(text);
    }
    let mark = if is_formula && !is_number(text) {
        "'"
    } else {
        ""
    };
    if needs_quotes {
        return Cow::Owned(format!("\"{mark}{}\"", text.replace('"', "\"\"")));
    }
    Cow::Owned(format!("{mark}{text}"))
}

fn is_number(text: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    text.chars().all(digits) && text.parse::<f64>().is_ok()
}
