//! The results as one HTML page: the answer first, then where decisions and history differ.

use super::differences_table::{Marked, differences_table};
use super::figures_table::{campaigns_table, settings_table};
use super::rates_chart::RatesChart;
use super::results::BacktestResults;
use super::table::bad_rows;
use super::week_charts::{day_charts, week_table};
use crate::base::units::UnixMillis;
use crate::pacing::{Pacer, Unit};
use crate::replay::ChartData;
use crate::report::chart::{add, escape, tidy};
use crate::report::clock_axis;
use crate::report::counts::count_of;
use crate::report::page;

/// The whole page. Its charts are of the first pacer.
#[must_use]
pub fn html(results: &BacktestResults, data: &ChartData) -> String {
    let replay = results.replay;
    let mut html = page::head(&format!("Backtest of {}", name(results.source)));
    let Some(pacer) = replay.pacers().first() else {
        return html + &page::end("", &[], &[], results.made_by);
    };
    html.push_str(&answer(results, pacer, data));
    let marked = Marked::all(results);
    html.push_str(&rates(results, data, &marked));
    html.push_str(&differences_table(results, data, &marked));
    html.push_str(&week_table(data.week(), pacer.limits(), results.zone_name));
    html.push_str(&day_charts(data.week(), results.zone_name));
    html.push_str(&settings_table(results));
    html.push_str(&campaigns_table(results));
    html.push_str(&notes(results));
    let policies = replay.pacers().iter();
    let policies: Vec<&str> = policies.map(|pacer| pacer.policy().name()).collect();
    let end = page::end(&html, &TERMS, &policies, results.made_by);
    html + &end
}

/// The file without its folders.
fn name(source: &str) -> &str {
    match source.rsplit(['/', '\\']).next() {
        Some("" | "-") | None => source,
        Some(name) => name,
    }
}

/// What would have been decided, beside what was.
fn answer(results: &BacktestResults, pacer: &Pacer, data: &ChartData) -> String {
    let (replay, unit) = (results.replay, results.unit());
    let campaigns = replay.campaigns();
    let totals = replay.total(0);
    let words =
        |at: Option<_>| at.map_or(String::new(), |at| clock_axis::words(data.local_millis(at)));
    let from = words(campaigns.iter().map(|campaign| campaign.first_at).min());
    let to = words(campaigns.iter().map(|campaign| campaign.last_at).max());
    let lever = |steps: Option<f64>| {
        let value = steps.map_or(0.0, |steps| unit.of_steps(steps));
        match unit {
            Unit::CallsPerMinute => format!("{value:.1}"),
            Unit::CallsPerAgent => format!("{value:.2}"),
        }
    };
    let rate = |value: Option<f64>| value.map_or("0".to_owned(), |value| format!("{value:.1}"));
    let decided = lever(totals.dial_rate_mean());
    let changes = rate(totals.rate_changes_per_hour());
    let sentences = match totals.history_rate_mean() {
        Some(history) => format!(
            "This setting would have asked for {decided} {unit} on average where {} were set, and for the same in {} of 100 polls. It would have changed them {changes} times an hour instead of {}.",
            lever(Some(history)),
            rate(totals.equal_share().map(|share| share * 100.0)),
            rate(totals.history_changes_per_hour())
        ),
        None => format!(
            "This setting would have asked for {decided} {unit} on average, and changed them {changes} times an hour. The file does not say what was set, so there is nothing to compare with."
        ),
    };
    let hint = results.band_hint().map_or(String::new(), |hint| {
        format!("<p class=\"note\">{}</p>\n", escape(&hint.to_string()))
    });
    let warning = replay.sparse_rows().map_or(String::new(), |sparse| {
        format!("<p><b>{}</b></p>", escape(&sparse.to_string()))
    });
    let of_first = match replay.pacers() {
        [_] => "",
        _ => {
            " Sentences and pictures are of the first setting; the table of all settings is below."
        }
    };
    format!(
        "<p>{}, {from} to {to} ({}).</p>\n<div class=\"answer\">{warning}<p>{sentences}</p><p class=\"note\">The setting: {}.{of_first} This is what would have been decided, not what would have happened: the figures in the file followed from the calls of that time, and outcomes are not predicted.</p></div>\n{hint}",
        escape(&format!(
            "{}: {} of {}",
            results.source,
            count_of(replay.rows(), "row"),
            count_of(campaigns.len() as u64, "campaign")
        )),
        escape(results.zone_name),
        escape(&results.setting_in_words(0, pacer))
    )
}

/// The dial rates of each campaign, one large picture or several small ones.
fn rates(results: &BacktestResults, data: &ChartData, marked: &[Marked]) -> String {
    let campaigns = results.replay.campaigns();
    let heading = match results.unit() {
        Unit::CallsPerMinute => "Dial rate over time",
        Unit::CallsPerAgent => "Dial ratio over time",
    };
    let mut html = format!("<h2>{heading}</h2>\n<ul class=\"legend\">");
    html.push_str("<li><span class=\"key best\"></span>what would have been decided</li>");
    if data
        .rates()
        .iter()
        .any(|it| !it.history.buckets().is_empty())
    {
        html.push_str("<li><span class=\"key past\"></span>history</li>");
    }
    if !marked.is_empty() {
        html.push_str("<li><span class=\"key mark\"></span>with a number: where they differ most, listed below</li>");
    }
    html.push_str("</ul>\n<div class=\"pictures\">\n");
    for (number, (campaign, rates)) in campaigns.iter().zip(data.rates()).enumerate() {
        let chart = RatesChart {
            number,
            campaign,
            rates,
            unit: results.unit(),
            is_alone: campaigns.len() == 1,
            clock: &|at| data.local_millis(UnixMillis(at)),
            marked,
        };
        html.push_str(&chart.html());
    }
    html.push_str("</div>\n");
    let not_drawn = campaigns.len().saturating_sub(data.rates().len());
    if not_drawn > 0 {
        add(
            &mut html,
            format_args!(
                "<p class=\"note\">No picture of {}; the figures below include them.</p>\n",
                count_of(not_drawn as u64, "more campaign")
            ),
        );
    }
    html
}

/// What the figures leave out or round.
fn notes(results: &BacktestResults) -> String {
    let mut html = String::new();
    if results.means > 0 {
        add(
            &mut html,
            format_args!(
                "<p class=\"note\">In {}, the file has a mean of available agents over the window instead of a count; there, the window was filled with whole agents whose mean is as close to it as its samples allow.</p>\n",
                count_of(results.means, "row")
            ),
        );
    }
    let failed = results.replay.failed_polls();
    if failed > 0 {
        add(
            &mut html,
            format_args!(
                "<p class=\"note\">{} failed, {} of 100.</p>\n",
                count_of(failed, "poll"),
                tidy(share_of_100(failed, results.replay.rows()))
            ),
        );
    }
    let bad = bad_rows(results);
    if !bad.is_empty() {
        add(
            &mut html,
            format_args!(
                "<h2>Rows left out</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rows left out\"><pre>{}</pre></div>\n",
                escape(bad.trim())
            ),
        );
    }
    html
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn share_of_100(part: u64, whole: u64) -> f64 {
    (part as f64 / whole.max(1) as f64 * 1_000.0).round() / 10.0
}

/// The words that the page explains.
const TERMS: [&str; 6] = [
    "Answer rate",
    "Band",
    "Change sent (PATCH)",
    "Dial rate",
    "Dial ratio",
    "Policy",
];
