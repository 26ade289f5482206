//! Every setting that was tried, as a table that a reader may sort.

use super::comparison::{Comparison, runs_on, setting};
use crate::report::chart::escape;
use crate::report::html_table::{Cell, HtmlTable, Row};
use crate::sim::{Estimate, Summary, VariantResults};

/// The table.
pub(super) fn settings_table(comparison: &Comparison) -> String {
    let more = format!("more than {}", comparison.today());
    let headings = [
        "setting",
        "runs on",
        "conversations per agent-hour",
        more.as_str(),
        "agents busy, %",
        "hear nobody, of 100",
        "worst half hour, of 100",
        "dial rate, per minute",
        "dial ratio",
        "changes sent per hour",
        "polls outside band, %",
    ];
    let rows = comparison
        .variants()
        .map(|(n, variant, summary)| row(comparison, n, variant, summary));
    let table = HtmlTable {
        id: "settings",
        caption: "Means over the runs, ± half of the 95 % confidence interval",
        headings: headings.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        is_sortable: true,
    };
    format!("<h2>All settings</h2>\n{}", table.html())
}

fn row(comparison: &Comparison, number: usize, variant: &VariantResults, summary: &Summary) -> Row {
    let name = escape(&setting(variant));
    let name = match comparison.role(number) {
        Some(role) => format!("{name} <b>{}</b>", escape(&role)),
        None => name,
    };
    let over = comparison.over_today(number, |f| f.connects_per_agent_hour);
    let over = if number == comparison.results.baseline {
        Cell::text("–")
    } else {
        number_cell(over, 1.0, 2)
    };
    let outside = if variant.standing.has_band() {
        number_cell(summary.outside_sla_band, 100.0, 1)
    } else {
        Cell::text("–")
    };
    Row {
        id: String::new(),
        class: if comparison.is_choice(number) {
            "best"
        } else {
            ""
        },
        cells: vec![
            Cell::html(name),
            Cell::text(runs_on(variant.standing)),
            number_cell(summary.connects_per_agent_hour, 1.0, 2),
            over,
            number_cell(summary.occupancy, 100.0, 1),
            number_cell(summary.abandonment_rate, 100.0, 2),
            number_cell(summary.worst_half_hour_abandonment, 100.0, 1),
            lever(summary.dial_rate, 1),
            lever(summary.ratio, 2),
            number_cell(summary.patches_per_hour, 1.0, 1),
            outside,
        ],
    }
}

/// A dialer has one lever, or none.
fn lever(estimate: Estimate, decimals: usize) -> Cell {
    if estimate.mean > 0.0 {
        return number_cell(estimate, 1.0, decimals);
    }
    Cell::text("–")
}

fn number_cell(estimate: Estimate, factor: f64, decimals: usize) -> Cell {
    let (mean, half) = (estimate.mean * factor, estimate.half_width * factor);
    Cell::number(&format!("{mean:.decimals$} ± {half:.decimals$}"), mean)
}
