//! Results of `simulate` as a table, JSON or CSV; its traces; and the parts of sharded runs.

use std::fmt::Write;

use serde::Serialize;

use super::table;
use crate::base::timestamp::rfc3339;
use crate::sim::{
    Cell, Estimate, Plan, Point, Recommendation, Scenario, Summary, TraceRow, recommend,
};

/// The results as one JSON object.
#[must_use]
pub fn json(plan: &Plan, cells: &[Cell], limit: f64) -> String {
    let summaries = plan.summaries(cells, limit);
    let points = plan.points.iter().zip(&summaries).enumerate();
    let results = points.map(|(n, (point, summary))| Row {
        policy: &point.policy,
        sla_threshold: point.sla_threshold,
        tolerance_margin: point.tolerance_margin,
        replications: plan.replications,
        summary,
        connects_per_agent_hour_over_baseline: plan
            .paired(cells, n, plan.baseline, |f| f.connects_per_agent_hour),
        abandonment_rate_over_baseline: plan
            .paired(cells, n, plan.baseline, |f| f.abandonment_rate),
    });
    let document = Document {
        scenario: &plan.scenario,
        seed: plan.seed,
        abandonment_limit: limit,
        results: results.collect(),
        recommendation: recommend(plan, cells, &summaries, limit),
    };
    // Text, numbers and finite floats always have JSON.
    serde_json::to_string(&document).unwrap_or_default()
}

/// The results as a table, with what to make of them.
#[must_use]
pub fn table(plan: &Plan, cells: &[Cell], limit: f64) -> String {
    let summaries = plan.summaries(cells, limit);
    let scenario = &plan.scenario;
    let mut text = format!(
        "{}: {}\n{} h, up to {} agent{}, {}, seed {}\n\n",
        scenario.name,
        scenario.description,
        scenario.hours,
        scenario.agents_max(),
        if scenario.agents_max() == 1 { "" } else { "s" },
        match plan.replications {
            1 => "1 replication, which says nothing of its error".to_owned(),
            n => format!("{n} replications"),
        },
        plan.seed
    );
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(
        plan.points
            .iter()
            .zip(&summaries)
            .map(|(point, summary)| table_row(point, summary)),
    );
    text.push_str(&table::aligned(&rows));
    text.push_str(
        "\nmean ± half-width of the 95 % confidence interval; abandonment is of live answers\n",
    );
    if (2..=BARS_MAX).contains(&plan.points.len()) {
        add_bars(&mut text, plan, &summaries, limit);
    }
    if let Some(recommendation) = recommend(plan, cells, &summaries, limit) {
        add(&mut text, format_args!("\n{recommendation}\n"));
    }
    text
}

/// A bar for each point: connects per agent-hour, and whether abandonment may be over the limit.
fn add_bars(text: &mut String, plan: &Plan, summaries: &[Summary], limit: f64) {
    let highest = summaries
        .iter()
        .map(|s| s.connects_per_agent_hour.mean)
        .fold(0.0, f64::max);
    let names: Vec<String> = plan.points.iter().map(Point::to_string).collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    text.push_str("\nconnects per agent-hour\n");
    for (name, summary) in names.iter().zip(summaries) {
        let connects = summary.connects_per_agent_hour.mean;
        let mut bar = String::new();
        let mut drawn = 0.5;
        while drawn <= connects / highest.max(1e-9) * BAR_WIDTH {
            bar.push('█');
            drawn += 1.0;
        }
        let over = if summary.abandonment_rate.upper() >= limit {
            "  abandonment may be over the limit"
        } else {
            ""
        };
        add(
            text,
            format_args!("{name:<width$}  {bar} {connects:.2}{over}\n"),
        );
    }
}

/// The results as CSV, one line per point.
#[must_use]
pub fn csv(plan: &Plan, cells: &[Cell], limit: f64) -> String {
    let summaries = plan.summaries(cells, limit);
    let mut text = String::from("policy,slaThreshold,toleranceMargin,replications");
    for (name, _) in figures(summaries.first()) {
        add(&mut text, format_args!(",{name},{name}HalfWidth"));
    }
    text.push_str(",aboveLimit,callsDialed\n");
    for (point, summary) in plan.points.iter().zip(&summaries) {
        add(
            &mut text,
            format_args!(
                "{},{},{},{}",
                point.policy, point.sla_threshold, point.tolerance_margin, plan.replications
            ),
        );
        for (_, estimate) in figures(Some(summary)) {
            add(
                &mut text,
                format_args!(",{},{}", estimate.mean, estimate.half_width),
            );
        }
        add(
            &mut text,
            format_args!(",{},{}\n", summary.above_limit, summary.calls_dialed),
        );
    }
    text
}

/// One replication, one row per interval, in the columns that backtest reads; an interval whose
/// poll failed has no metrics. Time counts from 1970. With `is_fed` they have what the campaign API
/// does not tell.
#[must_use]
pub fn trace(rows: &[TraceRow], campaign_id: &str, is_fed: bool) -> String {
    let mut text = String::from(
        "timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,dialRate",
    );
    text.push_str(if is_fed {
        ",totalCallsAbandoned,loggedInAgents\n"
    } else {
        "\n"
    });
    let campaign: String = campaign_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    for row in rows {
        add(&mut text, format_args!("{},{campaign}", rfc3339(row.at)));
        match row.shown {
            Some(shown) => {
                let rate = shown.answer_rate().map(|rate| rate.value().to_string());
                let (ended, answered, idle) = (shown.ended, shown.answered, shown.idle);
                let rate = rate.unwrap_or_default();
                add(&mut text, format_args!(",{ended},{answered},{rate},{idle}"));
            }
            None => text.push_str(",,,,"),
        }
        add(&mut text, format_args!(",{}", row.dial_rate));
        match row.shown.filter(|_| is_fed) {
            Some(shown) => {
                let (abandoned, logged_in) = (shown.abandoned, shown.logged_in);
                add(&mut text, format_args!(",{abandoned},{logged_in}"));
            }
            None if is_fed => text.push_str(",,"),
            None => {}
        }
        text.push('\n');
    }
    text
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

/// Characters of the longest bar.
const BAR_WIDTH: f64 = 40.0;
/// More points than this are better looked at in the report.
const BARS_MAX: usize = 20;

const HEADINGS: [&str; 10] = [
    "policy",
    "SLA",
    "±",
    "occupancy %",
    "abandoned %",
    "worst ½ h %",
    "connects/agent-h",
    "dial rate",
    "PATCHes/h",
    "outside band %",
];

fn table_row(point: &Point, summary: &Summary) -> [String; 10] {
    let percent = |estimate: Estimate| {
        format!(
            "{:.1} ± {:.1}",
            estimate.mean * 100.0,
            estimate.half_width * 100.0
        )
    };
    let plain = |estimate: Estimate| format!("{:.1} ± {:.1}", estimate.mean, estimate.half_width);
    let abandonment = summary.abandonment_rate;
    [
        point.policy.clone(),
        point.sla_threshold.to_string(),
        point.tolerance_margin.to_string(),
        percent(summary.occupancy),
        format!(
            "{:.2} ± {:.2}",
            abandonment.mean * 100.0,
            abandonment.half_width * 100.0
        ),
        percent(summary.worst_half_hour_abandonment),
        format!(
            "{:.2} ± {:.2}",
            summary.connects_per_agent_hour.mean, summary.connects_per_agent_hour.half_width
        ),
        plain(summary.dial_rate),
        plain(summary.patches_per_hour),
        percent(summary.outside_sla_band),
    ]
}

fn figures(summary: Option<&Summary>) -> Vec<(&'static str, Estimate)> {
    let Some(s) = summary else {
        return Vec::new();
    };
    vec![
        ("occupancy", s.occupancy),
        ("abandonmentRate", s.abandonment_rate),
        ("connectsPerAgentHour", s.connects_per_agent_hour),
        ("idleWaitSecs", s.idle_wait_secs),
        ("dialRate", s.dial_rate),
        ("rateChangesPerHour", s.rate_changes_per_hour),
        ("patchesPerHour", s.patches_per_hour),
        ("exportsPerHour", s.exports_per_hour),
        ("outsideSlaBand", s.outside_sla_band),
        ("worstHalfHourAbandonment", s.worst_half_hour_abandonment),
    ]
}

fn add(text: &mut String, arguments: std::fmt::Arguments) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(arguments);
}
