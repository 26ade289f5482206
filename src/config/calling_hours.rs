//! Calling hours: windows of the week, closed days, and windows with a highest setpoint.

use std::time::Duration;

use jiff::civil::Date;
use serde::Deserialize;

use super::error::ConfigError;
use super::layers::Layers;
use super::platform_names::OUTSIDE_HOURS;
use super::settings::how_to_set;
use super::values;
use crate::pacing::{CallingHours, CappedWindow, DayWindow, RatioLever, Setpoint, Unit, Weekdays};

/// One `[[hours]]` of the configuration file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursTable {
    days: String,
    from: String,
    to: String,
    max_dial_rate: Option<u32>,
    max_ratio: Option<f64>,
}

impl Layers {
    /// The calling hours, if any are set. `interval` is the time from one poll to the next.
    pub(super) fn calling_hours(
        &self,
        interval: Duration,
    ) -> Result<Option<CallingHours>, ConfigError> {
        let windows = self.parse("calling_hours", windows)?;
        let closed_days = self.parse("closed_days", dates)?;
        let caps = self.parse("hours", caps)?;
        let outside = self.value("outside_hours", values::named(&OUTSIDE_HOURS))?;
        let zone = self.time_zone()?;
        let keys = ["calling_hours", "closed_days", "hours"];
        let Some(key) = keys.into_iter().find(|key| self.find(key).is_some()) else {
            return Ok(None);
        };
        let Some((_, zone)) = zone else {
            return Err(ConfigError::Value(
                self.source_of(key).to_string(),
                format!(
                    "hours need the time zone of the people who are called: {}, such as America/New_York",
                    how_to_set("time_zone")
                ),
            ));
        };
        Ok(Some(CallingHours {
            zone,
            windows: windows.unwrap_or_else(|| vec![ALL_DAY]),
            closed_days: closed_days.unwrap_or_default(),
            caps: caps.unwrap_or_default(),
            interval,
            outside,
        }))
    }

    /// Refuses a highest ratio of a window that a skill does not have.
    pub(super) fn refuse_caps_between_ratios(&self, lever: RatioLever) -> Result<(), ConfigError> {
        let check = |text: &str| {
            for ratio in caps(text)?.iter().filter_map(|cap| cap.max_ratio) {
                let ratio = Unit::CallsPerAgent.value(ratio).to_string();
                values::skill_ratio(lever)(&ratio)?;
            }
            Ok(())
        };
        self.parse("hours", check).map(Option::unwrap_or_default)
    }

    /// Refuses a window whose only bound is that of the other lever, so that it would bound nothing.
    pub(super) fn refuse_caps_of_the_other_lever(&self, is_rate: bool) -> Result<(), ConfigError> {
        let check = |text: &str| {
            let all = caps(text)?;
            let bounds = |cap: &CappedWindow| {
                let bound = if is_rate {
                    cap.max_dial_rate
                } else {
                    cap.max_ratio
                };
                bound.is_some()
            };
            match all.iter().position(|cap| !bounds(cap)) {
                Some(at) => Err(format!(
                    "[[hours]] number {} bounds nothing on this platform: it needs {}",
                    at + 1,
                    if is_rate {
                        "max_dial_rate"
                    } else {
                        "max_ratio"
                    }
                )),
                None => Ok(()),
            }
        };
        self.parse("hours", check).map(Option::unwrap_or_default)
    }

    /// Refuses `--outside-hours` where nothing is ever outside, or where a dial rate is 0 then.
    pub(super) fn refuse_useless_outside_hours(&self, is_rate: bool) -> Result<(), ConfigError> {
        let source = self.source_of("outside_hours");
        let problem = if source.rank() > 0 {
            return Ok(());
        } else if is_rate {
            "it is for platform skills: on the campaign API the dial rate is 0 outside calling hours"
        } else if self.find("calling_hours").is_none() && self.find("closed_days").is_none() {
            "no calling hours are set: give --calling-hours too"
        } else {
            return Ok(());
        };
        Err(ConfigError::Value(source.to_string(), problem.to_owned()))
    }
}

/// Windows such as "mon-fri 09:00-12:00, 13:00-20:00; sat 10:00-16:00".
fn windows(text: &str) -> Result<Vec<DayWindow>, String> {
    let mut windows = Vec::new();
    for entry in text.split(';').map(str::trim) {
        let begin = entry.find(|c: char| c.is_ascii_digit());
        let (days, times) = entry.split_at(begin.unwrap_or(entry.len()));
        if times.is_empty() {
            return Err(format!("{entry:?} has no time of day; {EXAMPLE}"));
        }
        if days.trim().is_empty() {
            return Err(format!(
                "{entry:?} has no days; for each day of the week write \"daily {entry}\""
            ));
        }
        let days = weekdays(days)?;
        for range in times.split(',').map(str::trim) {
            let Some((from, to)) = range.split_once('-') else {
                return Err(format!("{range:?} is no range of times; {EXAMPLE}"));
            };
            windows.push(window(days, from, to)?);
        }
    }
    Ok(windows)
}

fn weekdays(text: &str) -> Result<Weekdays, String> {
    text.trim().parse()
}

fn window(days: Weekdays, from: &str, to: &str) -> Result<DayWindow, String> {
    let (from_text, to_text) = (from.trim(), to.trim());
    let (from, to) = (minute(from_text)?, minute(to_text)?);
    if from == DayWindow::MIDNIGHT {
        return Err("a window begins before 24:00: write 00:00 of the next day".to_owned());
    }
    if from == to {
        return Err(format!(
            "the window {from_text}-{to_text} is empty; a whole day is 00:00-24:00"
        ));
    }
    Ok(DayWindow { days, from, to })
}

/// The minute of the day of a time such as 09:30, up to 24:00.
fn minute(text: &str) -> Result<u16, String> {
    minute_of(text).ok_or_else(|| {
        let problem = format!("{text:?} is no time of day from 00:00 to 24:00");
        match with_two_digits(text) {
            Some(meant) => format!("{problem}: write {meant}"),
            None => format!("{problem}, such as 09:30"),
        }
    })
}

fn minute_of(text: &str) -> Option<u16> {
    let number = |text: &str| match text.as_bytes() {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => text.parse::<u16>().ok(),
        _ => None,
    };
    let (hours, minutes) = text.split_once(':')?;
    match (number(hours)?, number(minutes)?) {
        (24, 0) => Some(DayWindow::MIDNIGHT),
        (hours @ 0..24, minutes @ 0..60) => Some(hours * 60 + minutes),
        _ => None,
    }
}

/// The time of day that a text such as `9:00`, `9` or `9.00` means.
fn with_two_digits(text: &str) -> Option<String> {
    let (hours, minutes) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let meant = format!("{hours:0>2}:{minutes}");
    minute_of(&meant).map(|_| meant)
}

/// Dates such as 2026-12-25, separated by commas.
fn dates(text: &str) -> Result<Vec<Date>, String> {
    let dates = text.split(',').map(str::trim);
    let read = |text: &str| {
        let is_long_enough = text.len() == "2026-12-25".len();
        let date = text.parse().ok().filter(|_| is_long_enough);
        date.ok_or_else(|| format!("{text:?} is no date such as 2026-12-25"))
    };
    dates.map(read).collect()
}

/// The `[[hours]]`, as the configuration file passes them on.
fn caps(text: &str) -> Result<Vec<CappedWindow>, String> {
    let tables: Vec<serde_json::Value> = serde_json::from_str(text)
        .map_err(|_| "it is not a table; write [[hours]] and its settings below it".to_owned())?;
    let numbered = tables.into_iter().zip(1..);
    let read = |(table, number)| {
        cap(table).map_err(|problem| format!("[[hours]] number {number}: {problem}"))
    };
    numbered.map(read).collect()
}

fn cap(table: serde_json::Value) -> Result<CappedWindow, String> {
    let table: HoursTable = serde_json::from_value(table).map_err(|error| error.to_string())?;
    if table.max_dial_rate.is_none() && table.max_ratio.is_none() {
        return Err("it has neither max_dial_rate nor max_ratio; when people may be called is said by calling_hours".to_owned());
    }
    let ratio = table
        .max_ratio
        .map(|ratio| values::dial_ratio(&ratio.to_string()));
    Ok(CappedWindow {
        window: window(weekdays(&table.days)?, &table.from, &table.to)?,
        max_dial_rate: table.max_dial_rate.map(Setpoint::at),
        max_ratio: ratio.transpose()?.map(Setpoint::at),
    })
}

const ALL_DAY: DayWindow = DayWindow {
    days: Weekdays { days: [true; 7] },
    from: 0,
    to: DayWindow::MIDNIGHT,
};
const EXAMPLE: &str = "write days and times, such as mon-fri 09:00-20:00; sat 10:00-16:00";
