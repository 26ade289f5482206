//! The results as one HTML page, in the style of `simulate`'s.

use super::rates_chart::rates_chart;
use super::results::BacktestResults;
use super::table::table;
use super::week_charts::{day_charts, heat_map};
use crate::replay::ChartData;
use crate::report::chart::{add, escape};
use crate::report::counts::count_of;
use crate::report::page;

/// The whole page. Its charts are of the first pacer.
#[must_use]
pub fn html(results: &BacktestResults, data: &ChartData) -> String {
    let replay = results.replay;
    let mut html = page::head(results.source);
    let Some(pacer) = replay.pacers().first() else {
        return html;
    };
    let of_first = match replay.pacers() {
        [_] => "",
        _ => " The charts show the first policy and band only.",
    };
    add(
        &mut html,
        format_args!(
            "<p class=\"advice\">{}. What would have been decided, not what would have happened: the metrics in the file followed from the dial rates of that time, and outcomes are not predicted.{of_first} Times are UTC, hours of the day are those of {}.</p>\n",
            escape(&results.setting(0, pacer)),
            escape(results.zone_name)
        ),
    );
    for (campaign, rates) in replay.campaigns().iter().zip(data.rates()) {
        html.push_str(&rates_chart(campaign, rates, results.unit()));
    }
    let not_drawn = replay.campaigns().len().saturating_sub(data.rates().len());
    if not_drawn > 0 {
        add(
            &mut html,
            format_args!(
                "<p class=\"note\">No chart of {}; the figures below include them.</p>\n",
                count_of(not_drawn as u64, "more campaign")
            ),
        );
    }
    html.push_str(&heat_map(data.week(), pacer.limits(), results.zone_name));
    html.push_str(&day_charts(data.week(), results.zone_name));
    add(
        &mut html,
        format_args!(
            "<h2>Figures and largest differences</h2>\n<pre>{}</pre>\n</body></html>\n",
            escape(&table(results))
        ),
    );
    html
}
