//! Dates that begin with the year, and times of day with a colon, with or without an offset. The
//! order of day and month, which other forms leave open, is fixed here by the year.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::compact_times::{date_of, time_of};

/// A time as it is written.
pub(super) struct CivilTime<'a> {
    pub(super) local: DateTime,
    pub(super) offset: Option<Offset<'a>>,
    /// False for a date alone, which is read as its midnight.
    pub(super) has_time: bool,
}

/// What follows a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offset<'a> {
    /// Seconds east of UTC.
    Seconds(i32),
    /// The abbreviation of an offset, such as CET or EDT, which several zones have.
    Named(&'a str),
    /// The name of a zone, such as Europe/Berlin.
    Zone(&'a str),
}

/// Reads `2026-03-02`, `2026/3/2 9:05`, `2026-03-02T09:00:00.123+01:00`, `20260302T090000Z`,
/// `2026-03-02 09:00:00 UTC`, `2026-03-02 9:00:00 p.m.`, `2026-03-02 24:00` and the like.
pub(super) fn civil_time(text: &str) -> Option<CivilTime<'_>> {
    let (date, rest) = date(text)?;
    if rest.is_empty() {
        let local = date.at(0, 0, 0, 0);
        return Some(CivilTime {
            local,
            offset: None,
            has_time: false,
        });
    }
    let rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => rest.strip_prefix(' ')?.trim_start(),
    };
    let (local, rest) = time_of_day(date, rest)?;
    let rest = rest.trim_start();
    let (local, rest) = half_of_day(local, rest)?;
    let offset = match rest.trim_start() {
        "" => None,
        rest => Some(offset(rest)?),
    };
    Some(CivilTime {
        local,
        offset,
        has_time: true,
    })
}

/// True for `2026-03-05 08:00-08:30` and the like, which can be a range of times as well as a time with
/// an offset.
pub(super) fn may_be_range(text: &str) -> bool {
    let is_clock = |text: &str| {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let colons = text.bytes().filter(|byte| *byte == b':').count();
        (3..=4).contains(&digits) && colons <= 1 && digits + colons == text.len()
    };
    let times = date(text).and_then(|(_, rest)| rest.strip_prefix(' ')?.split_once(['-', '–']));
    times.is_some_and(|(from, to)| is_clock(from) && is_clock(to))
}

/// The date at the beginning, and the rest.
fn date(text: &str) -> Option<(Date, &str)> {
    if let Some(digits) = text.get(..8).filter(|digits| is_digits(digits)) {
        return Some((date_of(digits)?, text.get(8..)?));
    }
    let (year, rest) = number(text, 4, 4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/'))?;
    let (month, rest) = number(rest.get(1..)?, 1, 2)?;
    let (day, rest) = number(rest.strip_prefix(separator)?, 1, 2)?;
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    );
    Some((date.ok()?, rest))
}

/// The time of day at the beginning, and the rest.
fn time_of_day(date: Date, text: &str) -> Option<(DateTime, &str)> {
    let compact = text.bytes().take_while(u8::is_ascii_digit).count();
    if compact == 4 || compact == 6 {
        return Some((time_of(date, text.get(..compact)?)?, text.get(compact..)?));
    }
    let (hour, rest) = number(text, 1, 2)?;
    let (minute, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest, 2, 2)?,
        None if rest.is_empty() => (0, rest),
        None => return None,
    };
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest, 2, 2)?,
        None => (0, rest),
    };
    let (nanos, rest) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let nine = rest.bytes().take(digits).chain(*b"000000000").take(9);
            let nanos = nine.fold(0_i32, |sum, digit| sum * 10 + i32::from(digit - b'0'));
            (
                (1..=12).contains(&digits).then_some(nanos)?,
                rest.get(digits..)?,
            )
        }
        None => (0, rest),
    };
    // The end of the day, in ISO 8601: the next one's midnight.
    if (hour, minute, second, nanos) == (24, 0, 0, 0) {
        return Some((date.tomorrow().ok()?.at(0, 0, 0, 0), rest));
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let small = |number: u32| i8::try_from(number).ok();
    let local = date.at(small(hour)?, small(minute)?, small(second.min(59))?, nanos);
    // A leap second is the next minute's first, as in POSIX.
    let leap = SignedDuration::from_secs(i64::from(second == 60));
    let local = local.checked_add(leap).ok()?;
    Some((local, rest))
}

/// The time with the half of the day that follows it, if one does, and the rest: `PM`, `p.m.`, `p. m.`
fn half_of_day(local: DateTime, rest: &str) -> Option<(DateTime, &str)> {
    let Some((is_afternoon, rest)) = half(rest) else {
        return Some((local, rest));
    };
    let hour = match (local.hour(), is_afternoon) {
        // On a 24-hour clock all the same.
        (13.., true) | (0, false) => local.hour(),
        (hour @ 1..=12, _) => hour % 12 + if is_afternoon { 12 } else { 0 },
        _ => return None,
    };
    Some((local.with().hour(hour).build().ok()?, rest))
}

/// True for the afternoon, and what follows the half of the day.
fn half(text: &str) -> Option<(bool, &str)> {
    let letter = |text: &str| text.chars().next().map(|first| first.to_ascii_lowercase());
    let is_afternoon = match letter(text)? {
        'a' => false,
        'p' => true,
        _ => return None,
    };
    let rest = text.get(1..)?;
    let rest = match rest.strip_prefix('.') {
        Some(rest) => rest.trim_start(),
        None => rest,
    };
    let rest = rest.strip_prefix(['m', 'M'])?;
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    (!rest.starts_with(char::is_alphanumeric)).then_some((is_afternoon, rest))
}

/// An offset that is the whole text: `Z`, `UTC`, `+01`, `+0100`, `+01:00`, `UTC+1`, `CET`, also with the
/// zone's name in brackets after it.
pub(super) fn offset(text: &str) -> Option<Offset<'_>> {
    let text = match text.split_once('[') {
        Some((text, name)) => {
            name.strip_suffix(']')?;
            text.trim_end()
        }
        None => text,
    };
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at_checked(letters)?;
    let is_utc = ["z", "utc", "gmt"].contains(&name.to_ascii_lowercase().as_str());
    match rest {
        "" if is_utc => return Some(Offset::Seconds(0)),
        "" if ABBREVIATION_LETTERS.contains(&letters) => return Some(Offset::Named(name)),
        _ if letters == 0 || is_utc && letters == 3 => {}
        _ if letters > 1 && rest.contains('/') && !text.contains(' ') => {
            return Some(Offset::Zone(text));
        }
        _ => return None,
    }
    let (sign, digits) = match rest.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, rest.strip_prefix(['-', '\u{2212}'])?),
    };
    // One digit only where letters say that it is an offset.
    let hours_digits = if letters > 0 { 1 } else { 2 };
    let (hours, rest) = match digits.split_at_checked(2) {
        Some((hours, minutes)) if digits.len() == 4 && is_digits(digits) => (hours, minutes),
        _ => digits.split_once(':').unwrap_or((digits, "")),
    };
    let whole = |text: &str, digits_min| {
        let (value, rest) = number(text, digits_min, 2)?;
        rest.is_empty().then_some(value)
    };
    let hours = whole(hours, hours_digits)?;
    let minutes = match rest {
        "" if digits.ends_with(':') => return None,
        "" => 0,
        minutes => whole(minutes, 2)?,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    Some(Offset::Seconds(sign * seconds))
}

/// A number of so many digits at the beginning, and the rest.
fn number(text: &str, digits_min: usize, digits_max: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(digits_min..=digits_max).contains(&digits) {
        return None;
    }
    Some((text.get(..digits)?.parse().ok()?, text.get(digits..)?))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters of the abbreviation of an offset, such as CET and MESZ.
const ABBREVIATION_LETTERS: RangeInclusive<usize> = 3..=5;
