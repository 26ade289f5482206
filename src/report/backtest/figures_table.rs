//! The figures of each setting and of each campaign.

use super::results::BacktestResults;
use crate::pacing::Unit;
use crate::replay::ReplayTotals;
use crate::report::counts::count;
use crate::report::html_table::{Cell, HtmlTable, Row};

/// The figures of each setting, over all campaigns.
pub(super) fn settings_table(results: &BacktestResults) -> String {
    let pacers = results.replay.pacers().iter().enumerate();
    let rows = pacers.map(|(n, pacer)| {
        let name = results.setting_in_words(n, pacer);
        row(&name, &results.replay.total(n), results.unit())
    });
    table(
        "settings",
        "All settings",
        "setting",
        rows.collect(),
        results,
    )
}

/// The figures of each campaign under the first setting; empty for one campaign.
pub(super) fn campaigns_table(results: &BacktestResults) -> String {
    let campaigns = results.replay.campaigns();
    if campaigns.len() < 2 {
        return String::new();
    }
    let rows = campaigns
        .iter()
        .filter_map(|campaign| Some(row(&campaign.id, campaign.totals.first()?, results.unit())));
    table(
        "campaigns",
        "All campaigns",
        "campaign",
        rows.collect(),
        results,
    )
}

fn table(
    id: &str,
    heading: &str,
    first: &str,
    rows: Vec<Row>,
    results: &BacktestResults,
) -> String {
    let lever = match results.unit() {
        Unit::CallsPerMinute => "rate",
        Unit::CallsPerAgent => "ratio",
    };
    let headings = [
        first.to_owned(),
        format!("mean {lever}"),
        format!("mean {lever}, history"),
        "mean difference".to_owned(),
        "same in polls, %".to_owned(),
        "changes per hour".to_owned(),
        "per hour, history".to_owned(),
        "changes sent".to_owned(),
        "polls outside band, %".to_owned(),
    ];
    let table = HtmlTable {
        id,
        caption: "What would have been decided, beside history",
        headings: headings.to_vec(),
        rows,
        is_sortable: true,
    };
    format!("<h2>{heading}</h2>\n{}", table.html())
}

fn row(name: &str, totals: &ReplayTotals, unit: Unit) -> Row {
    let number = |value: Option<f64>, decimals: usize| {
        value.map_or_else(
            || Cell::text("–"),
            |value| Cell::number(&format!("{value:.decimals$}"), value),
        )
    };
    let lever = |steps: Option<f64>| match unit {
        Unit::CallsPerMinute => number(steps, 1),
        Unit::CallsPerAgent => number(steps.map(|steps| unit.of_steps(steps)), 2),
    };
    let percent = |share: Option<f64>| number(share.map(|share| share * 100.0), 1);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let sent = Cell::number(&count(totals.adjustments), totals.adjustments as f64);
    Row {
        cells: vec![
            Cell::text(name),
            lever(totals.dial_rate_mean()),
            lever(totals.history_rate_mean()),
            lever(totals.difference_mean()),
            percent(totals.equal_share()),
            number(totals.rate_changes_per_hour(), 1),
            number(totals.history_changes_per_hour(), 1),
            sent,
            percent(totals.outside_band_share()),
        ],
        ..Row::default()
    }
}
