//! The results as CSV.

use super::results::BacktestResults;
use crate::base::swept::{self, json_name};
use crate::pacing::Unit;
use crate::report::chart::add;

/// The results as CSV, one line for each combination of settings, over all campaigns.
#[must_use]
pub fn csv(results: &BacktestResults) -> String {
    let unit = results.unit();
    let keys = swept::keys(results.swept);
    let lever = match unit {
        Unit::CallsPerMinute => "dialRate",
        Unit::CallsPerAgent => "ratio",
    };
    let mut text = String::from("policy,slaThreshold,toleranceMargin");
    for key in &keys {
        add(&mut text, format_args!(",{}", json_name(key)));
    }
    add(
        &mut text,
        format_args!(
            ",rows,adjustments,rateChanges,rateChangesPerHour,{lever}Mean,outsideSlaBand,historyRows,historyMean,historyRateChangesPerHour,equalShare,meanAbsoluteDifference\n"
        ),
    );
    let none = Vec::new();
    for (n, pacer) in results.replay.pacers().iter().enumerate() {
        let (limits, totals) = (pacer.limits(), results.replay.total(n));
        let (sla, margin) = (limits.band.sla_threshold, limits.band.tolerance_margin);
        add(
            &mut text,
            format_args!(
                "{},{},{}",
                pacer.policy().name(),
                sla.value(),
                margin.value()
            ),
        );
        let values = results.swept.get(n).unwrap_or(&none);
        for key in &keys {
            add(&mut text, format_args!(",{}", swept::value(values, key)));
        }
        let (rows, sent, changes) = (totals.rows, totals.adjustments, totals.rate_changes);
        add(&mut text, format_args!(",{rows},{sent},{changes}"));
        let of_steps = |steps: Option<f64>| steps.map(|steps| unit.of_steps(steps));
        let number = |text: &mut String, value: Option<f64>| match value {
            Some(value) => add(text, format_args!(",{value}")),
            None => text.push(','),
        };
        number(&mut text, totals.rate_changes_per_hour());
        number(&mut text, of_steps(totals.dial_rate_mean()));
        number(&mut text, totals.outside_band_share());
        add(&mut text, format_args!(",{}", totals.compared));
        number(&mut text, of_steps(totals.history_rate_mean()));
        number(&mut text, totals.history_changes_per_hour());
        number(&mut text, totals.equal_share());
        number(&mut text, of_steps(totals.difference_mean()));
        text.push('\n');
    }
    text
}
