//! The results as one HTML page: the answer first, then what it rests on.

use super::answer::answers;
use super::bands::band_hint;
use super::beside_today::beside_today;
use super::comparison::{Comparison, ReportData};
use super::heat_map::heat_maps;
use super::over_time::over_time;
use super::settings_table::settings_table;
use super::trade_off::trade_off;
use crate::report::chart::{add, escape};
use crate::report::page;

/// The results as one HTML page.
#[must_use]
pub fn page(data: &ReportData) -> String {
    let comparison = Comparison::of(data.results, data.limit, data.given);
    let scenario = &comparison.results.scenario;
    let mut html = page::head(&scenario.name);
    add(
        &mut html,
        format_args!("<p>{}</p>\n", escape(&scenario.description)),
    );
    html.push_str(&answers(&comparison));
    if let Some(hint) = band_hint(&comparison) {
        add(
            &mut html,
            format_args!("<p class=\"note\">{}</p>\n", escape(&hint)),
        );
    }
    for sentence in data.other_policies {
        add(
            &mut html,
            format_args!("<p class=\"note\">{}</p>\n", escape(sentence)),
        );
    }
    html.push_str(&beside_today(&comparison));
    html.push_str(&over_time(&comparison, data.drawn));
    html.push_str(&trade_off(&comparison));
    html.push_str(&heat_maps(&comparison));
    html.push_str(&settings_table(&comparison));
    add(
        &mut html,
        format_args!("<h2>The law</h2>\n<p class=\"note\">{LAW}</p>\n"),
    );
    let policies = data.results.variants.iter();
    let policies: Vec<&str> = policies.map(|variant| variant.policy.as_str()).collect();
    let end = page::end(&html, &TERMS, &policies, data.made_by);
    html + &end
}

/// The law on abandonment.
const LAW: &str = "USA (FTC TSR 310.4(b)(4), FCC 64.1200(a)(7)): at most 3 % of the calls answered by a live person may be abandoned, per campaign, over each 30 days; abandoned means no agent within 2 s of the completed greeting, after ringing at least 15 s or 4 times. UK: since March 2017 there is no safe harbour. The denominator is live answers; machines and no-answers are out.";

/// The words that the page explains.
const TERMS: [&str; 15] = [
    "Abandoned call",
    "Answer rate",
    "Band",
    "Busy (occupancy)",
    "By chance",
    "Change sent (PATCH)",
    "Conversation",
    "Dial rate",
    "Dial ratio",
    "Policy",
    "Reference",
    "Run (replication)",
    "Told more",
    "Worst half hour",
    "Worst time of day",
];
