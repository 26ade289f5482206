//! The form of a number as people and programs export it: separators, per cent, words for nothing.

use std::borrow::Cow;

use super::options::Decimal;

/// A number in plain form, as [`finite`](crate::base::number_text::finite) reads it.
pub(super) struct PlainNumber<'a> {
    pub(super) text: Cow<'a, str>,
    /// The decimal sign that the form proves.
    pub(super) proves: Option<Decimal>,
    pub(super) is_percent: bool,
}

/// Reason that a text has no plain form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormError {
    /// `1.000` is a thousand or one, and nothing in the file decides.
    Ambiguous,
    /// It has the decimal sign that the file does not.
    OtherDecimal,
    /// It is no number.
    NoNumber,
}

/// True for an empty text, for the words that stand for one, and for the errors of a spreadsheet, such as
/// `#DIV/0!` and `#WERT!`.
pub(super) fn is_nothing(text: &[u8]) -> bool {
    let is_error = || match text {
        [b'#', rest @ ..] => rest.len() >= 2 && !rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    text.is_empty() || is_error() || NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `text` without the blanks around it, those of Unicode and its mark included, without quotes that are no
/// quotes of CSV, and without the signs of a spreadsheet for text: `="41"` and `'41`.
pub(super) fn trimmed(text: &[u8]) -> &[u8] {
    let is_blank = |c: char| c.is_whitespace() || c == '\u{FEFF}';
    let text = match str::from_utf8(text) {
        Ok(text) => text.trim_matches(is_blank).as_bytes(),
        Err(_) => text.trim_ascii(),
    };
    match text {
        [b'=', b'"', inner @ .., b'"']
        | [b'"', inner @ .., b'"']
        | [b'\'', inner @ .., b'\'']
        | [b'\'', inner @ ..] => inner,
        [first, ..] if *first >= 0x80 => without_curved_quotes(text),
        _ => text,
    }
}

/// True for a number with a sign or word for per cent.
#[cold]
pub(super) fn is_percentage(text: &[u8]) -> bool {
    let text = str::from_utf8(trimmed(text)).ok();
    let plain = text.and_then(|text| plain(text, None, true).ok());
    plain.is_some_and(|plain| plain.is_percent)
}

fn without_curved_quotes(text: &[u8]) -> &[u8] {
    let inner = |quotes: &[&str; 2]| {
        let [open, close] = quotes.map(str::as_bytes);
        text.strip_prefix(open)?.strip_suffix(close)
    };
    CURVED_QUOTES.iter().find_map(inner).unwrap_or(text)
}

/// The plain form of a trimmed text. `decimal` is the decimal sign, where it is known; a share is at
/// most 1 or 100 %, so it has no thousands.
pub(super) fn plain(
    text: &str,
    decimal: Option<Decimal>,
    is_share: bool,
) -> Result<PlainNumber<'_>, FormError> {
    let sign = PERCENT.iter().find_map(|sign| text.strip_suffix(sign));
    let (text, is_percent) = match (sign, text.strip_prefix('%')) {
        (Some(text), None) => (text.trim_end(), true),
        // As Turkish and Basque have it.
        (None, Some(text)) => (text.trim_start(), true),
        _ => (text, false),
    };
    let text = without_blank_groups(text)?;
    let points = text.bytes().filter(|byte| *byte == b'.').count();
    let commas = text.bytes().filter(|byte| *byte == b',').count();
    let sign = match (points, commas) {
        (0, 0) => None,
        (_, 0) => Some(sign_of(Decimal::Point, points, &text, decimal, is_share)?),
        (0, _) => Some(sign_of(Decimal::Comma, commas, &text, decimal, is_share)?),
        // Of both, the last is the decimal sign.
        (..) if text.rfind('.') > text.rfind(',') => Some(Decimal::Point),
        _ => Some(Decimal::Comma),
    };
    let plain = match sign {
        None => text,
        Some(sign) => Cow::Owned(with_point(&text, sign).ok_or(FormError::NoNumber)?),
    };
    match (sign, decimal) {
        (Some(sign), Some(known)) if sign != known => Err(FormError::OtherDecimal),
        _ => Ok(PlainNumber {
            text: plain,
            proves: sign,
            is_percent,
        }),
    }
}

/// The decimal sign of a text that has `sign` and not the other one, `count` times.
fn sign_of(
    sign: Decimal,
    count: usize,
    text: &str,
    decimal: Option<Decimal>,
    is_share: bool,
) -> Result<Decimal, FormError> {
    let other = match sign {
        Decimal::Point => Decimal::Comma,
        Decimal::Comma => Decimal::Point,
    };
    if count > 1 {
        return Ok(other);
    }
    if is_share || !could_be_thousands(text, sign) {
        return Ok(sign);
    }
    decimal.ok_or(FormError::Ambiguous)
}

/// True for one to three digits that begin with no 0, the sign, and three digits.
fn could_be_thousands(text: &str, sign: Decimal) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.split_once(char(sign)).is_some_and(|(whole, rest)| {
        (1..=3).contains(&whole.len()) && !whole.starts_with('0') && is_group(rest)
    })
}

/// The text with a decimal point and without thousands; `None` where these do not stand in threes.
fn with_point(text: &str, sign: Decimal) -> Option<String> {
    let (whole, fraction) = match text.split_once(char(sign)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let group = match sign {
        Decimal::Point => ',',
        Decimal::Comma => '.',
    };
    if fraction.is_some_and(|fraction| fraction.contains(['.', ','])) {
        return None;
    }
    let mut plain = without_groups(whole, group)?;
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

/// `whole` without `group` between its threes; or, as in India, between a three and the twos before it.
fn without_groups(whole: &str, group: char) -> Option<String> {
    let groups: Vec<&str> = whole.split(group).collect();
    let [first, middle @ .., last] = groups.as_slice() else {
        return Some(whole.to_owned());
    };
    let digits = first.trim_start_matches(['-', '+']);
    let has =
        |text: &&str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let are_threes = middle.iter().all(|text| has(text, 3)) && (1..=3).contains(&digits.len());
    let are_twos = middle.iter().all(|text| has(text, 2)) && (1..=2).contains(&digits.len());
    let is_grouped = has(last, 3) && !digits.starts_with('0') && (are_threes || are_twos);
    is_grouped.then(|| groups.concat())
}

/// The text without the blanks or apostrophes that group its thousands, which mean nothing else.
fn without_blank_groups(text: &str) -> Result<Cow<'_, str>, FormError> {
    let Some(group) = text.chars().find(|c| BLANKS.contains(c)) else {
        return Ok(Cow::Borrowed(text));
    };
    let end = text.find(['.', ',']).unwrap_or(text.len());
    let (whole, fraction) = text.split_at(end);
    let plain = without_groups(whole, group).filter(|plain| !plain.contains(BLANKS));
    match plain {
        Some(plain) if !fraction.contains(BLANKS) => Ok(Cow::Owned(plain + fraction)),
        _ => Err(FormError::NoNumber),
    }
}

fn is_group(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn char(sign: Decimal) -> char {
    match sign {
        Decimal::Point => '.',
        Decimal::Comma => ',',
    }
}

/// What databases, programs and people write where there is no value.
const NOTHING: [&[u8]; 33] = [
    b"null",
    b"[null]",
    b"(null)",
    b"<null>",
    b"nil",
    b"none",
    b"undefined",
    b"n/a",
    b"n.a.",
    b"na",
    b"<na>",
    b"nan",
    b"-nan",
    b"nan(ind)",
    b"-nan(ind)",
    b"nat",
    b"k.a.",
    b"k. a.",
    b"n/d",
    b"no data",
    b"missing",
    b"(blank)",
    b"(empty)",
    b"(leer)",
    b"\\n",
    b"\\\\n",
    b".",
    b"?",
    b"-",
    b"--",
    b"---",
    "\u{2013}".as_bytes(),
    "\u{2014}".as_bytes(),
];
/// Quotes as text programs turn them, which no program of tables takes for its own.
const CURVED_QUOTES: [[&str; 2]; 4] = [["“", "”"], ["„", "“"], ["‘", "’"], ["«", "»"]];
/// What follows a percentage.
const PERCENT: [&str; 5] = ["%", "％", "percent", "per cent", "pct"];
/// Characters that group thousands and are no decimal sign anywhere.
const BLANKS: &[char] = &[' ', '\u{A0}', '\u{202F}', '\u{2009}', '\'', '’'];
