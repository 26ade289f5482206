//! Values by clock time: what holds from a time of day on, on some days of the week.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::pacing::Weekdays;

/// A local date and time, such as 2026-03-02T09:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalTime {
    /// Seconds from 1970-01-01T00:00, of the same clock.
    pub secs: i64,
}

/// A time of day, such as 09:30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime {
    /// Seconds from midnight.
    pub secs: u32,
}

/// The number of agents on shift from a clock time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockShift {
    /// Days on which it begins.
    #[serde(default)]
    pub days: Weekdays,
    /// Time of day.
    pub at: ClockTime,
    /// Agents.
    pub count: u32,
}

/// A factor from a clock time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockStep {
    /// Days on which it begins.
    #[serde(default)]
    pub days: Weekdays,
    /// Time of day.
    pub at: ClockTime,
    /// The factor.
    pub factor: f64,
}

impl LocalTime {
    /// Days from Monday.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((self.secs.div_euclid(DAY_SECS) + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// This time, some seconds later.
    #[must_use]
    pub fn plus(self, secs: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most some years of seconds"
        )]
        let secs = secs.round() as i64;
        Self {
            secs: self.secs.saturating_add(secs),
        }
    }

    /// Seconds from midnight.
    #[must_use]
    pub fn secs_of_day(self) -> i64 {
        self.secs.rem_euclid(DAY_SECS)
    }

    /// Days from 1970-01-01.
    #[must_use]
    pub fn day(self) -> i64 {
        self.secs.div_euclid(DAY_SECS)
    }
}

impl Default for LocalTime {
    fn default() -> Self {
        Self {
            secs: DEFAULT_START_SECS,
        }
    }
}

/// Entries by clock time as times from `start` until `until_secs`, in order; the one that holds at
/// the start is at 0.
pub(super) fn by_time<T: Copy>(
    entries: &[(Weekdays, ClockTime, T)],
    start: LocalTime,
    until_secs: f64,
) -> Vec<(f64, T)> {
    let until_secs = if until_secs.is_finite() {
        until_secs
    } else {
        ENDLESS_SECS
    };
    let mut times = Vec::new();
    let mut at_start = None;
    // A week before the start has every entry once.
    for day in -7.. {
        let midnight = (start.day() + day) * DAY_SECS;
        if secs(midnight - start.secs) > until_secs {
            break;
        }
        let weekday = LocalTime { secs: midnight }.weekday();
        let today = entries.iter().filter(|(days, ..)| days.has(weekday));
        let mut today: Vec<(ClockTime, T)> = today.map(|(_, at, value)| (*at, *value)).collect();
        today.sort_by_key(|(at, _)| *at);
        for (at, value) in today {
            let from_start = midnight + i64::from(at.secs) - start.secs;
            if from_start <= 0 {
                at_start = Some((0.0, value));
            } else if secs(from_start) <= until_secs {
                times.push((secs(from_start), value));
            }
        }
    }
    at_start.into_iter().chain(times).collect()
}

#[expect(clippy::cast_precision_loss, reason = "seconds of some years")]
fn secs(secs: i64) -> f64 {
    secs as f64
}

impl FromStr for LocalTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let time: jiff::civil::DateTime = text
            .parse()
            .map_err(|_| format!("{text:?} is no local date and time such as 2026-03-02T09:00"))?;
        let since = time.to_zoned(jiff::tz::TimeZone::UTC);
        let since = since.map_err(|error| format!("{text:?}: {error}"))?;
        let secs = since.timestamp().as_second();
        Ok(Self { secs })
    }
}

impl FromStr for ClockTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("{text:?} is no time of day such as 09:30");
        let (hours, minutes) = text.split_once(':').ok_or_else(refuse)?;
        let number = |text: &str| match text.as_bytes() {
            [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => text.parse::<u32>().ok(),
            _ => None,
        };
        match (number(hours), number(minutes)) {
            (Some(hours @ 0..24), Some(minutes @ 0..60)) => Ok(Self {
                secs: hours * 3_600 + minutes * 60,
            }),
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_second(self.secs).unwrap_or_default();
        let time = time.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        if time.second() == 0 {
            write!(f, "{}", time.strftime("%Y-%m-%dT%H:%M"))
        } else {
            write!(f, "{}", time.strftime("%Y-%m-%dT%H:%M:%S"))
        }
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.secs / 60;
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

macro_rules! as_text {
    ($($name:ty),*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}

as_text!(LocalTime, ClockTime);

const DAY_SECS: i64 = 86_400;
/// The time that a sandbox without an end follows the clock: a year.
const ENDLESS_SECS: f64 = 366.0 * 86_400.0;
/// 2026-01-05T00:00, a Monday.
const DEFAULT_START_SECS: i64 = 1_767_571_200;
