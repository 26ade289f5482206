//! Points in time: RFC 3339, times without offset, compact dates, and numbers that count from 1970.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::civil_time::{Offset, civil_time, may_be_range};
use super::compact_times::{self, DAY_MILLIS, Number};
use super::number_form::trimmed;
use super::time_format::{FormattedTime, TimeFormat};
use crate::base::units::UnixMillis;

/// How the file writes times.
#[derive(Clone, Debug)]
pub(super) struct TimeRules {
    /// The zone of times without an offset.
    pub(super) zone: Option<TimeZone>,
    /// The one form that is read, where one is given.
    pub(super) format: Option<TimeFormat>,
    /// What to give where it is not known, in words.
    pub(super) likely_forms: Option<String>,
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
    /// True once a time was read.
    has_read: bool,
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
            has_read: false,
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
            Some(format) => match format.read(text)? {
                FormattedTime::At(time) => return self.checked(time.as_millisecond()),
                FormattedTime::Civil(civil) => (civil, None, true),
                FormattedTime::Named(civil, name) => (civil, Some(Offset::Named(name)), true),
            },
            None => match compact_times::number(text, self.rules.latest_millis) {
                Some(Number::Since1970(millis)) => return self.checked(millis),
                Some(Number::Civil(civil)) => (civil, None, text.len() > COMPACT_DATE_DIGITS),
                Some(Number::OutOfRange(why)) => return Err(why.to_owned()),
                None if may_be_range(text) => return Err(RANGE.to_owned()),
                None if is_iso_range(text) => return Err(ISO_RANGE.to_owned()),
                None => match civil_time(text) {
                    Some(time) => (time.local, time.offset, time.has_time),
                    None => return Err(self.expected_instead_of(text)),
                },
            },
        };
        if !has_time && self.rules.has_times_of_day {
            return Err(DATE_ONLY.to_owned());
        }
        match offset {
            Some(Offset::Seconds(seconds)) => {
                let millis = compact_times::millis_of(civil) - i64::from(seconds) * 1_000;
                let read = self.checked(millis)?;
                self.remember(text, civil, true);
                Ok(read)
            }
            Some(Offset::Named(name)) => self.at_abbreviation(civil, name),
            Some(Offset::Zone(name)) => match TimeZone::get(name) {
                Ok(zone) => self.at_clock_of(&zone, civil),
                Err(_) => Err(format!(
                    "{name} is not a time zone; expected one such as Europe/Berlin"
                )),
            },
            None => self.in_zone(text, civil),
        }
    }

    fn in_zone(&mut self, text: &str, civil: civil::DateTime) -> Result<TimeRead, String> {
        let Some(zone) = &self.rules.zone else {
            return Err(NO_OFFSET.to_owned());
        };
        let zone = zone.clone();
        self.has_used_zone = true;
        let read = self.at_clock_of(&zone, civil)?;
        self.remember(text, civil, false);
        Ok(read)
    }

    /// The point in time, the first of two, at which the clock of `zone` shows `civil`.
    fn at_clock_of(&mut self, zone: &TimeZone, civil: civil::DateTime) -> Result<TimeRead, String> {
        let (before, after) = match zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, offset),
            AmbiguousOffset::Fold { before, after } => (before, after),
            AmbiguousOffset::Gap { .. } => {
                return Err("a clock change leaves this time out in its zone; are the times in another zone, such as --input-time-zone UTC?".to_owned());
            }
        };
        let millis = compact_times::millis_of(civil) - i64::from(before.seconds()) * 1_000;
        let again = i64::from(before.seconds() - after.seconds()) * 1_000;
        let mut read = self.checked(millis)?;
        read.again_millis = u32::try_from(again).unwrap_or(0);
        Ok(read)
    }

    /// The point in time that the zone's clock shows as `civil` while its offset has this abbreviation.
    fn at_abbreviation(&mut self, civil: civil::DateTime, name: &str) -> Result<TimeRead, String> {
        let Some(zone) = &self.rules.zone else {
            return Err(format!(
                "{name} is not the same offset everywhere: give the zone of such times with --time-zone, such as --time-zone Europe/Berlin"
            ));
        };
        let offsets = match zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => vec![offset],
            AmbiguousOffset::Fold { before, after } | AmbiguousOffset::Gap { before, after } => {
                vec![before, after]
            }
        };
        let wanted = plain_abbreviation(name);
        let mut times = offsets
            .iter()
            .filter_map(|offset| offset.to_timestamp(civil).ok());
        let time = times.find(|time| zone.to_offset_info(*time).abbreviation() == wanted);
        self.has_used_zone = true;
        match time {
            Some(time) => self.checked(time.as_millisecond()),
            None => Err(format!(
                "the clock of --time-zone is not {name} then: are the times of another zone?"
            )),
        }
    }

    /// What was expected instead of a text of unknown form.
    fn expected_instead_of(&self, text: &str) -> String {
        let is_rounded = text.parse::<f64>().is_ok() && text.contains(['e', 'E']);
        if is_rounded {
            return format!(
                "{EXPECTED}; a number with an exponent has lost its last digits: give the column a number format without one, and export it again"
            );
        }
        let days = text.split_once(['.', ',']).map_or(text, |(days, _)| days);
        if days.len() == 5 && days.bytes().all(|byte| byte.is_ascii_digit()) {
            return format!(
                "{EXPECTED}; for the day numbers of a spreadsheet give --time-format excel"
            );
        }
        if self.has_read {
            // Those before it have the right form.
            return EXPECTED.to_owned();
        }
        match &self.rules.likely_forms {
            Some(forms) => format!("{EXPECTED}; {forms}"),
            None => format!(
                "{EXPECTED}; for another form give --time-format, such as --time-format '%d.%m.%Y %H:%M:%S'"
            ),
        }
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
        self.has_read = true;
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

/// True for two times with a `/` between, as ISO 8601 has intervals.
fn is_iso_range(text: &str) -> bool {
    let ends = text
        .split_once('/')
        .map(|(from, to)| (civil_time(from), civil_time(to)));
    ends.is_some_and(|(from, to)| {
        from.zip(to)
            .is_some_and(|(from, to)| from.has_time && to.has_time)
    })
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

/// The abbreviation as zones have it: German exports have their own.
fn plain_abbreviation(name: &str) -> String {
    match name.to_ascii_uppercase().as_str() {
        "MEZ" => "CET".to_owned(),
        "MESZ" => "CEST".to_owned(),
        other => other.to_owned(),
    }
}

const EXPECTED: &str = "expected RFC 3339 with an offset, such as 2026-11-22T15:03:00Z, or seconds or milliseconds since 1970";
const NO_OFFSET: &str = "expected RFC 3339 with an offset, such as 2026-11-22T15:03:00Z; it has none: give the zone of such times with --time-zone, such as --time-zone America/New_York";
const RANGE: &str = "it could be a range of times or a time with an offset; for a range, at whose end the poll is, give --time-format '%Y-%m-%d %H:%M-%H:%M', for an offset '%Y-%m-%d %H:%M%z', with blanks as the file has them";
const ISO_RANGE: &str = "it is a range of times, at whose end the poll is: give --time-format '%Y-%m-%dT%H:%M:%SZ/%Y-%m-%dT%H:%M:%SZ' and --time-zone UTC, in the form that the file has";
const DATE_ONLY: &str = "it has no time of day, and other rows have one: is the row a total of the day? --on-bad-row skip leaves it out; if it is midnight, write 00:00";
/// Digits of a date without separators.
const COMPACT_DATE_DIGITS: usize = 8;
const TOO_EARLY: &str = "it is before the year 2000, when there were no such exports: is it the right column, and does it count from 1970?";
const TOO_LATE: &str = "it is more than a day in the future: is it the right column, and in the form that it seems? --time-format gives another";
/// Times of a simulation that counts from 1970.
const JANUARY_1970_END_MILLIS: i64 = 31 * DAY_MILLIS;
