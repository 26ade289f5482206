//! Dates that begin with the year, and times of day with a colon, with or without an offset. The
//! order of day and month, which other forms leave open, is fixed here by the year.

use jiff::civil::{Date, DateTime};

use super::compact_times::{date_of, time_of};

/// A time as it is written.
pub(super) struct CivilTime {
    pub(super) local: DateTime,
    pub(super) offset: Option<Offset>,
    /// False for a date alone, which is read as its midnight.
    pub(super) has_time: bool,
}

/// Seconds east of UTC.
pub(super) struct Offset(pub(super) i32);

/// Reads `2026-03-02`, `2026/3/2 9:05`, `2026-03-02T09:00:00.123+01:00`, `20260302T090000Z`,
/// `2026-03-02 09:00:00 UTC`, `2026-03-02 9:00:00 PM` and the like.
pub(super) fn civil_time(text: &str) -> Option<CivilTime> {
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
    let (minute, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
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
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let small = |number: u32| i8::try_from(number).ok();
    let local = date.at(small(hour)?, small(minute)?, small(second)?, nanos);
    Some((local, rest))
}

/// The time with the half of the day that follows it, if one does, and the rest.
fn half_of_day(local: DateTime, rest: &str) -> Option<(DateTime, &str)> {
    let half = rest.get(..2).unwrap_or_default().to_ascii_lowercase();
    let hour = match half.as_str() {
        "am" | "pm" if !(1..=12).contains(&local.hour()) => return None,
        "am" => local.hour() % 12,
        "pm" => local.hour() % 12 + 12,
        _ => return Some((local, rest)),
    };
    let local = local.with().hour(hour).build().ok()?;
    Some((local, rest.get(2..)?))
}

/// An offset that is the whole text: `Z`, `UTC`, `+01`, `+0100`, `+01:00`, also with the zone's name
/// in brackets after it.
fn offset(text: &str) -> Option<Offset> {
    let text = match text.split_once('[') {
        Some((text, name)) => {
            name.strip_suffix(']')?;
            text
        }
        None => text,
    };
    if ["z", "utc", "gmt"].contains(&text.to_ascii_lowercase().as_str()) {
        return Some(Offset(0));
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, rest) = digits.split_at_checked(2)?;
    let minutes = match rest.strip_prefix(':') {
        Some("") => return None,
        Some(minutes) => minutes,
        None => rest,
    };
    let (hours, _) = number(hours, 2, 2)?;
    let minutes = match minutes {
        "" => 0,
        minutes => number(minutes, 2, 2).filter(|(_, rest)| rest.is_empty())?.0,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    Some(Offset(sign * seconds))
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
