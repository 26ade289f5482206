//! The results as one HTML page: no script, nothing loaded, light and dark, printable.

use super::comparison::Comparison;
use super::frontier::frontier;
use super::heat_map::heat_maps;
use super::replication::panels;
use super::table::table;
use crate::pacing::Unit;
use crate::report::chart::{add, escape};
use crate::report::page;
use crate::sim::{Results, Snapshot, recommend};

/// The results as one HTML page. `snapshots` are those of the first variant's first replication, with
/// the unit of its lever; none of a reference dialer.
#[must_use]
pub fn page(results: &Results, limit: f64, unit: Unit, snapshots: &[Snapshot]) -> String {
    let summaries = results.summaries(limit);
    let recommendations = recommend(results, &summaries, limit);
    let mut page = page::head(&results.scenario.name);
    add(
        &mut page,
        format_args!("<p>{}</p>\n", escape(&results.scenario.description)),
    );
    for recommendation in &recommendations {
        let text = escape(&recommendation.to_string()).replace('\n', "<br>");
        add(&mut page, format_args!("<p class=\"advice\">{text}</p>\n"));
    }
    let comparison = Comparison {
        results,
        summaries: &summaries,
        limit,
        choices: recommendations
            .into_iter()
            .filter_map(|recommendation| recommendation.choice)
            .collect(),
    };
    page.push_str(&heat_maps(&comparison));
    page.push_str(&frontier(&comparison));
    page.push_str(&panels(results, limit, unit, snapshots));
    let table = escape(&table(results, limit));
    add(
        &mut page,
        format_args!(
            "<h2>Figures</h2>\n<pre>{table}</pre>\n<p class=\"note\">{LAW}</p>\n</body></html>\n"
        ),
    );
    page
}

/// The law on abandonment.
const LAW: &str = "USA (FTC TSR 310.4(b)(4), FCC 64.1200(a)(7)): at most 3 % of the calls answered by a live person may be abandoned, per campaign, over each 30 days; abandoned means no agent within 2 s of the completed greeting, after ringing at least 15 s or 4 times. UK: since March 2017 there is no safe harbour. The denominator is live answers; machines and no-answers are out.";
