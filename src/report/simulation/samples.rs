//! Every figure of every replication as CSV, for those who analyse further.

use crate::base::swept::{self, json_name};
use crate::report::chart::add;
use crate::sim::{Figures, Results};

/// One line for each replication of each combination. Replications of the same number have the same
/// calls and agents in every combination, so they may be compared pair by pair.
#[must_use]
pub fn samples(results: &Results) -> String {
    let keys = swept::keys(results.variants.iter().map(|variant| &variant.swept));
    let mut text = String::from("policy,slaThreshold,toleranceMargin");
    for key in &keys {
        add(&mut text, format_args!(",{}", json_name(key)));
    }
    text.push_str(",replication");
    for (name, _) in Figures::NAMED {
        add(&mut text, format_args!(",{name}"));
    }
    text.push('\n');
    for variant in &results.variants {
        let (sla, margin) = (variant.band.sla_threshold, variant.band.tolerance_margin);
        let mut setting = format!("{},{},{}", variant.policy, sla.value(), margin.value());
        for key in &keys {
            add(
                &mut setting,
                format_args!(",{}", swept::value(&variant.swept, key)),
            );
        }
        for (number, figures) in variant.figures.iter().enumerate() {
            add(&mut text, format_args!("{setting},{number}"));
            for (_, figure) in Figures::NAMED {
                add(&mut text, format_args!(",{}", figure(figures)));
            }
            text.push('\n');
        }
    }
    text
}
