//! The secrets of this process, and their removal from what others wrote.
//!
//! A server may echo what it was sent in any form. A piece of a secret that is long enough is removed
//! wherever it stands, however it is escaped, encoded or split. One list serves the whole process, so
//! that no message can be made past it.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use super::escapes::{Pieces, hex};

/// Removes `secret` from every later message that is made with [`redacted`].
pub fn conceal(secret: &str) {
    let mut known = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    if known.iter().any(|known| known.expose_secret() == secret) {
        return;
    }
    if known.len() >= SECRETS_MAX {
        // Those of the start, the client's own, are kept; an old token is no longer good.
        known.remove(SECRETS_KEPT);
    }
    known.push(SecretString::from(secret));
}

/// `text` without the pieces of secrets in it.
#[must_use]
pub fn redacted(text: &str) -> String {
    let grams = grams();
    let mut hidden = Vec::new();
    let mut pieces = Pieces::of(text);
    for _ in 0..LAYERS_MAX {
        for stream in [pieces.without_blanks(), pieces.alphanumeric()] {
            for length in PIECE_MIN..=PIECE {
                hidden.extend(stream.found(length, |gram| grams.contains(&packed(gram))));
            }
        }
        let Some(decoded) = pieces.decoded() else {
            break;
        };
        pieces = decoded;
    }
    without(text, hidden)
}

/// What a stranger wrote, to be shown: without the pieces of secrets, and without runs that look like
/// a token, since it may be one that is not known here.
#[must_use]
pub fn of_a_stranger(text: &str) -> String {
    let redacted = redacted(text);
    let mut hidden = Vec::new();
    let mut start = 0;
    for part in redacted.split_inclusive(|c: char| !is_of_a_run(c)) {
        let run = part.trim_end_matches(|c: char| !is_of_a_run(c));
        if looks_like_a_token(run) {
            hidden.push(start..start + run.len());
        }
        start += part.len();
    }
    without(&redacted, hidden)
}

/// True for a run that is too long and too mixed to be a word, a name or a number.
#[must_use]
pub fn looks_like_a_token(run: &str) -> bool {
    let is_mixed = |part: &str| {
        let has = |is: fn(&u8) -> bool| part.bytes().any(|byte| is(&byte));
        part.len() >= MIXED_MIN && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    };
    let mut parts = run.split(|c: char| !c.is_ascii_alphanumeric());
    run.len() >= TOKEN_MIN && parts.any(is_mixed)
}

/// The pieces of every secret in each form that escapes do not undo: as it is, in base64 behind any
/// bytes, and in hex. All are in small letters, as the text is that they are searched in.
fn grams() -> HashSet<u64> {
    let known = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut grams = HashSet::new();
    for secret in known.iter().map(ExposeSecret::expose_secret) {
        let bytes = secret.as_bytes();
        let mut forms: Vec<Vec<u8>> = (0..3).map(|before| base64_core(bytes, before)).collect();
        forms.extend([hex(bytes), bytes.to_owned()]);
        for form in forms {
            let form = Pieces::of_bytes(&form);
            let (whole, letters) = (form.without_blanks().bytes(), form.alphanumeric().bytes());
            // Of a secret of many signs, too few letters may be left to tell it from words.
            let letters = Some(letters).filter(|it| it.len() >= LETTERS_MIN);
            for form in std::iter::once(whole).chain(letters) {
                let length = form.len().min(PIECE);
                if length >= PIECE_MIN {
                    grams.extend(form.windows(length).map(packed));
                }
            }
        }
    }
    grams
}

/// A piece of at most eight bytes, none of which is 0, as a number.
fn packed(gram: &[u8]) -> u64 {
    gram.iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The characters of a base64 text that stand for `bytes` alone, where `before` others come first.
fn base64_core(bytes: &[u8], before: usize) -> Vec<u8> {
    let padded: Vec<u8> = std::iter::repeat_n(0, before)
        .chain(bytes.iter().copied())
        .collect();
    let bit = |n: usize| {
        let byte = padded.get(n / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - n % 8) & 1)
    };
    let first = (before * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    let sextet = |n: usize| (0..6).fold(0, |value, k| value * 2 + bit(n * 6 + k));
    let letters = (first..end).filter_map(|n| BASE64.get(sextet(n)).copied());
    letters.collect()
}

/// `text` with each hidden range, and what only separates two, replaced by a placeholder.
fn without(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    if hidden.is_empty() {
        return text.to_owned();
    }
    hidden.sort_by_key(|range| range.start);
    let mut shown = String::new();
    let mut done = 0;
    for range in hidden {
        if let Some(between) = text.get(done..range.start) {
            let is_separator = done > 0 && !between.chars().any(char::is_alphanumeric);
            if !(is_separator && shown.ends_with(PLACEHOLDER)) {
                shown.push_str(between);
                shown.push_str(PLACEHOLDER);
            }
        }
        done = done.max(range.end);
    }
    shown.push_str(text.get(done..).unwrap_or_default());
    shown
}

fn is_of_a_run(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-+~".contains(c)
}

static SECRETS: Mutex<Vec<SecretString>> = Mutex::new(Vec::new());
const PLACEHOLDER: &str = "[redacted]";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Characters of a secret in a row that are removed: fewer are in ordinary words too.
const PIECE: usize = 8;
/// Least length of a secret that is removed; a shorter one would mangle messages.
const PIECE_MIN: usize = 4;
/// Least number of letters and digits of a secret that are searched for without its signs.
const LETTERS_MIN: usize = 6;
/// Escapes within escapes that are undone.
const LAYERS_MAX: usize = 4;
/// Characters of a run that may be a token: longer than words and names, as long as short tokens.
const TOKEN_MIN: usize = 20;
/// Characters of a part of it that has letters and digits.
const MIXED_MIN: usize = 8;
/// Secrets that are known at once. Their pieces take 16 bytes each when a message is made: 14 MB in all
/// if every one is a token of 1,500 characters.
const SECRETS_MAX: usize = 56;
/// Secrets from the start of the process that are never forgotten: the client's own, the keys of an
/// address, and up to 24 of a file of header fields. As many of a changed file fit behind them.
const SECRETS_KEPT: usize = 32;
