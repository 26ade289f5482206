//! Times that are written with digits alone: dates without separators, and numbers that count from
//! 1970. They are told apart by their length, and by what lies in the past of this program.

use jiff::civil::{Date, DateTime};

/// A number as a time.
pub(super) enum Number {
    /// Milliseconds since 1970.
    Since1970(i64),
    /// A date, with a time of day or without.
    Civil(DateTime),
    /// Neither; the reason.
    OutOfRange(&'static str),
}

/// The time that a number is; `None` where `text` is no number.
pub(super) fn number(text: &str, latest_millis: i64) -> Option<Number> {
    // As .NET writes JSON; an offset in it changes nothing.
    let inner = text
        .strip_prefix("/Date(")
        .and_then(|text| text.strip_suffix(")/"));
    let text = inner.map_or(text, |text| {
        text.split(['+', '-']).next().unwrap_or_default()
    });
    let digits = without_thousands(text);
    let text = digits.as_deref().unwrap_or(text);
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let read = instant(whole, fraction).filter(|millis| *millis >= EARLIEST_MILLIS);
    if let Some(millis) = read.filter(|millis| *millis <= latest_millis) {
        return Some(Number::Since1970(millis));
    }
    let civil = if fraction.is_empty() {
        compact(whole)
    } else {
        None
    };
    match (civil, read) {
        (Some(civil), _) => Some(Number::Civil(civil)),
        (None, Some(_)) => Some(Number::OutOfRange(FUTURE)),
        // Too small a number: the caller says what was expected.
        (None, None) => None,
    }
}

/// The digits of a number whose thousands are grouped more than twice, which no date is.
fn without_thousands(text: &str) -> Option<String> {
    let group = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut groups = text.split(group);
    let first = groups.next().filter(|it| (1..=3).contains(&it.len()))?;
    let rest: Vec<&str> = groups.collect();
    let are_threes = rest.len() > 2 && rest.iter().all(|it| it.len() == 3);
    are_threes.then(|| first.to_owned() + &rest.concat())
}

/// Milliseconds since 1970 of a number of seconds, milliseconds, microseconds or nanoseconds, told
/// apart by their digits: nine or ten are seconds from 1973 to 2286.
fn instant(whole: &str, fraction: &str) -> Option<i64> {
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => {
            let thousandths = fraction.bytes().chain(*b"000").take(3);
            let millis = thousandths.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
            Some(number * 1_000 + millis)
        }
        12 | 13 => Some(number),
        15 | 16 => Some(number / 1_000),
        18 | 19 => Some(number / 1_000_000),
        _ => None,
    }
}

/// `20260302`, `2026030209`, `202603020900` or `20260302090000`.
fn compact(digits: &str) -> Option<DateTime> {
    let (date, time) = digits.split_at_checked(8)?;
    let date = date_of(date)?;
    time_of(date, time)
}

/// A date of eight digits.
pub(super) fn date_of(digits: &str) -> Option<Date> {
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The time of a date with a time of day of no, two, four or six digits.
pub(super) fn time_of(date: Date, digits: &str) -> Option<DateTime> {
    let two = |place: usize| match digits.get(place..place + 2) {
        Some(two) => two.parse().ok(),
        None => Some(0),
    };
    if !matches!(digits.len(), 0 | 2 | 4 | 6) {
        return None;
    }
    let (hour, minute, second) = (two(0)?, two(2)?, two(4)?);
    ((0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second))
        .then(|| date.at(hour, minute, second, 0))
}

/// Milliseconds since 1970 of a time at the offset 0.
pub(super) fn millis_of(civil: DateTime) -> i64 {
    // Days from civil, by Howard Hinnant: https://howardhinnant.github.io/date_algorithms.html
    let (month, day) = (i64::from(civil.month()), i64::from(civil.day()));
    let year = i64::from(civil.year()) - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = i64::from(civil.hour()) * 3_600
        + i64::from(civil.minute()) * 60
        + i64::from(civil.second());
    days * DAY_MILLIS + seconds * 1_000 + i64::from(civil.subsec_nanosecond()) / 1_000_000
}

/// A time before this is none of an export: 2000-01-01.
pub(super) const EARLIEST_MILLIS: i64 = 946_684_800_000;
pub(super) const DAY_MILLIS: i64 = 86_400_000;
const FUTURE: &str =
    "as a number that counts from 1970 it is more than a day in the future, and it is no date";
