//! The recommended settings beside today's, figure by figure.

use super::comparison::{Comparison, of_100};
use crate::report::chart::tidy;
use crate::report::html_table::{Cell, HtmlTable, Row};
use crate::sim::{BaselineIs, Figures};

/// A table with a row for each figure.
pub(super) fn beside_today(comparison: &Comparison) -> String {
    let mut choices = comparison.choices();
    choices.retain(|(number, _)| *number != comparison.results.baseline);
    let today = comparison.role(comparison.results.baseline);
    let mut headings = vec!["figure".to_owned(), today.unwrap_or_default()];
    for (_, platform) in &choices {
        headings.push(match choices.len() {
            1 => "recommended".to_owned(),
            _ => format!("recommended for {platform}"),
        });
        headings.push("difference".to_owned());
    }
    let numbers: Vec<usize> = choices.into_iter().map(|(number, _)| number).collect();
    let mut rows: Vec<Row> = FACTS
        .iter()
        .map(|fact| fact.row(comparison, &numbers))
        .collect();
    rows.insert(4, margin(comparison, &numbers));
    let table = HtmlTable {
        id: "beside",
        caption: if numbers.is_empty() {
            "Means over the runs"
        } else {
            "± is half of the 95 % confidence interval of the difference."
        },
        headings,
        rows,
        is_sortable: false,
    };
    let heading = if numbers.is_empty() {
        "In figures"
    } else {
        match comparison.results.baseline_is {
            BaselineIs::InForce => "Today and recommended",
            BaselineIs::Defaults => "The defaults and recommended",
            BaselineIs::Other => "Baseline and recommended",
        }
    };
    format!("<h2>{heading}</h2>\n{}", table.html())
}

/// How far abandonment stays below the limit.
fn margin(comparison: &Comparison, numbers: &[usize]) -> Row {
    let limit = comparison.limit;
    let of = |number: usize| {
        let summary = comparison.summaries.get(number);
        let rate = summary.map_or(0.0, |summary| summary.abandonment_rate.mean);
        Cell::text(&if rate > limit {
            format!("{} over", of_100(rate - limit))
        } else {
            format!("{} below", of_100(limit - rate))
        })
    };
    let what = format!("room to the limit of {} of 100", tidy(limit * 100.0));
    let mut cells = vec![Cell::text(&what), of(comparison.results.baseline)];
    for number in numbers {
        cells.extend([of(*number), Cell::text("")]);
    }
    Row {
        cells,
        ..Row::default()
    }
}

/// A figure of the comparison.
struct Fact {
    what: &'static str,
    figure: fn(&Figures) -> f64,
    unit: FactUnit,
}

enum FactUnit {
    /// As it is.
    Plain,
    /// Shown as so many of a hundred.
    Share,
    /// Counted in the whole run, shown for each minute.
    PerMinute,
}

impl Fact {
    fn row(&self, comparison: &Comparison, numbers: &[usize]) -> Row {
        let scenario = &comparison.results.scenario;
        let factor = match self.unit {
            FactUnit::Plain => 1.0,
            FactUnit::Share => 100.0,
            FactUnit::PerMinute => 60.0 / (scenario.hours * 3600.0 - scenario.warm_up_secs),
        };
        let mean = |number: usize| {
            let variant = comparison.results.variants.get(number);
            let mean = variant.map_or(0.0, |variant| variant.estimate(self.figure).mean);
            Cell::text(&format!("{:.1}", mean * factor))
        };
        let mut cells = vec![Cell::text(self.what), mean(comparison.results.baseline)];
        for number in numbers {
            let difference = comparison.over_today(*number, self.figure);
            let (by, half) = (difference.mean * factor, difference.half_width * factor);
            cells.push(mean(*number));
            cells.push(Cell::text(&format!("{by:+.1} ± {half:.1}")));
        }
        Row {
            cells,
            ..Row::default()
        }
    }
}

const FACTS: [Fact; 6] = [
    Fact {
        what: "conversations per agent and hour",
        figure: |f| f.connects_per_agent_hour,
        unit: FactUnit::Plain,
    },
    Fact {
        what: "agents busy, %",
        figure: |f| f.occupancy,
        unit: FactUnit::Share,
    },
    Fact {
        what: "of 100 people who answer, hear nobody",
        figure: |f| f.abandonment_rate,
        unit: FactUnit::Share,
    },
    Fact {
        what: "the same in each run's own worst half hour",
        figure: |f| f.worst_half_hour_abandonment,
        unit: FactUnit::Share,
    },
    Fact {
        what: "calls placed per minute",
        figure: |f| f.calls_dialed,
        unit: FactUnit::PerMinute,
    },
    Fact {
        what: "changes sent to the dialer per hour",
        figure: |f| f.patches_per_hour,
        unit: FactUnit::Plain,
    },
];
