//! The charts by weekday and by hour of the day, over all campaigns.

use crate::pacing::Limits;
use crate::replay::HourOfWeek;
use crate::report::chart::{Frame, add, escape, tidy};

/// Mean deviation of the answer rate by weekday and hour, as a heat map.
pub(super) fn heat_map(week: &[HourOfWeek], limits: &Limits, zone: &str) -> String {
    let means = || week.iter().filter_map(mean_deviation);
    let largest = means().map(f64::abs).fold(1e-9, f64::max);
    let mut svg = String::new();
    for (row, (day, hours)) in DAYS.iter().zip(week.chunks(24)).enumerate() {
        let y = TOP + CELL_HEIGHT * float(row);
        let (x, middle) = (LEFT - 8.0, y + 18.0);
        add(
            &mut svg,
            format_args!(
                "<text class=\"num\" x=\"{x:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{day}</text>"
            ),
        );
        for (column, hour) in hours.iter().enumerate() {
            if let Some(mean) = mean_deviation(hour) {
                let x = LEFT + CELL_WIDTH * float(column);
                svg.push_str(&cell(x, y, mean, largest));
            }
        }
    }
    let bottom = TOP + CELL_HEIGHT * 7.0;
    for hour in (0..24).step_by(3) {
        add(
            &mut svg,
            format_args!(
                "<text class=\"num\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{hour}</text>",
                LEFT + CELL_WIDTH * (float(hour) + 0.5),
                bottom + 16.0
            ),
        );
    }
    add(
        &mut svg,
        format_args!(
            "<text class=\"title\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">hour of the day, {}</text>",
            LEFT + CELL_WIDTH * 12.0,
            bottom + 36.0,
            escape(zone)
        ),
    );
    format!(
        "<h2>Deviation by weekday and hour</h2>\n<p class=\"note\">Answer rate minus its threshold of {}, in percentage points, mean over all campaigns. Blue: below; orange: above. The band is ± {}.</p>\n<svg viewBox=\"0 0 860 240\" role=\"img\">{svg}</svg>\n",
        limits.band.sla_threshold.value(),
        limits.band.tolerance_margin.value() * 100.0
    )
}

/// Share outside the band, and changes of the dial rate, by hour of the day.
pub(super) fn day_charts(week: &[HourOfWeek], zone: &str) -> String {
    let day = day(week);
    let series = |value: &dyn Fn(&HourOfWeek) -> Option<f64>| -> Vec<(f64, Option<f64>)> {
        let hours = day.iter().enumerate();
        hours
            .map(|(n, hour)| (float(n) + 0.5, value(hour)))
            .collect()
    };
    let outside = series(&|hour| {
        quotient(hour.outside_band, hour.with_answer_rate).map(|share| share * 100.0)
    });
    let decided = series(&|hour| quotient(hour.changes, hour.hours));
    let history = series(&|hour| quotient(hour.history_changes, hour.hours));
    let both = decided.iter().chain(&history);
    let highest = both.filter_map(|(_, value)| *value).fold(1.0, f64::max);
    let frame = |n: usize, top: f64| Frame {
        left: 60.0,
        top: 10.0 + 150.0 * float(n),
        width: 780.0,
        height: 120.0,
        x: (0.0, 24.0),
        y: (0.0, top),
    };
    let share = frame(0, 100.0);
    let changes = frame(1, highest * 1.1);
    let mut svg = share.axes("", "outside band, %");
    svg.push_str(&share.line("line", &outside));
    svg.push_str(&changes.axes(&format!("hour of the day, {zone}"), "changes per hour"));
    svg.push_str(&changes.line("line faint", &history));
    svg.push_str(&changes.line("line", &decided));
    format!(
        "<h2>By hour of the day</h2>\n<p class=\"note\">Share of polls with the answer rate outside the SLA band; changes of the dial rate per hour and campaign, blue as decided, grey in history.</p>\n<svg viewBox=\"0 0 860 326\" role=\"img\">{svg}</svg>\n"
    )
}

/// A cell of the heat map, stronger in colour the nearer `mean` is to the largest deviation.
fn cell(x: f64, y: f64, mean: f64, largest: f64) -> String {
    let class = if mean < 0.0 { "cell" } else { "cell above" };
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL_WIDTH}\" height=\"{CELL_HEIGHT}\" style=\"fill-opacity:{:.3}\"/><text class=\"value\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        0.08 + 0.6 * mean.abs() / largest,
        x + CELL_WIDTH / 2.0,
        y + 18.0,
        tidy((mean * 100.0).round())
    )
}

/// The hours of the day, each the sum of that hour over the weekdays.
fn day(week: &[HourOfWeek]) -> [HourOfWeek; 24] {
    let mut day = [HourOfWeek::default(); 24];
    for hours in week.chunks(24) {
        for (sum, hour) in day.iter_mut().zip(hours) {
            sum.with_answer_rate += hour.with_answer_rate;
            sum.outside_band += hour.outside_band;
            sum.changes += hour.changes;
            sum.history_changes += hour.history_changes;
            sum.hours += hour.hours;
        }
    }
    day
}

fn mean_deviation(hour: &HourOfWeek) -> Option<f64> {
    (hour.with_answer_rate > 0).then(|| hour.deviation_sum / f64::from(hour.with_answer_rate))
}

fn quotient(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// The heat map's margins and cells, in pixels.
const LEFT: f64 = 60.0;
const TOP: f64 = 10.0;
const CELL_WIDTH: f64 = 32.5;
const CELL_HEIGHT: f64 = 26.0;
