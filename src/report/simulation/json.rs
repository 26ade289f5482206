//! The results as one JSON object.

use serde::Serialize;

use crate::sim::{Estimate, Recommendation, Results, Scenario, Summary, recommend};

/// The results as one JSON object.
#[must_use]
pub fn json(results: &Results, limit: f64) -> String {
    let summaries = results.summaries(limit);
    let variants = results.variants.iter().zip(&summaries).enumerate();
    let rows = variants.map(|(n, (variant, summary))| Row {
        policy: &variant.policy,
        sla_threshold: variant.band.sla_threshold.value(),
        tolerance_margin: variant.band.tolerance_margin.value(),
        replications: results.replications,
        summary,
        connects_per_agent_hour_over_baseline: results
            .paired(n, results.baseline, |f| f.connects_per_agent_hour),
        abandonment_rate_over_baseline: results.paired(n, results.baseline, |f| f.abandonment_rate),
    });
    let document = Document {
        scenario: &results.scenario,
        seed: results.seed,
        abandonment_limit: limit,
        results: rows.collect(),
        recommendation: recommend(results, &summaries, limit),
    };
    // Text, numbers and finite floats always have JSON.
    serde_json::to_string(&document).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    scenario: &'a Scenario,
    seed: u64,
    abandonment_limit: f64,
    results: Vec<Row<'a>>,
    recommendation: Option<Recommendation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    policy: &'a str,
    sla_threshold: f64,
    tolerance_margin: f64,
    replications: u32,
    #[serde(flatten)]
    summary: &'a Summary,
    /// Less those of the baseline, replication by replication.
    connects_per_agent_hour_over_baseline: Estimate,
    abandonment_rate_over_baseline: Estimate,
}
