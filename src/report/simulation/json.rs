//! The results as one JSON object.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::bands::polled_rates;
use crate::base::swept::{json_name, json_value};
use crate::sim::{Estimate, Figures, Recommendation, Results, Scenario, Summary, recommend};

/// The results as one JSON object.
#[must_use]
pub fn json(results: &Results, limit: f64, options: &[(String, String)]) -> String {
    let summaries = results.summaries(limit);
    let variants = results.variants.iter().zip(&summaries).enumerate();
    let rows = variants.map(|(n, (variant, summary))| Row {
        policy: &variant.policy,
        runs_live: variant.standing.runs_live(),
        sla_threshold: variant.band.sla_threshold.value(),
        tolerance_margin: variant.band.tolerance_margin.value(),
        swept: variant
            .swept
            .iter()
            .map(|(key, value)| (json_name(key), json_value(value)))
            .collect(),
        replications: results.replications,
        summary,
        fitting_sla_threshold: polled_rates(variant, summary)
            .and_then(|rates| rates.fitting_threshold()),
        connects_per_agent_hour_over_baseline: results
            .paired(n, results.baseline, |f| f.connects_per_agent_hour),
        abandonment_rate_over_baseline: results.paired(n, results.baseline, |f| f.abandonment_rate),
        over_baseline: Figures::NAMED
            .into_iter()
            .map(|(name, figure)| (name, results.paired(n, results.baseline, figure)))
            .collect(),
    });
    let recommendations = recommend(results, &summaries, limit);
    let connects = |r: &&Recommendation| r.gain_over_baseline.map_or(f64::MIN, |gain| gain.mean);
    let best = recommendations.iter().rev();
    let best = best.max_by(|a, b| connects(a).total_cmp(&connects(b)));
    let document = Document {
        scenario: &results.scenario,
        seed: results.seed,
        options: options
            .iter()
            .map(|(key, value)| (json_name(key), json_value(value)))
            .collect(),
        abandonment_limit: limit,
        baseline: results.baseline,
        results: rows.collect(),
        recommendation: best.cloned(),
        recommendations,
    };
    // Text, numbers and finite floats always have JSON.
    serde_json::to_string(&document).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    scenario: &'a Scenario,
    seed: u64,
    /// The settings that pace, as they were given or by default.
    options: Map<String, Value>,
    abandonment_limit: f64,
    /// Place in `results` of the combination that the others are compared with.
    baseline: usize,
    results: Vec<Row<'a>>,
    /// Of these, the one with the most connects.
    recommendation: Option<Recommendation>,
    /// One for each platform.
    recommendations: Vec<Recommendation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    policy: &'a str,
    /// True where tick and watch can run it as it was simulated.
    runs_live: bool,
    sla_threshold: f64,
    tolerance_margin: f64,
    /// Those of the swept settings that make a difference.
    #[serde(flatten)]
    swept: Map<String, Value>,
    replications: u32,
    #[serde(flatten)]
    summary: &'a Summary,
    /// The threshold that fits where the one that is set does not; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    fitting_sla_threshold: Option<f64>,
    /// Less those of the baseline, replication by replication.
    connects_per_agent_hour_over_baseline: Estimate,
    abandonment_rate_over_baseline: Estimate,
    /// Every figure less that of the baseline, replication by replication.
    over_baseline: BTreeMap<&'static str, Estimate>,
}
