//! One replication on one time axis: dial rate, agents, answer rate and abandonment.

use crate::pacing::Unit;
use crate::report::chart::{Frame, escape, tidy};
use crate::sim::{Results, Snapshot};

/// The panels of one replication of the first variant; none without snapshots.
pub(super) fn panels(results: &Results, limit: f64, unit: Unit, snapshots: &[Snapshot]) -> String {
    let Some(variant) = results.variants.first().filter(|_| !snapshots.is_empty()) else {
        return String::new();
    };
    let series = |value: &dyn Fn(&Snapshot) -> Option<f64>| -> Vec<(f64, Option<f64>)> {
        let points = snapshots.iter();
        points.map(|s| (s.at_secs / 3600.0, value(s))).collect()
    };
    let highest = |value: &dyn Fn(&Snapshot) -> f64| {
        let values = snapshots.iter().map(value);
        values.fold(1.0, f64::max) * 1.1
    };
    let frame = |top: f64, highest: f64| Frame {
        left: 60.0,
        top,
        width: 780.0,
        height: 120.0,
        x: (0.0, results.scenario.hours),
        y: (0.0, highest),
    };
    let setpoint = |s: &Snapshot| unit.value(s.setpoint);
    let lever = frame(10.0, highest(&setpoint));
    let (name, label) = match unit {
        Unit::CallsPerMinute => ("dial rate", "dial rate, /min"),
        Unit::CallsPerAgent => ("dial ratio", "calls per agent"),
    };
    let mut svg = lever.axes("", label);
    svg.push_str(&lever.line("line", &series(&|s| Some(setpoint(s)))));

    let staff = frame(160.0, highest(&|s| f64::from(s.logged_in)));
    let logged_in = series(&|s| Some(f64::from(s.logged_in)));
    let busy = series(&|s| Some(f64::from(s.logged_in.saturating_sub(s.idle))));
    let idle = series(&|s| Some(f64::from(s.idle)));
    svg.push_str(&staff.axes("", "agents"));
    svg.push_str(&staff.line("line faint", &logged_in));
    svg.push_str(&staff.line("line", &busy));
    svg.push_str(&staff.line("line other", &idle));

    let answers = frame(310.0, 1.0);
    let sla = variant.band.sla_threshold.value();
    let margin = variant.band.tolerance_margin.value();
    svg.push_str(&answers.band(sla - margin, sla + margin));
    svg.push_str(&answers.axes("", "answer rate"));
    svg.push_str(&answers.line("line thin", &series(&|s| s.answer_rate.map(f64::from))));

    let abandoned = rolling_abandonment(snapshots, results.scenario.interval_secs);
    let shares = abandoned.iter().filter_map(|(_, share)| *share);
    let lost = frame(460.0, shares.fold(limit * 200.0, f64::max) * 1.1);
    svg.push_str(&lost.axes("hours", "abandoned, %"));
    svg.push_str(&lost.level("limit", limit * 100.0));
    svg.push_str(&lost.line("line", &abandoned));
    format!(
        "<h2>One replication: {}</h2>\n<p class=\"note\">From the top: {name}; agents logged in (grey), in calls or wrap-up (blue), available (orange); answer rate per interval and its SLA band; abandonment of the last half hour and the limit of {} %.</p>\n<svg viewBox=\"0 0 860 630\" role=\"img\">{svg}</svg>\n",
        escape(&variant.to_string()),
        tidy(limit * 100.0)
    )
}

/// Abandonment of the half hour before each poll, in per cent; none below 20 live answers.
fn rolling_abandonment(snapshots: &[Snapshot], interval_secs: f64) -> Vec<(f64, Option<f64>)> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 1,800"
    )]
    let span = (HALF_HOUR_SECS / interval_secs) as usize;
    let counts = |n: usize| {
        let snapshot = snapshots.get(n);
        snapshot.map_or((0, 0), |s| (s.connected, s.abandoned))
    };
    let shares = snapshots.iter().enumerate().map(|(n, s)| {
        let before = n.checked_sub(span).map_or((0, 0), counts);
        let (connected, abandoned) = (s.connected - before.0, s.abandoned - before.1);
        let live = connected + abandoned;
        #[expect(clippy::cast_precision_loss, reason = "counts of half an hour")]
        let share = abandoned as f64 / live.max(1) as f64 * 100.0;
        (
            s.at_secs / 3600.0,
            (live >= LIVE_ANSWERS_MIN).then_some(share),
        )
    });
    shares.collect()
}

const HALF_HOUR_SECS: f64 = 1_800.0;
/// Fewer live answers say nothing about a rate of a few per cent.
const LIVE_ANSWERS_MIN: u64 = 20;
