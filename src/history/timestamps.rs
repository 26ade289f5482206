//! Points in time: RFC 3339, times without offset, compact dates, and numbers that count from 1970.

use jiff::civil;
use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::civil_time::{Offset, civil_time, may_be_range};
use super::compact_times::{self, DAY_MILLIS, Number};
use super::number_form::trimmed;
use crate::base::units::UnixMillis;

/// How the file writes times.
#[derive(Clone, Debug)]
pub(super) struct TimeRules {
    /// The zone of times without an offset.
    pub(super) zone: Option<TimeZone>,
    /// The one form that is read, where one is given.
    pub(super) format: Option<String>,
    /// The last time that a row may have, in milliseconds since 1970.
    pub(super) latest_millis: i64,
    /// True where rows have a time of day, so that a date alone is a day's total or a mistake.
    pub(super) has_times_of_day: bool,
}

/// True for a text that is a date with a time of day.
pub(super) fn has_time_of_day(text: &[u8]) -> bool {
    let text = str::from_utf8(trimmed(text)).ok();
    text.and_then(civil_time).is_some_and(|time| time.has_time)
}

/// A point in time as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeRead {
    pub(super) at: UnixMillis,
    /// Where a clock change repeats the hour: how much later the second one is. Else 0.
    pub(super) again_millis: u32,
}

/// Parses times. Rows of one day follow each other, so the date is parsed once a day.
#[derive(Debug)]
pub(super) struct TimestampParser {
    rules: TimeRules,
    day: Option<Day>,
    /// True once a time in January 1970 was read.
    pub(super) has_seen_1970: bool,
    /// True once the zone was needed.
    pub(super) has_used_zone: bool,
}

/// A date whose every time of day is at the same offset and may be read.
#[derive(Clone, Copy, Debug)]
struct Day {
    /// Its text, such as "2026-11-22T".
    text: [u8; 11],
    midnight_millis: i64,
    /// True where the text after the time of day is "Z", false where there is none.
    has_z: bool,
}

impl TimestampParser {
    pub(super) fn new(rules: TimeRules) -> Self {
        Self {
            rules,
            day: None,
            has_seen_1970: false,
            has_used_zone: false,
        }
    }

    /// The point in time, cut to milliseconds; else what was expected.
    #[inline]
    pub(super) fn parse(&mut self, text: &[u8]) -> Result<TimeRead, String> {
        if let Some(day) = &self.day
            && let Some((date, time)) = text.split_first_chunk()
            && *date == day.text
            && let Some((millis, has_z)) = time_of_day(time)
            && has_z == day.has_z
        {
            return Ok(TimeRead {
                at: UnixMillis(day.midnight_millis + millis),
                again_millis: 0,
            });
        }
        self.parse_slowly(text)
    }

    #[cold]
    fn parse_slowly(&mut self, text: &[u8]) -> Result<TimeRead, String> {
        let text = str::from_utf8(trimmed(text)).map_err(|_| EXPECTED.to_owned())?;
        let (civil, offset, has_time) = match &self.rules.format {
            Some(format) => match with_format(text, format)? {
                Ok(millis) => return self.checked(millis),
                Err(civil) => (civil, None, true),
            },
            None => match compact_times::number(text, self.rules.latest_millis) {
                Some(Number::Since1970(millis)) => return self.checked(millis),
                Some(Number::Civil(civil)) => (civil, None, text.len() > COMPACT_DATE_DIGITS),
                Some(Number::OutOfRange(why)) => return Err(why.to_owned()),
                None if may_be_range(text) => return Err(RANGE.to_owned()),
                None => match civil_time(text) {
                    Some(time) => (time.local, time.offset, time.has_time),
                    None => return Err(expected_instead_of(text)),
                },
            },
        };
        if !has_time && self.rules.has_times_of_day {
            return Err(DATE_ONLY.to_owned());
        }
        match offset {
            Some(Offset(seconds)) => {
                let millis = compact_times::millis_of(civil) - i64::from(seconds) * 1_000;
                let read = self.checked(millis)?;
                self.remember(text, civil, true);
                Ok(read)
            }
            None => self.in_zone(text, civil),
        }
    }

    fn in_zone(&mut self, text: &str, civil: civil::DateTime) -> Result<TimeRead, String> {
        let Some(zone) = &self.rules.zone else {
            return Err(NO_OFFSET.to_owned());
        };
        self.has_used_zone = true;
        let local_millis = compact_times::millis_of(civil);
        let (before, after) = match zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, offset),
            AmbiguousOffset::Fold { before, after } => (before, after),
            AmbiguousOffset::Gap { .. } => {
                return Err("a clock change leaves this time out in the zone of --time-zone; are the times in another zone?".to_owned());
            }
        };
        let millis = local_millis - i64::from(before.seconds()) * 1_000;
        let again = i64::from(before.seconds() - after.seconds()) * 1_000;
        let mut read = self.checked(millis)?;
        read.again_millis = u32::try_from(again).unwrap_or(0);
        self.remember(text, civil, false);
        Ok(read)
    }

    /// A point in time that a row may have.
    fn checked(&mut self, millis: i64) -> Result<TimeRead, String> {
        if (0..JANUARY_1970_END_MILLIS).contains(&millis) {
            self.has_seen_1970 = true;
        } else if millis < compact_times::EARLIEST_MILLIS {
            return Err(TOO_EARLY.to_owned());
        } else if millis > self.rules.latest_millis {
            return Err(TOO_LATE.to_owned());
        }
        Ok(TimeRead {
            at: UnixMillis(millis),
            again_millis: 0,
        })
    }

    /// Keeps the date for the next rows, where all of its times are read alike.
    fn remember(&mut self, text: &str, civil: civil::DateTime, has_z: bool) {
        let (Some((date, rest)), None) = (
            text.as_bytes().split_first_chunk::<11>(),
            &self.rules.format,
        ) else {
            return;
        };
        if time_of_day(rest).is_none_or(|(_, z)| z != has_z) {
            return;
        }
        let midnight = civil.date().at(0, 0, 0, 0);
        let offset_at = |hour, minute| {
            let time = civil.date().at(hour, minute, 59, 0);
            match &self.rules.zone {
                _ if has_z => Some(0),
                Some(zone) => match zone.to_ambiguous_timestamp(time).offset() {
                    AmbiguousOffset::Unambiguous { offset } => Some(offset.seconds()),
                    _ => None,
                },
                None => None,
            }
        };
        // A clock changes at a quarter of an hour at the finest, and a day with a change is rare.
        let mut offsets = (0..24).flat_map(|hour| [14, 29, 44, 59].map(|it| offset_at(hour, it)));
        let Some(Some(offset)) = offsets.next() else {
            return;
        };
        let midnight_millis = compact_times::millis_of(midnight) - i64::from(offset) * 1_000;
        let is_in_range = midnight_millis >= compact_times::EARLIEST_MILLIS
            && midnight_millis + DAY_MILLIS <= self.rules.latest_millis;
        if is_in_range && offsets.all(|other| other == Some(offset)) {
            self.day = Some(Day {
                text: *date,
                midnight_millis,
                has_z,
            });
        }
    }
}

/// The time in a given form: milliseconds since 1970, or a time without offset.
fn with_format(text: &str, format: &str) -> Result<Result<i64, civil::DateTime>, String> {
    let expected = || format!("expected a time of the form --time-format {format:?}");
    let parsed = strtime::parse(format, text).map_err(|_| expected())?;
    if parsed.offset().is_some() || parsed.iana_time_zone().is_some() {
        let time = parsed.to_timestamp().map_err(|_| expected())?;
        return Ok(Ok(time.as_millisecond()));
    }
    if let Ok(time) = parsed.to_datetime() {
        return Ok(Err(time));
    }
    match parsed.to_date() {
        Ok(date) => Ok(Err(date.at(0, 0, 0, 0))),
        Err(_) => match parsed.to_timestamp() {
            Ok(time) => Ok(Ok(time.as_millisecond())),
            Err(_) => Err(expected()),
        },
    }
}

/// Milliseconds since midnight of "15:03:01" or "15:03:01.123", and whether "Z" follows; `None` for
/// any other form.
#[inline]
fn time_of_day(text: &[u8]) -> Option<(i64, bool)> {
    let two = |tens: u8, ones: u8, max: i64| {
        let value = digit(tens)? * 10 + digit(ones)?;
        (value <= max).then_some(value)
    };
    let (clock, fraction) = text.split_first_chunk::<8>()?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock else {
        return None;
    };
    let seconds = two(h1, h2, 23)? * 3_600 + two(m1, m2, 59)? * 60 + two(s1, s2, 59)?;
    let (millis, has_z) = match *fraction {
        [b'Z'] => (0, true),
        [] => (0, false),
        [b'.', a, b, c, b'Z'] => (digit(a)? * 100 + digit(b)? * 10 + digit(c)?, true),
        [b'.', a, b, c] => (digit(a)? * 100 + digit(b)? * 10 + digit(c)?, false),
        _ => return None,
    };
    Some((seconds * 1_000 + millis, has_z))
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// What was expected instead of a text of unknown form.
fn expected_instead_of(text: &str) -> String {
    let spreadsheet = match text.split_once(['.', ',']).map_or(text, |(days, _)| days) {
        days if days.len() == 5 && days.bytes().all(|byte| byte.is_ascii_digit()) => {
            "; the day number of a spreadsheet? give the cells a date format before the export"
        }
        _ => "",
    };
    format!("{EXPECTED}{spreadsheet}")
}

const EXPECTED: &str = "expected RFC 3339 with an offset, such as 2026-11-22T15:03:00Z, or seconds or milliseconds since 1970; for another form give --time-format, such as --time-format '%d.%m.%Y %H:%M:%S'";
const NO_OFFSET: &str = "expected RFC 3339 with an offset, such as 2026-11-22T15:03:00Z; it has none: give the zone of such times with --time-zone, such as --time-zone America/New_York";
const RANGE: &str = "it could be a range of times or a time with an offset; for a range, at whose end the poll is, give --time-format '%Y-%m-%d %H:%M-%H:%M', for an offset '%Y-%m-%d %H:%M%z', with blanks as the file has them";
const DATE_ONLY: &str = "it has no time of day, and other rows have one: is the row a total of the day? If it is midnight, write 00:00";
/// Digits of a date without separators.
const COMPACT_DATE_DIGITS: usize = 8;
const TOO_EARLY: &str = "it is before the year 2000, when there were no such exports: is it the right column, and does it count from 1970?";
const TOO_LATE: &str = "it is more than a day in the future: is it the right column, and in the form that it seems? --time-format gives another";
/// Times of a simulation that counts from 1970.
const JANUARY_1970_END_MILLIS: i64 = 31 * DAY_MILLIS;
