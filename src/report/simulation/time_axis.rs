//! The time of a scenario in words and on an axis: by its clock, or in hours from its start.

use crate::report::chart::{self, tidy};
use crate::report::clock_axis;
use crate::sim::{LocalTime, Scenario};

/// The time of a scenario in spans.
pub(super) struct TimeAxis {
    /// Length of the scenario.
    pub(super) hours: f64,
    pub(super) interval_hours: f64,
    span_hours: f64,
    /// Where the scenario says when it begins: milliseconds of its clock.
    start: Option<i64>,
}

impl TimeAxis {
    pub(super) fn new(scenario: &Scenario, span_secs: f64) -> Self {
        // A scenario without a start has the default one, which is midnight.
        let has_start = scenario.start != LocalTime::default();
        Self {
            hours: scenario.hours,
            interval_hours: scenario.interval_secs / 3600.0,
            span_hours: span_secs / 3600.0,
            start: has_start.then_some(scenario.start.secs * 1_000),
        }
    }

    /// Beginning and end of a span, hours from the start.
    pub(super) fn span(&self, place: usize) -> (f64, f64) {
        let from = f64::from(u32::try_from(place).unwrap_or(u32::MAX)) * self.span_hours;
        (from, (from + self.span_hours).min(self.hours))
    }

    /// "09:30 to 10:00", "Mon 2 Mar, 08:00 to 12:00", "1:30 to 2:00 h"
    pub(super) fn span_name(&self, place: usize) -> String {
        let (from, to) = self.span(place);
        let Some(start) = self.start else {
            return format!("{} to {} h", hour_and_minute(from), hour_and_minute(to));
        };
        let words = |hours: f64| clock_axis::short_words(start + millis(hours));
        let (from, to) = (words(from), words(to));
        let clock = |words: &str| words.rsplit(", ").next().unwrap_or_default().to_owned();
        if self.hours <= 24.0 {
            return format!("{} to {}", clock(&from), clock(&to));
        }
        format!("{from} to {}", clock(&to))
    }

    /// "30 minutes"
    pub(super) fn span_words(&self) -> String {
        match self.span_hours {
            hours if hours < 1.0 => format!("{} minutes", tidy(hours * 60.0)),
            hours if hours < 1.5 => "an hour".to_owned(),
            hours if hours < 24.0 => format!("{} hours", tidy(hours)),
            hours if hours < 36.0 => "a day".to_owned(),
            hours => format!("{} days", tidy(hours / 24.0)),
        }
    }

    /// Ticks in hours from the start, with their labels, for an axis so many pixels wide.
    pub(super) fn ticks(&self, width: f64) -> Vec<(f64, String)> {
        let Some(start) = self.start else {
            let values = chart::ticks(0.0, self.hours, 6);
            return values
                .into_iter()
                .map(|hours| (hours, format!("{} h", tidy(hours))))
                .collect();
        };
        let ticks = clock_axis::ticks(start, start + millis(self.hours), &|at| at, width);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years")]
        let hours = |at: i64| (at - start) as f64 / 3_600_000.0;
        ticks
            .into_iter()
            .map(|(at, label)| (hours(at), label))
            .collect()
    }
}

/// "1:30"
fn hour_and_minute(hours: f64) -> String {
    let minutes = millis(hours) / 60_000;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn millis(hours: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most ten years of milliseconds"
    )]
    let millis = (hours * 3_600_000.0).round() as i64;
    millis
}
