//! The report of `backtest` as one page, in the style of `simulate`'s.

use super::chart::{Frame, add, escape, tidy};
use super::page;
use super::replay::{Replayed, name, table};
use crate::base::timestamp::rfc3339;
use crate::pacing::Limits;
use crate::replay::{Campaign, Hour, Lines, Sketch, Thinned};

/// The whole page. Pictures are of the first pacer.
#[must_use]
pub fn page(replayed: &Replayed, sketch: &Sketch) -> String {
    let replay = replayed.replay;
    let mut page = page::head(replayed.source);
    let Some(pacer) = replay.pacers().first() else {
        return page;
    };
    let pictures = match replay.pacers() {
        [_] => String::new(),
        _ => " Pictures are of the first of the settings.".to_owned(),
    };
    add(
        &mut page,
        format_args!(
            "<p class=\"advice\">{}. What would have been decided, not what would have happened: history answered to the rates it was given, and outcomes are not predicted.{pictures} Times are UTC.</p>\n",
            escape(&name(pacer))
        ),
    );
    let campaigns = replay.campaigns();
    for (campaign, lines) in campaigns.iter().zip(sketch.lines()) {
        page.push_str(&rates(campaign, lines));
    }
    let drawn = sketch.lines().len();
    if campaigns.len() > drawn {
        add(
            &mut page,
            format_args!(
                "<p class=\"note\">{} more campaigns are counted below and not drawn.</p>\n",
                campaigns.len() - drawn
            ),
        );
    }
    page.push_str(&week(sketch.week(), pacer.limits()));
    page.push_str(&day(sketch.week()));
    add(
        &mut page,
        format_args!(
            "<h2>Figures, and where they part most</h2>\n<pre>{}</pre>\n</body></html>\n",
            escape(&table(replayed))
        ),
    );
    page
}

/// The dial rates of one campaign over time.
fn rates(campaign: &Campaign, lines: &Lines) -> String {
    let span_millis = campaign
        .last_at
        .0
        .saturating_sub(campaign.first_at.0)
        .max(1);
    let (unit, unit_millis) = if span_millis > 3 * DAY_MILLIS {
        ("days", DAY_MILLIS)
    } else {
        ("hours", HOUR_MILLIS)
    };
    let since = |at: i64| float(at.saturating_sub(campaign.first_at.0)) / float(unit_millis);
    let highest = |line: &Thinned| line.buckets().iter().map(|b| b.high.1).max().unwrap_or(0);
    let top = f64::from(highest(&lines.decided).max(highest(&lines.history)).max(1)) * 1.1;
    let frame = Frame {
        left: 60.0,
        top: 10.0,
        width: 780.0,
        height: 220.0,
        x: (0.0, float(span_millis) / float(unit_millis)),
        y: (0.0, top),
    };
    let mut svg = frame.axes(
        &format!("{unit} since {}", rfc3339(campaign.first_at)),
        "dial rate, /min",
    );
    svg.push_str(&frame.line("line faint", &points(&lines.history, &since)));
    svg.push_str(&frame.line("line", &points(&lines.decided, &since)));
    let heading = match &*campaign.id {
        "" => "Dial rate".to_owned(),
        id => format!("Dial rate of {}", escape(id)),
    };
    let legend = if lines.history.buckets().is_empty() {
        "Blue: what would have been decided. The file has no dial rates to compare with."
    } else {
        "Blue: what would have been decided. Grey: history."
    };
    format!(
        "<h2>{heading}</h2>\n<p class=\"note\">{legend} Of every {} the lowest and the highest value are drawn.</p>\n<svg viewBox=\"0 0 860 276\" role=\"img\">{svg}</svg>\n",
        span_text(lines.decided.width_millis())
    )
}

/// The lowest and the highest value of every span, in the order of time; the line is broken
/// where a span or more holds nothing.
fn points(line: &Thinned, since: &dyn Fn(i64) -> f64) -> Vec<(f64, Option<f64>)> {
    let mut points = Vec::new();
    let mut before: Option<i64> = None;
    for bucket in line.buckets() {
        let (first, last) = bucket.span;
        if before.is_some_and(|before| first - before > GAP_MILLIS.max(2 * line.width_millis())) {
            points.push((since(first), None));
        }
        before = Some(last);
        let mut both = [bucket.low, bucket.high];
        both.sort_unstable();
        for (at, value) in both {
            points.push((since(at), Some(f64::from(value))));
        }
    }
    points
}

/// Mean deviation by weekday and hour.
fn week(week: &[Hour], limits: &Limits) -> String {
    let mean = |hour: &Hour| (hour.judged > 0).then(|| hour.deviations / f64::from(hour.judged));
    let furthest = week
        .iter()
        .filter_map(mean)
        .map(f64::abs)
        .fold(1e-9, f64::max);
    let mut svg = String::new();
    for (row, (day, hours)) in DAYS.iter().zip(week.chunks(24)).enumerate() {
        let y = TOP + TALL * place(row);
        add(
            &mut svg,
            format_args!(
                "<text class=\"num\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{day}</text>",
                LEFT - 8.0,
                y + 18.0
            ),
        );
        for (column, hour) in hours.iter().enumerate() {
            let x = LEFT + WIDE * place(column);
            let Some(mean) = mean(hour) else {
                continue;
            };
            let class = if mean < 0.0 { "cell" } else { "cell above" };
            add(
                &mut svg,
                format_args!(
                    "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{WIDE}\" height=\"{TALL}\" style=\"fill-opacity:{:.3}\"/><text class=\"value\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                    0.08 + 0.6 * mean.abs() / furthest,
                    x + WIDE / 2.0,
                    y + 18.0,
                    tidy((mean * 100.0).round())
                ),
            );
        }
    }
    for hour in (0..24).step_by(3) {
        add(
            &mut svg,
            format_args!(
                "<text class=\"num\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{hour}</text>",
                LEFT + WIDE * (place(hour) + 0.5),
                TOP + TALL * 7.0 + 16.0
            ),
        );
    }
    add(
        &mut svg,
        format_args!(
            "<text class=\"title\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">hour of the day, UTC</text>",
            LEFT + WIDE * 12.0,
            TOP + TALL * 7.0 + 36.0
        ),
    );
    format!(
        "<h2>Deviation by weekday and hour</h2>\n<p class=\"note\">Answer rate less its threshold of {}, in percentage points, mean over all campaigns. Blue: below; orange: above. The band is ± {}.</p>\n<svg viewBox=\"0 0 860 240\" role=\"img\">{svg}</svg>\n",
        limits.band.sla_threshold.value(),
        limits.band.tolerance_margin.value() * 100.0
    )
}

/// Share outside the band and changes of the rate, by hour of the day.
fn day(week: &[Hour]) -> String {
    let mut hours = [Hour::default(); 24];
    for day in week.chunks(24) {
        for (sum, hour) in hours.iter_mut().zip(day) {
            sum.judged += hour.judged;
            sum.outside += hour.outside;
            sum.changes += hour.changes;
            sum.history_changes += hour.history_changes;
            sum.visits += hour.visits;
        }
    }
    let per = |part: u32, whole: u32| (whole > 0).then(|| f64::from(part) / f64::from(whole));
    let series = |value: &dyn Fn(&Hour) -> Option<f64>| -> Vec<(f64, Option<f64>)> {
        let points = hours.iter().enumerate();
        points
            .map(|(n, hour)| (place(n) + 0.5, value(hour)))
            .collect()
    };
    let outside = series(&|hour| per(hour.outside, hour.judged).map(|share| share * 100.0));
    let decided = series(&|hour| per(hour.changes, hour.visits));
    let history = series(&|hour| per(hour.history_changes, hour.visits));
    let both = decided.iter().chain(&history);
    let highest = both.filter_map(|(_, value)| *value).fold(1.0, f64::max);
    let frame = |n: usize, top: f64| Frame {
        left: 60.0,
        top: 10.0 + 150.0 * place(n),
        width: 780.0,
        height: 120.0,
        x: (0.0, 24.0),
        y: (0.0, top),
    };
    let share = frame(0, 100.0);
    let changes = frame(1, highest * 1.1);
    let mut svg = share.axes("", "outside band, %");
    svg.push_str(&share.line("line", &outside));
    svg.push_str(&changes.axes("hour of the day, UTC", "changes per hour"));
    svg.push_str(&changes.line("line faint", &history));
    svg.push_str(&changes.line("line", &decided));
    format!(
        "<h2>By hour of the day</h2>\n<p class=\"note\">Share of polls with the answer rate outside the SLA band; changes of the dial rate per hour and campaign, blue as decided, grey in history.</p>\n<svg viewBox=\"0 0 860 326\" role=\"img\">{svg}</svg>\n"
    )
}

/// "30 s", "8 min", "2.1 h"
fn span_text(millis: i64) -> String {
    match millis {
        ..60_000 => format!("{} s", tidy(float(millis) / 1_000.0)),
        60_000..HOUR_MILLIS => format!("{} min", tidy(float(millis) / 60_000.0)),
        _ => format!("{:.1} h", float(millis) / float(HOUR_MILLIS)),
    }
}

fn place(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds, for a picture")]
fn float(millis: i64) -> f64 {
    millis as f64
}

const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
/// A line is broken where nothing was polled for longer than this, and than two spans.
const GAP_MILLIS: i64 = 10 * 60_000;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// The map's margins and cells, in pixels.
const LEFT: f64 = 60.0;
const TOP: f64 = 10.0;
const WIDE: f64 = 32.5;
const TALL: f64 = 26.0;
