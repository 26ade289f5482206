//! Times as a clock on the wall shows them, on an axis and in words.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::labels::text_width;

/// The time of a clock at a point in time: milliseconds from 1970-01-01T00:00 of that clock.
pub(super) type Clock<'a> = &'a dyn Fn(i64) -> i64;

/// Points in time from `from` to `to`, milliseconds, that are round on the clock, with their labels:
/// as many as fit side by side into `width` pixels.
pub(super) fn ticks(from: i64, to: i64, clock: Clock, width: f64) -> Vec<(i64, String)> {
    let span = to.saturating_sub(from).max(1);
    let fits = |level: &&Level| {
        let labels = span / level.millis + 1;
        #[expect(clippy::cast_precision_loss, reason = "labels of an axis")]
        let needed = labels as f64 * (text_width(level.longest) + 12.0);
        needed <= width
    };
    let level = LEVELS.iter().find(fits).unwrap_or(&YEARS);
    let mut ticks: Vec<(i64, String)> = level
        .locals(clock(from), clock(to))
        .into_iter()
        .map(|local| (instant(local, from, clock), local))
        // The clock leaves some times out in the night in which it goes forward.
        .filter(|(at, local)| (from..=to).contains(at) && clock(*at) == *local)
        .map(|(at, local)| (at, level.label(local)))
        .collect();
    ticks.sort();
    ticks.dedup_by_key(|(at, _)| *at);
    ticks
}

/// "Mon 2 Mar 2026, 09:30"
pub(super) fn words(local: i64) -> String {
    civil(local).strftime("%a %-d %b %Y, %H:%M").to_string()
}

/// "Mon 2 Mar, 09:30"
pub(super) fn short_words(local: i64) -> String {
    civil(local).strftime("%a %-d %b, %H:%M").to_string()
}

/// Round times that are so far apart.
struct Level {
    millis: i64,
    /// A label as wide as any of them.
    longest: &'static str,
    form: &'static str,
}

impl Level {
    /// The round times between two times of the clock.
    fn locals(&self, from: i64, to: i64) -> Vec<i64> {
        if self.millis >= MONTH {
            return self.months(from, to);
        }
        // 1970-01-05 was a Monday.
        let first = if self.millis == WEEK { 4 * DAY } else { 0 };
        let start = (from - first).div_euclid(self.millis) * self.millis + first;
        let count = (to - start) / self.millis + 1;
        (0..=count).map(|n| start + n * self.millis).collect()
    }

    fn months(&self, from: i64, to: i64) -> Vec<i64> {
        let months = if self.millis >= YEARS.millis { 12 } else { 1 };
        let first = civil(from).date();
        let january = if months == 12 { 1 } else { first.month() };
        let mut date = Date::new(first.year(), january, 1).unwrap_or(first);
        let mut locals = Vec::new();
        while let Ok(at) = date.to_zoned(TimeZone::UTC) {
            let local = at.timestamp().as_millisecond();
            if local > to {
                break;
            }
            locals.push(local);
            match date.checked_add(months.months()) {
                Ok(next) => date = next,
                Err(_) => break,
            }
        }
        locals
    }

    fn label(&self, local: i64) -> String {
        let form = if self.millis < DAY && local.rem_euclid(DAY) == 0 {
            "%a %-d"
        } else {
            self.form
        };
        civil(local).strftime(form).to_string()
    }
}

/// The point in time at which the clock shows `local`.
fn instant(local: i64, near: i64, clock: Clock) -> i64 {
    let guess = local - (clock(near) - near);
    local - (clock(guess) - guess)
}

fn civil(local: i64) -> DateTime {
    let timestamp = Timestamp::from_millisecond(local).unwrap_or_default();
    TimeZone::UTC.to_datetime(timestamp)
}

const fn level(millis: i64, longest: &'static str, form: &'static str) -> Level {
    Level {
        millis,
        longest,
        form,
    }
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
const MONTH: i64 = 28 * DAY;
const YEARS: Level = level(365 * DAY, "2026", "%Y");
const CLOCK: (&str, &str) = ("Wed 30", "%H:%M");
const LEVELS: [Level; 18] = [
    level(MINUTE, CLOCK.0, CLOCK.1),
    level(5 * MINUTE, CLOCK.0, CLOCK.1),
    level(10 * MINUTE, CLOCK.0, CLOCK.1),
    level(30 * MINUTE, CLOCK.0, CLOCK.1),
    level(HOUR, CLOCK.0, CLOCK.1),
    level(2 * HOUR, CLOCK.0, CLOCK.1),
    level(3 * HOUR, CLOCK.0, CLOCK.1),
    level(4 * HOUR, CLOCK.0, CLOCK.1),
    level(6 * HOUR, CLOCK.0, CLOCK.1),
    level(12 * HOUR, CLOCK.0, CLOCK.1),
    level(DAY, "Wed 30 Mar", "%a %-d %b"),
    level(DAY, "Wed 30", "%a %-d"),
    level(DAY, "Wed", "%a"),
    level(WEEK, "30 Mar", "%-d %b"),
    level(MONTH, "Mar 2026", "%b %Y"),
    level(MONTH, "Mar", "%b"),
    YEARS,
    level(365 * DAY, "26", "%y"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, hours: i64, zone: &str, width: f64) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let clock = |at: i64| {
            let timestamp = Timestamp::from_millisecond(at).unwrap();
            at + i64::from(zone.to_offset(timestamp).seconds()) * 1_000
        };
        let from = from.parse::<Timestamp>().unwrap().as_millisecond();
        let ticks = ticks(from, from + hours * HOUR, &clock, width);
        ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn labels_are_round_on_the_clock_of_the_zone_and_fit() {
        // Half an hour off UTC, and the night in which the clocks go forward.
        let shift = labels("2026-03-02T03:30:00Z", 8, "Asia/Kolkata", 350.0);
        assert_eq!(shift, ["10:00", "12:00", "14:00", "16:00"]);
        let night = labels("2026-03-28T23:00:00Z", 6, "Europe/Berlin", 350.0);
        assert_eq!(night, ["Sun 29", "04:00", "06:00"]);
        let week = labels("2026-03-02T00:00:00Z", 120, "UTC", 350.0);
        assert_eq!(
            week,
            ["Mon 2", "Tue 3", "Wed 4", "Thu 5", "Fri 6", "Sat 7"].map(|day| &day[..3])
        );
        assert_eq!(
            labels("2026-03-02T00:00:00Z", 24 * 21, "UTC", 350.0),
            ["2 Mar", "9 Mar", "16 Mar", "23 Mar"]
        );
        assert_eq!(
            labels("2026-01-01T00:00:00Z", 24 * 365 * 4, "UTC", 350.0).len(),
            4
        );
    }
}
