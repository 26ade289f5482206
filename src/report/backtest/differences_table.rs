//! Where decisions and history differ most, each with its place in a picture.

use super::results::BacktestResults;
use crate::pacing::Unit;
use crate::replay::{ChartData, Difference};
use crate::report::chart::{escape, tidy};
use crate::report::clock_axis;
use crate::report::html_table::{Cell, HtmlTable, Row};

/// A difference with its number on the page.
pub(super) struct Marked {
    /// From 1, the largest first.
    pub(super) number: usize,
    pub(super) campaign: String,
    pub(super) difference: Difference,
}

impl Marked {
    /// The largest differences of the first pacer.
    pub(super) fn all(results: &BacktestResults) -> Vec<Self> {
        let largest = results.replay.largest_differences(0).into_iter();
        let marked = (1..)
            .zip(largest)
            .map(|(number, (campaign, difference))| Self {
                number,
                campaign: campaign.to_owned(),
                difference,
            });
        marked.collect()
    }

    /// The id of its mark in a picture.
    pub(super) fn id(&self) -> String {
        format!("difference-{}", self.number)
    }
}

/// The table, or a sentence where there is nothing in it.
pub(super) fn differences_table(
    results: &BacktestResults,
    data: &ChartData,
    marked: &[Marked],
) -> String {
    let heading = "<h2>Where they differ most</h2>\n";
    if marked.is_empty() {
        return match results.replay.total(0).compared {
            0 => String::new(),
            _ => format!("{heading}<p>Nowhere: all that was decided equals the file.</p>\n"),
        };
    }
    let campaigns = results.replay.campaigns();
    let drawn = campaigns.iter().take(data.rates().len());
    let drawn: Vec<&str> = drawn.map(|campaign| &*campaign.id).collect();
    let has_names = campaigns.len() > 1;
    let lever = match results.unit() {
        Unit::CallsPerMinute => "calls per minute",
        Unit::CallsPerAgent => "calls per agent",
    };
    let mut headings = vec!["place and time".to_owned()];
    headings.extend(has_names.then(|| "campaign".to_owned()));
    headings.extend(["decided", "history", "difference", "line of the file"].map(str::to_owned));
    let row = |it: &Marked| {
        let Difference {
            at,
            line,
            decided,
            history,
        } = it.difference;
        let value = |steps: u32| results.unit().of_steps(f64::from(steps));
        let time = clock_axis::words(data.local_millis(at));
        let place = if drawn.contains(&it.campaign.as_str()) {
            format!("<a href=\"#{}\">{}: {time}</a>", it.id(), it.number)
        } else {
            format!("{}: {time}", it.number)
        };
        let mut cells = vec![Cell::html(place)];
        cells.extend(has_names.then(|| Cell::html(escape(&it.campaign))));
        cells.extend([
            Cell::text(&tidy(value(decided))),
            Cell::text(&tidy(value(history))),
            Cell::text(&signed(value(decided) - value(history))),
            Cell::text(&line.to_string()),
        ]);
        Row {
            cells,
            ..Row::default()
        }
    };
    let table = HtmlTable {
        id: "differences",
        caption: &format!(
            "Largest differences from history, at most one for each hour, in {lever}. A place leads to its mark in the picture."
        ),
        headings,
        rows: marked.iter().map(row).collect(),
        is_sortable: false,
    };
    format!("{heading}{}", table.html())
}

fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", tidy(value))
}
