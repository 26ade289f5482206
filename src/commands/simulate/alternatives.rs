//! A hint: other policies on the same simulated days.

use std::sync::atomic::AtomicBool;

use anyhow::Result;

use super::args::SimulateArgs;
use super::bounds;
use super::plan::variant;
use crate::base::notice::Notice;
use crate::config::{Layers, PolicyKind, PolicyName};
use crate::sim::{DialerKind, Figures, Plan, Results, Variant, VariantResults};

/// The figures of common policies that were not asked for, on the same simulated days, and a note where
/// a progressive dialer has the highest occupancy.
pub(super) fn alternatives(
    args: &SimulateArgs,
    plan: &Plan,
    results: &Results,
    layers: &Layers,
    stop: &AtomicBool,
) -> Result<Vec<Notice>> {
    let mut notices = Vec::new();
    let Some(baseline) = plan.variants.get(plan.baseline) else {
        return Ok(notices);
    };
    let asked = |policy: PolicyName| results.of_policy(policy.as_str());
    let others: &[PolicyName] = match plan.scenario.dialer.kind {
        DialerKind::Any => &OTHERS,
        DialerKind::Rate => &OTHERS_AT_A_RATE,
        DialerKind::Ratio => &OTHERS_AT_A_RATIO,
    };
    let missing = others.iter().copied();
    let missing = missing.filter(|policy| asked(*policy).is_none());
    // A reference dialer keeps to no calling hours.
    let keeps_hours = plan.hours().is_some();
    let missing =
        missing.filter(|policy| !keeps_hours || !matches!(policy.kind(), PolicyKind::Reference(_)));
    let variants = missing
        .map(|policy| variant(policy, baseline.band, false, layers, &plan.scenario))
        .collect::<Result<Vec<Variant>, _>>()?;
    let others = Plan {
        variants,
        baseline: 0,
        replications: plan.replications.min(OTHERS_REPLICATIONS),
        ..plan.clone()
    };
    if !bounds::is_quick(&others) {
        return Ok(notices);
    }
    let replications = others.run(args.threads(), &|_| true, &|| {}, stop);
    let mut others = others.results(&replications);
    // After an interrupt some have no figures.
    others
        .variants
        .retain(|variant| !variant.figures.is_empty());
    if !others.variants.is_empty() {
        let figures: Vec<String> = others.variants.iter().map(figures).collect();
        notices.push(Notice::OtherPolicies(figures.join("; ")));
    }
    let occupancy = |policy: PolicyName| {
        let other = || others.of_policy(policy.as_str());
        Some(percent(asked(policy).or_else(other)?, |f| f.occupancy))
    };
    let predictive = occupancy(PolicyName::Predictive);
    let progressive = occupancy(PolicyName::Progressive);
    if let (Some(predictive), Some(progressive)) = (predictive, progressive)
        && progressive >= predictive
    {
        notices.push(Notice::ProgressiveIsBetter {
            interval_secs: plan.scenario.interval_secs,
            progressive,
            predictive,
        });
    }
    Ok(notices)
}

fn figures(variant: &VariantResults) -> String {
    let occupancy = percent(variant, |f| f.occupancy);
    let abandoned = percent(variant, |f| f.abandonment_rate);
    let policy = &variant.policy;
    format!("{policy} {occupancy:.1} % busy and {abandoned:.2} % abandoned")
}

fn percent(variant: &VariantResults, figure: fn(&Figures) -> f64) -> f64 {
    variant.estimate(figure).mean * 100.0
}

/// Policies that a user may want to compare with those asked for.
const OTHERS: [PolicyName; 5] = [
    PolicyName::Capacity,
    PolicyName::Predictive,
    PolicyName::PredictiveWithoutFeed,
    PolicyName::Ratio,
    PolicyName::Progressive,
];
/// The same where the dialer is set to a rate.
const OTHERS_AT_A_RATE: [PolicyName; 4] = [
    PolicyName::Capacity,
    PolicyName::Predictive,
    PolicyName::PredictiveWithoutFeed,
    PolicyName::Progressive,
];
/// The same where it is set to a ratio.
const OTHERS_AT_A_RATIO: [PolicyName; 2] = [PolicyName::Ratio, PolicyName::Progressive];
/// Replications of each: enough for a hint, and quick.
const OTHERS_REPLICATIONS: u32 = 10;
