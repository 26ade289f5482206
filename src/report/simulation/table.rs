//! The results as a table for a terminal.

use super::bands::band_hint;
use super::comparison::Comparison;
use super::recommendation;
use crate::base::swept;
use crate::base::visible;
use crate::pacing::Ratio;
use crate::report::chart::add;
use crate::report::table::aligned;
use crate::sim::{Estimate, Results, Standing, Summary, VariantResults};

/// The results as a table, with bars where they fit, and the recommendation. `given` has the settings
/// that were given for all variants, by key.
#[must_use]
pub fn table(results: &Results, limit: f64, given: &[(String, String)]) -> String {
    let comparison = Comparison::of(results, limit, given);
    let summaries = &comparison.summaries;
    let mut text = heading(results);
    let variants = results.variants.iter().zip(summaries);
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    rows.extend(variants.map(|(variant, summary)| row(variant, summary).to_vec()));
    if summaries.iter().all(|summary| summary.ratio.mean <= 0.0) {
        for row in &mut rows {
            row.remove(RATIO_COLUMN);
        }
    }
    text.push_str(&aligned(&rows));
    text.push_str(COLUMNS);
    add_marks(&mut text, results);
    if let Some(hint) = band_hint(&comparison) {
        add(&mut text, format_args!("\n{hint}\n"));
    }
    if (2..=BARS_MAX).contains(&results.variants.len()) {
        add_bars(&mut text, results, summaries, limit);
    }
    for (recommendation, number) in &comparison.recommendations {
        let words = recommendation::in_words(&comparison, recommendation, *number);
        add(&mut text, format_args!("\n{words}\n"));
    }
    text
}

fn heading(results: &Results) -> String {
    let scenario = &results.scenario;
    format!(
        "{}: {}\n{} h, up to {} agent{}, {}, seed {}\n\n",
        visible::line(&scenario.name),
        visible::line(&scenario.description),
        scenario.hours,
        scenario.agents_max(),
        if scenario.agents_max() == 1 { "" } else { "s" },
        match results.replications {
            1 => "1 simulated run (replication), so no confidence interval".to_owned(),
            n => format!("{n} simulated runs (replications)"),
        },
        results.seed
    )
}

fn row(variant: &VariantResults, summary: &Summary) -> [String; 11] {
    let plain = |estimate: Estimate, decimals: usize| {
        let (mean, half_width) = (estimate.mean, estimate.half_width);
        format!("{mean:.decimals$} ± {half_width:.decimals$}")
    };
    // A dialer has one lever, or none.
    let lever = |estimate: Estimate, decimals: usize| match estimate.mean {
        mean if mean > 0.0 => plain(estimate, decimals),
        _ => "-".to_owned(),
    };
    let percent = |estimate: Estimate, decimals: usize| {
        let (mean, half_width) = (estimate.mean * 100.0, estimate.half_width * 100.0);
        format!("{mean:.decimals$} ± {half_width:.decimals$}")
    };
    let band = |share: Ratio| {
        let share = variant.standing.has_band().then(|| share.value());
        share.map_or("-".to_owned(), |share| share.to_string())
    };
    [
        format!(
            "{}{}{}",
            variant.policy,
            swept::words(&variant.swept),
            mark(variant.standing)
        ),
        band(variant.band.sla_threshold),
        band(variant.band.tolerance_margin),
        percent(summary.occupancy, 1),
        percent(summary.abandonment_rate, 2),
        percent(summary.worst_half_hour_abandonment, 1),
        plain(summary.connects_per_agent_hour, 2),
        lever(summary.dial_rate, 1),
        lever(summary.ratio, 2),
        plain(summary.patches_per_hour, 1),
        percent(summary.outside_sla_band, 1),
    ]
}

/// The mark of a policy that cannot be run as it was simulated.
fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::RunsOn(_) => "",
        Standing::ToldMore => " †",
        Standing::Reference => " *",
    }
}

/// What the marks mean.
fn add_marks(text: &mut String, results: &Results) {
    let has = |standing| results.variants.iter().any(|v| v.standing == standing);
    if has(Standing::Reference) {
        text.push_str("* reference: decides at every call; in simulate only\n");
    }
    if results.variants.iter().any(VariantResults::is_front_loaded) {
        text.push_str("front-loaded: --front-load on; in watch and simulate only\n");
    }
    if has(Standing::ToldMore) {
        text.push_str("† told of staffed agents and abandoned calls, which the campaign API does not tell; predictive-without-feed is what tick can do there\n");
    }
}

/// A bar for each variant: its connects per agent-hour, with a note where its abandonment rate may be
/// over the limit.
fn add_bars(text: &mut String, results: &Results, summaries: &[Summary], limit: f64) {
    let connects = |summary: &Summary| summary.connects_per_agent_hour.mean;
    let highest = summaries.iter().map(connects).fold(0.0, f64::max);
    let names: Vec<String> = results.variants.iter().map(ToString::to_string).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0);
    text.push_str("\nconnects per agent-hour\n");
    for (name, summary) in names.iter().zip(summaries) {
        let connects = connects(summary);
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

/// Characters of the longest bar.
const BAR_WIDTH: f64 = 40.0;
/// Variants that are shown as bars; more are easier to compare in the HTML report.
const BARS_MAX: usize = 20;

/// The column of the dial ratio, which is left out where no dialer has one.
const RATIO_COLUMN: usize = 8;

/// What the columns mean that do not say it.
const COLUMNS: &str = "\nmean ± half-width of the 95 % confidence interval; threshold ±: the answer rate expected, and the tolerance\nbusy: staffed time in calls and wrap-up (occupancy); abandoned: of live answers; sent: rates sent, changed or not\n";

const HEADINGS: [&str; 11] = [
    "policy",
    "threshold",
    "±",
    "busy %",
    "abandoned %",
    "worst ½ h %",
    "connects/agent-h",
    "dial rate",
    "ratio",
    "sent/h",
    "outside band %",
];
