//! The results as CSV.

use crate::base::swept::{self, json_name};
use crate::report::chart::add;
use crate::sim::{Estimate, Results, Summary};

/// The results as CSV, one line for each variant.
#[must_use]
pub fn csv(results: &Results, limit: f64) -> String {
    let summaries = results.summaries(limit);
    let mut text = String::from("policy,slaThreshold,toleranceMargin");
    let keys = swept::keys(results.variants.iter().map(|variant| &variant.swept));
    for key in &keys {
        add(&mut text, format_args!(",{}", json_name(key)));
    }
    text.push_str(",replications");
    for (name, _) in Summary::ESTIMATES {
        add(&mut text, format_args!(",{name},{name}HalfWidth"));
    }
    text.push_str(",aboveLimit,callsDialed\n");
    for (variant, summary) in results.variants.iter().zip(&summaries) {
        add(
            &mut text,
            format_args!(
                "{},{},{}",
                variant.policy,
                variant.band.sla_threshold.value(),
                variant.band.tolerance_margin.value(),
            ),
        );
        for key in &keys {
            add(
                &mut text,
                format_args!(",{}", swept::value(&variant.swept, key)),
            );
        }
        add(&mut text, format_args!(",{}", results.replications));
        for (_, estimate) in Summary::ESTIMATES {
            let Estimate { mean, half_width } = estimate(summary);
            add(&mut text, format_args!(",{mean},{half_width}"));
        }
        let (above_limit, calls) = (summary.above_limit, summary.calls_dialed);
        add(&mut text, format_args!(",{above_limit},{calls}\n"));
    }
    text
}
