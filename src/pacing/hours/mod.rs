//! The hours in which people may be called, on the clock of one time zone.
//!
//! A moment is looked up by what the clocks of the zone show at it. So an hour that a clock change
//! repeats counts both times, and one that it skips does not exist.

mod weekdays;

use std::fmt;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::setpoint::{Setpoint, Unit};
use crate::base::units::UnixMillis;

pub use weekdays::Weekdays;

/// When a campaign may be dialed, how fast at most, and what holds at any other time.
#[derive(Clone, Debug, PartialEq)]
pub struct CallingHours {
    /// The zone of the people who are called.
    pub zone: TimeZone,
    /// The windows in which they may be called.
    pub windows: Vec<DayWindow>,
    /// Days on which no window begins.
    pub closed_days: Vec<Date>,
    /// Windows with a highest setpoint of their own; of several at once the lowest applies.
    pub caps: Vec<CappedWindow>,
    /// Time from one poll to the next.
    pub interval: Duration,
    /// What a dialer that dials by itself does at any other time.
    pub outside: OutsideHours,
}

/// A window of the day, on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayWindow {
    /// Days on which it begins.
    pub days: Weekdays,
    /// Its first minute of the day.
    pub from: u16,
    /// The minute of the day at which it ends, up to [`DayWindow::MIDNIGHT`]; of the next day where
    /// it is not after `from`.
    pub to: u16,
}

impl fmt::Display for DayWindow {
    /// As it is given: `mon-fri 09:00-20:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { days, from, to } = self;
        let clock = |minute: &u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let days = if *days == Weekdays::default() {
            "daily".to_owned()
        } else {
            days.to_string()
        };
        write!(f, "{days} {}-{}", clock(from), clock(to))
    }
}

/// A window with a highest setpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CappedWindow {
    /// The window.
    pub window: DayWindow,
    /// The highest dial rate, if there is one.
    pub max_dial_rate: Option<Setpoint>,
    /// The highest dial ratio, if there is one.
    pub max_ratio: Option<Setpoint>,
}

/// What a dialer that dials by itself does outside calling hours. A dial rate is 0 then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutsideHours {
    /// It has its lowest ratio.
    #[default]
    Minimum,
    /// It is stopped.
    Stop,
}

impl DayWindow {
    /// The minute of the day at which a window ends at the latest.
    pub const MIDNIGHT: u16 = 24 * 60;

    /// True where it holds at this time on the clock, of the windows that begin on days that `begins`.
    fn holds(&self, local: DateTime, begins: impl Fn(Date) -> bool) -> bool {
        let minute = minute_of(local);
        let date = local.date();
        if self.from < self.to {
            return (self.from..self.to).contains(&minute) && self.begins(date, &begins);
        }
        let yesterday = || {
            date.yesterday()
                .is_ok_and(|date| self.begins(date, &begins))
        };
        (minute >= self.from && self.begins(date, &begins)) || (minute < self.to && yesterday())
    }

    fn begins(&self, date: Date, begins: impl Fn(Date) -> bool) -> bool {
        let weekday = date.weekday().to_monday_zero_offset();
        usize::try_from(weekday).is_ok_and(|weekday| self.days.has(weekday)) && begins(date)
    }
}

impl CallingHours {
    /// True where people may be called.
    #[must_use]
    pub fn is_inside(&self, at: UnixMillis) -> bool {
        timestamp(at).is_some_and(|at| self.is_open(at))
    }

    /// The moment at which the clocks of the zone show a local time, given in seconds from
    /// 1970-01-01T00:00 of the same clock: the first one where they show it twice, and the one as
    /// long after the change where they skip it.
    #[must_use]
    pub fn moment_of(&self, local_secs: i64) -> Option<UnixMillis> {
        let local = TimeZone::UTC.to_datetime(Timestamp::from_second(local_secs).ok()?);
        let at = self.zone.to_timestamp(local).ok()?;
        Some(UnixMillis(at.as_millisecond()))
    }

    /// Time between two moments in which people may be called.
    #[must_use]
    pub fn open_time(&self, from: UnixMillis, until: UnixMillis) -> Duration {
        let (Some(from), Some(until)) = (timestamp(from), timestamp(until)) else {
            return Duration::ZERO;
        };
        let span = Duration::try_from(until.duration_since(from)).unwrap_or_default();
        let ends = self.moments(from, span).skip(1).chain([until]);
        let parts = self.moments(from, span).zip(ends);
        let open = parts.filter(|(begin, _)| self.is_open(*begin));
        let lengths = open.map(|(begin, end)| Duration::try_from(end.duration_since(begin)));
        lengths.map(Result::unwrap_or_default).sum()
    }

    /// Why nobody may be called from `now` until the next poll has had its effect, in words; `None`
    /// where people may be called all that time.
    #[must_use]
    pub fn why_closed(&self, now: UnixMillis) -> Option<String> {
        let Some(now) = timestamp(now) else {
            return Some("outside calling hours".to_owned());
        };
        let end = self
            .moments(now, self.horizon())
            .find(|at| !self.is_open(*at))?;
        if end > now {
            let end = self.show(end, now);
            return Some(format!(
                "calling hours end at {end}, too soon for the next poll"
            ));
        }
        let opening = self
            .moments(now, OPENING_SEARCHED)
            .find(|at| self.is_open(*at));
        Some(match opening {
            Some(opening) => format!("outside calling hours until {}", self.show(opening, now)),
            None => "outside calling hours, and none come within a year".to_owned(),
        })
    }

    /// The highest setpoint until the next poll has had its effect, where a window has one.
    pub(super) fn cap(&self, now: UnixMillis, unit: Unit) -> Option<Setpoint> {
        if self.caps.is_empty() {
            return None;
        }
        let moments = self.moments(timestamp(now)?, self.horizon());
        moments.filter_map(|at| self.cap_at(at, unit)).min()
    }

    fn cap_at(&self, at: Timestamp, unit: Unit) -> Option<Setpoint> {
        let local = self.zone.to_datetime(at);
        let holding = self
            .caps
            .iter()
            .filter(|cap| cap.window.holds(local, |_| true));
        let highest = holding.filter_map(|cap| match unit {
            Unit::CallsPerMinute => cap.max_dial_rate,
            Unit::CallsPerAgent => cap.max_ratio,
        });
        highest.min()
    }

    fn is_open(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        let is_open_day = |date| !self.closed_days.contains(&date);
        self.windows
            .iter()
            .any(|window| window.holds(local, is_open_day))
    }

    /// Time in which what is set now holds.
    fn horizon(&self) -> Duration {
        self.interval.saturating_add(POLL_TAKES)
    }

    /// `from`, and every later moment up to `span` after it at which another window may hold.
    fn moments(&self, from: Timestamp, span: Duration) -> impl Iterator<Item = Timestamp> {
        let until = from.saturating_add(span).unwrap_or(Timestamp::MAX);
        std::iter::successors(Some(from), |at| self.next_change(*at))
            .take_while(move |at| *at <= until)
    }

    /// The next moment at which another window may hold: when the clock shows the begin or the end of
    /// one, or midnight, or when it is changed.
    fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        let second = Timestamp::from_second(at.as_millisecond().div_euclid(1_000)).ok()?;
        let local = self.zone.to_datetime(second);
        let minute = minute_of(local);
        let capped = self.caps.iter().map(|cap| &cap.window);
        let ends = self
            .windows
            .iter()
            .chain(capped)
            .flat_map(|window| [window.from, window.to]);
        let next = ends
            .filter(|end| *end > minute)
            .min()
            .unwrap_or(DayWindow::MIDNIGHT);
        let secs = i64::from(next - minute) * 60 - i64::from(local.second());
        let on_the_clock = second.checked_add(SignedDuration::from_secs(secs)).ok()?;
        let change = self
            .zone
            .following(at)
            .next()
            .map(|change| change.timestamp());
        Some(change.map_or(on_the_clock, |change| change.min(on_the_clock)))
    }

    /// A moment on the clocks of the zone, as `Mon 09:00 America/New_York`; with its date where it is
    /// a week or more after `now`.
    fn show(&self, at: Timestamp, now: Timestamp) -> String {
        let is_soon = at.duration_since(now) < A_WEEK;
        let format = if is_soon {
            "%a %H:%M"
        } else {
            "%a %Y-%m-%d %H:%M"
        };
        let local = self.zone.to_datetime(at).strftime(format);
        match self.zone.iana_name() {
            Some(name) => format!("{local} {name}"),
            None => local.to_string(),
        }
    }
}

fn timestamp(at: UnixMillis) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.0).ok()
}

/// Minute of the day.
fn minute_of(local: DateTime) -> u16 {
    let minute = i16::from(local.hour()) * 60 + i16::from(local.minute());
    u16::try_from(minute).unwrap_or_default()
}

/// Time from a poll until what is decided on it holds, while nothing fails: the time of one call.
const POLL_TAKES: Duration = Duration::from_secs(8);
/// Time in which the next calling hours are looked for.
const OPENING_SEARCHED: Duration = Duration::from_secs(366 * 24 * 60 * 60);
const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
