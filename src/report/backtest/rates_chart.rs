//! The chart of one campaign's dial rates over time, decided and in history.

use crate::base::timestamp::rfc3339;
use crate::pacing::Unit;
use crate::replay::{DownsampledSeries, RateAt, RateSeries, ReplayedCampaign};
use crate::report::chart::{Frame, escape, tidy};

/// The dial rates of a campaign, with a heading and a legend.
pub(super) fn rates_chart(campaign: &ReplayedCampaign, rates: &RateSeries, unit: Unit) -> String {
    let first_at = campaign.first_at.0;
    let length_millis = campaign.last_at.0.saturating_sub(first_at).max(1);
    let (span, span_millis) = if length_millis > 3 * DAY_MILLIS {
        ("days", DAY_MILLIS)
    } else {
        ("hours", HOUR_MILLIS)
    };
    let x = |at: i64| float(at.saturating_sub(first_at)) / float(span_millis);
    let buckets = rates.decided.buckets().iter();
    let buckets = buckets.chain(rates.history.buckets());
    let highest = buckets.map(|bucket| bucket.high.rate).max();
    let frame = Frame {
        left: 60.0,
        top: 10.0,
        width: 780.0,
        height: 220.0,
        x: (0.0, float(length_millis) / float(span_millis)),
        y: (
            0.0,
            unit.of_steps(f64::from(highest.unwrap_or(0).max(1))) * 1.1,
        ),
    };
    let (name, label) = match unit {
        Unit::CallsPerMinute => ("Dial rate", "dial rate, /min"),
        Unit::CallsPerAgent => ("Dial ratio", "calls per agent"),
    };
    let mut svg = frame.axes(
        &format!("{span} since {}", rfc3339(campaign.first_at)),
        label,
    );
    svg.push_str(&frame.line("line faint", &points(&rates.history, &x, unit)));
    svg.push_str(&frame.line("line", &points(&rates.decided, &x, unit)));
    let heading = match &*campaign.id {
        "" => name.to_owned(),
        id => format!("{name} of {}", escape(id)),
    };
    let legend = if rates.history.buckets().is_empty() {
        "Blue: what would have been decided. The file has no dial rates to compare with."
    } else {
        "Blue: what would have been decided. Grey: history."
    };
    format!(
        "<h2>{heading}</h2>\n<p class=\"note\">{legend} Of every {} the lowest and the highest value are drawn.</p>\n<svg viewBox=\"0 0 860 276\" role=\"img\">{svg}</svg>\n",
        duration(rates.decided.span_millis())
    )
}

/// The lowest and the highest rate of every bucket, in the order of time. A gap breaks the line.
fn points(
    series: &DownsampledSeries,
    x: &dyn Fn(i64) -> f64,
    unit: Unit,
) -> Vec<(f64, Option<f64>)> {
    let gap_millis = GAP_MILLIS.max(2 * series.span_millis());
    let mut points = Vec::new();
    let mut last_at: Option<i64> = None;
    for bucket in series.buckets() {
        let first_at = bucket.first_at.0;
        if last_at.is_some_and(|last_at| first_at - last_at > gap_millis) {
            points.push((x(first_at), None));
        }
        last_at = Some(bucket.last_at.0);
        let mut both = [bucket.low, bucket.high];
        both.sort_unstable();
        for RateAt { at, rate } in both {
            points.push((x(at.0), Some(unit.of_steps(f64::from(rate)))));
        }
    }
    points
}

/// "30 s", "8 min", "2.1 h"
fn duration(millis: i64) -> String {
    match millis {
        ..60_000 => format!("{} s", tidy(float(millis) / 1_000.0)),
        60_000..HOUR_MILLIS => format!("{} min", tidy(float(millis) / 60_000.0)),
        _ => format!("{:.1} h", float(millis) / float(HOUR_MILLIS)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds, for a chart")]
fn float(millis: i64) -> f64 {
    millis as f64
}

const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
/// A gap between rows that breaks the line, if it is longer than two spans too.
const GAP_MILLIS: i64 = 10 * 60_000;
