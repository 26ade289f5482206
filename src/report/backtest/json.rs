//! The results as one JSON object.

use serde::Serialize;
use serde_json::Value;

use super::results::BacktestResults;
use crate::base::swept::{json_name, json_value};
use crate::base::timestamp::rfc3339;
use crate::history::BadRow;
use crate::pacing::{Pacer, Unit};
use crate::replay::{Difference, ReplayTotals, SparseRows};

/// The results as one JSON object.
#[must_use]
pub fn json(results: &BacktestResults) -> String {
    let replay = results.replay;
    let pacers = replay.pacers().iter().enumerate();
    let document = DocumentJson {
        source: results.source,
        rows: replay.rows(),
        failed_polls: replay.failed_polls(),
        skipped_rows: results.skipped,
        campaigns: replay.campaigns().len(),
        sparse_rows: replay.sparse_rows().map(SparseRowsJson::new),
        results: pacers
            .map(|(n, pacer)| PacerJson::new(results, n, pacer))
            .collect(),
        bad_rows: results.bad_rows.iter().map(BadRowJson::new).collect(),
    };
    // Text, whole numbers and finite floats always have JSON.
    serde_json::to_string(&document).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentJson<'a> {
    source: &'a str,
    rows: u64,
    failed_polls: u64,
    skipped_rows: u64,
    campaigns: usize,
    /// Where rows are too far apart for the window; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    sparse_rows: Option<SparseRowsJson>,
    results: Vec<PacerJson<'a>>,
    bad_rows: Vec<BadRowJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SparseRowsJson {
    /// Mean time between two rows.
    gap_secs: u64,
    /// Samples in a full window.
    window: usize,
    /// Age at which a sample is dropped.
    max_sample_age_secs: f64,
    /// The warning in words.
    warning: String,
}

impl SparseRowsJson {
    fn new(sparse: SparseRows) -> Self {
        Self {
            gap_secs: sparse.gap_secs,
            window: sparse.window,
            max_sample_age_secs: sparse.age_max.as_secs_f64(),
            warning: sparse.to_string(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PacerJson<'a> {
    policy: &'static str,
    sla_threshold: f64,
    tolerance_margin: f64,
    /// Those of the swept settings that make a difference.
    #[serde(flatten)]
    swept: serde_json::Map<String, Value>,
    #[serde(flatten)]
    total: TotalsJson,
    /// The threshold that fits where the one that is set does not; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    fitting_sla_threshold: Option<f64>,
    parts_most: Vec<DifferenceJson<'a>>,
    campaigns: Vec<CampaignJson<'a>>,
}

impl<'a> PacerJson<'a> {
    fn new(results: &BacktestResults<'a>, number: usize, pacer: &Pacer) -> Self {
        let (replay, limits) = (results.replay, pacer.limits());
        let unit = limits.actuator.unit;
        let swept = results.swept.get(number).into_iter().flatten();
        let swept = swept.map(|(key, value)| (json_name(key), json_value(value)));
        let differences = replay.largest_differences(number).into_iter();
        let campaigns = replay.campaigns().iter().filter_map(|campaign| {
            Some(CampaignJson {
                campaign_id: &campaign.id,
                from: rfc3339(campaign.first_at),
                to: rfc3339(campaign.last_at),
                totals: TotalsJson::new(campaign.totals.get(number)?, unit),
            })
        });
        Self {
            policy: pacer.policy().name(),
            sla_threshold: limits.band.sla_threshold.value(),
            tolerance_margin: limits.band.tolerance_margin.value(),
            swept: swept.collect(),
            total: TotalsJson::new(&replay.total(number), unit),
            fitting_sla_threshold: results
                .polled_rates(number, pacer)
                .and_then(|rates| rates.fitting_threshold()),
            parts_most: differences
                .map(|(id, difference)| DifferenceJson::new(id, difference, unit))
                .collect(),
            campaigns: campaigns.collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CampaignJson<'a> {
    campaign_id: &'a str,
    from: String,
    to: String,
    #[serde(flatten)]
    totals: TotalsJson,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TotalsJson {
    rows: u64,
    adjustments: u64,
    rate_changes: u64,
    rate_changes_per_hour: Option<f64>,
    #[serde(flatten)]
    mean: MeanJson,
    outside_sla_band: Option<f64>,
    answer_rate_mean: Option<f64>,
    /// Rows outside calling hours; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    outside_hours: Option<u64>,
    /// Null where the file has no dial rates.
    history: Option<HistoryJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryJson {
    rows: u64,
    #[serde(flatten)]
    mean: MeanJson,
    rate_changes: u64,
    rate_changes_per_hour: Option<f64>,
    equal_share: Option<f64>,
    mean_absolute_difference: Option<f64>,
}

impl TotalsJson {
    fn new(totals: &ReplayTotals, unit: Unit) -> Self {
        let of_steps = |steps: Option<f64>| steps.map(|steps| unit.of_steps(steps));
        Self {
            rows: totals.rows,
            adjustments: totals.adjustments,
            rate_changes: totals.rate_changes,
            rate_changes_per_hour: totals.rate_changes_per_hour(),
            mean: MeanJson::new(totals.dial_rate_mean(), unit),
            outside_sla_band: totals.outside_band_share(),
            answer_rate_mean: totals.answer_rate_mean(),
            outside_hours: (totals.outside_hours > 0).then_some(totals.outside_hours),
            history: (totals.compared > 0).then(|| HistoryJson {
                rows: totals.compared,
                mean: MeanJson::new(totals.history_rate_mean(), unit),
                rate_changes: totals.history_changes,
                rate_changes_per_hour: totals.history_changes_per_hour(),
                equal_share: totals.equal_share(),
                mean_absolute_difference: of_steps(totals.difference_mean()),
            }),
        }
    }
}

/// The mean of a lever, named after its unit.
#[derive(Serialize)]
enum MeanJson {
    #[serde(rename = "dialRateMean")]
    DialRate(Option<f64>),
    #[serde(rename = "ratioMean")]
    Ratio(Option<f64>),
}

impl MeanJson {
    fn new(steps: Option<f64>, unit: Unit) -> Self {
        let value = steps.map(|steps| unit.of_steps(steps));
        match unit {
            Unit::CallsPerMinute => Self::DialRate(value),
            Unit::CallsPerAgent => Self::Ratio(value),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DifferenceJson<'a> {
    timestamp: String,
    campaign_id: &'a str,
    line: u64,
    #[serde(flatten)]
    levers: LeversJson,
}

/// The lever as decided and in history, named after its unit.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum LeversJson {
    DialRates { new_dial_rate: u32, dial_rate: u32 },
    Ratios { new_ratio: f64, ratio: f64 },
}

impl<'a> DifferenceJson<'a> {
    fn new(campaign_id: &'a str, difference: Difference, unit: Unit) -> Self {
        let (decided, history) = (difference.decided, difference.history);
        Self {
            timestamp: rfc3339(difference.at),
            campaign_id,
            line: difference.line,
            levers: match unit {
                Unit::CallsPerMinute => LeversJson::DialRates {
                    new_dial_rate: decided,
                    dial_rate: history,
                },
                Unit::CallsPerAgent => LeversJson::Ratios {
                    new_ratio: unit.of_steps(f64::from(decided)),
                    ratio: unit.of_steps(f64::from(history)),
                },
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BadRowJson<'a> {
    line: u64,
    column: Option<&'a str>,
    problem: String,
}

impl<'a> BadRowJson<'a> {
    fn new(bad: &'a BadRow) -> Self {
        Self {
            line: bad.line,
            column: bad.field.as_ref().map(|field| field.column.as_str()),
            problem: bad.to_string(),
        }
    }
}
