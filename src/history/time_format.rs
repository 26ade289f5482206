//! The form of times that `--time-format` gives.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::{Timestamp, civil};

use super::civil_time::{Offset, offset};
use super::month_names::in_english;
use crate::base::input::InputError;

/// A form of times.
#[derive(Clone, Debug)]
pub enum TimeFormat {
    /// As strptime has it.
    Strptime(String),
    /// The day numbers of a spreadsheet: days since 1899-12-30, with the time of day as a fraction.
    DayNumber,
}

/// A time of a given form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormattedTime<'a> {
    /// A point in time.
    At(Timestamp),
    /// A time of day in a zone that is not told.
    Civil(DateTime),
    /// A time at the offset of an abbreviation.
    Named(DateTime, &'a str),
}

impl TimeFormat {
    /// From the value of `--time-format`.
    pub fn new(text: &str) -> Result<Self, InputError> {
        if text == DAY_NUMBER {
            return Ok(Self::DayNumber);
        }
        let has = |directives: [&str; 2]| directives.iter().any(|it| text.contains(it));
        if has(["%I", "%l"]) && !has(["%p", "%P"]) {
            return Err(InputError(format!(
                "--time-format {text:?}: %I is an hour up to 12, and no %p says AM or PM; hours up to 24 are %H"
            )));
        }
        if !text.contains('%') {
            return Err(InputError(format!(
                "--time-format {text:?}: expected the parts of a time, such as \"%d.%m.%Y %H:%M:%S\", or {DAY_NUMBER} for the day numbers of a spreadsheet"
            )));
        }
        Ok(Self::Strptime(text.to_owned()))
    }

    /// The time of `text`; else what was expected.
    pub(super) fn read<'a>(&self, text: &'a str) -> Result<FormattedTime<'a>, String> {
        match self {
            Self::DayNumber => day_number(text)
                .map(FormattedTime::Civil)
                .ok_or_else(|| format!("expected the day number of a spreadsheet, such as 46082.375, for --time-format {DAY_NUMBER}")),
            Self::Strptime(format) => strptime(text, format)
                .ok_or_else(|| format!("expected a time of the form --time-format {format:?}")),
        }
    }
}

fn strptime<'a>(text: &'a str, format: &str) -> Option<FormattedTime<'a>> {
    let Some((before, after)) = format.split_once("%Z") else {
        let text = plain(text, format);
        let time = strtime::parse(format, &*text)
            .ok()
            .and_then(|time| parsed(&time));
        return time.or_else(|| end_of_day(&text, format));
    };
    // No library reads an abbreviation, since none knows whose it is. It is taken out.
    let (_, begin) = BrokenDownTime::parse_prefix(before, text).ok()?;
    let (head, rest) = text.split_at_checked(begin)?;
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (name, tail) = rest.split_at_checked(end)?;
    let time = strtime::parse(format!("{before}{after}"), format!("{head}{tail}")).ok()?;
    match (parsed(&time)?, offset(name)?) {
        (FormattedTime::Civil(time), Offset::Named(name)) => Some(FormattedTime::Named(time, name)),
        (FormattedTime::Civil(time), Offset::Seconds(_)) => {
            let utc = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            Some(FormattedTime::At(utc.timestamp()))
        }
        // The offset says more than its abbreviation.
        (time, _) => Some(time),
    }
}

/// The text with months in English, and halves of the day as strptime has them.
fn plain<'a>(text: &'a str, format: &str) -> Cow<'a, str> {
    let has_month = format.contains("%B") || format.contains("%b");
    let text = if has_month {
        in_english(text, format.contains("%B"), format.contains("%b."))
    } else {
        Cow::Borrowed(text)
    };
    let is_half = |half: &&&str| format.contains("%p") && text.contains(**half);
    match ["a.m.", "p.m.", "a. m.", "p. m."].iter().find(is_half) {
        Some(half) => Cow::Owned(text.replacen(half, &half.replace(['.', ' '], ""), 1)),
        None => text,
    }
}

/// The midnight that 24:00 is: that of the next day.
fn end_of_day(text: &str, format: &str) -> Option<FormattedTime<'static>> {
    let midnight = text
        .contains("24:00")
        .then(|| text.replacen("24:00", "00:00", 1))?;
    match parsed(&strtime::parse(format, midnight).ok()?)? {
        FormattedTime::Civil(time) if time.time() == civil::Time::midnight() => {
            let day = time.date().tomorrow().ok()?;
            Some(FormattedTime::Civil(day.at(0, 0, 0, 0)))
        }
        _ => None,
    }
}

fn parsed(time: &BrokenDownTime) -> Option<FormattedTime<'static>> {
    if time.offset().is_some() || time.iana_time_zone().is_some() {
        return time.to_timestamp().ok().map(FormattedTime::At);
    }
    if let Ok(civil) = time.to_datetime() {
        return Some(FormattedTime::Civil(civil));
    }
    match time.to_date() {
        Ok(date) => Some(FormattedTime::Civil(date.at(0, 0, 0, 0))),
        Err(_) => time.to_timestamp().ok().map(FormattedTime::At),
    }
}

/// The time of a day number, to the second: a spreadsheet's fractions are cut off below.
fn day_number(text: &str) -> Option<DateTime> {
    let text = text.replace(',', ".");
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let days: f64 = text.parse().ok().filter(|_| is_number)?;
    if !(0.0..DAY_NUMBER_MAX).contains(&days) {
        return None;
    }
    let seconds = crate::base::number_text::whole((days * DAY_SECONDS).round())?;
    let start = civil::date(1899, 12, 30).at(0, 0, 0, 0);
    start
        .checked_add(jiff::SignedDuration::from_secs(i64::from(seconds)))
        .ok()
}

/// The value of `--time-format` for day numbers.
const DAY_NUMBER: &str = "excel";
const DAY_SECONDS: f64 = 86_400.0;
/// Before 2036, so that its seconds are a u32.
const DAY_NUMBER_MAX: f64 = 49_710.0;
