//! The results as tables for a terminal.

use super::results::BacktestResults;
use crate::base::timestamp::rfc3339;
use crate::base::visible;
use crate::pacing::Unit;
use crate::replay::ReplayTotals;
use crate::report::counts::{count, count_of};
use crate::report::table::aligned;

/// The results as tables, with the largest differences and notes on how to read them.
#[must_use]
pub fn table(results: &BacktestResults) -> String {
    let (replay, unit) = (results.replay, results.unit());
    let pacers = replay.pacers().iter().enumerate();
    let of_pacers =
        pacers.map(|(n, pacer)| table_row(results.setting(n, pacer), &replay.total(n), unit));
    let mut text = heading(results);
    if let Some(sparse) = replay.sparse_rows() {
        let line = format!("{sparse}\n\n");
        text.push_str(&line);
    }
    text.push_str(&with_headings("policy", unit, of_pacers));
    let campaigns = replay.campaigns();
    if replay.pacers().len() == 1 && (2..=CAMPAIGNS_MAX).contains(&campaigns.len()) {
        let of_campaigns = campaigns.iter().filter_map(|campaign| {
            let id = visible::line(&campaign.id).into_owned();
            Some(table_row(id, campaign.totals.first()?, unit))
        });
        text.push('\n');
        text.push_str(&with_headings("campaign", unit, of_campaigns));
    }
    text.push_str(COLUMNS);
    if let Some(hint) = results.band_hint() {
        let line = format!("\n{hint}\n");
        text.push_str(&line);
    }
    let outside = replay.total(0).outside_hours;
    if outside > 0 {
        let note = format!(
            "\nOutside calling hours: {} of {}.\n",
            count(outside),
            count_of(replay.rows(), "row")
        );
        text.push_str(&note);
    }
    text.push_str(&largest_differences(results));
    if results.means > 0 {
        let note = format!(
            "\nIn {}, the file has a mean of available agents over the window instead of a count; there, the\nwindow was filled with whole agents whose mean is as close to it as --window samples allow.\n",
            count_of(results.means, "row")
        );
        text.push_str(&note);
    }
    text.push_str(&bad_rows(results));
    text.push_str("\nThis is what would have been decided, not what would have happened: the metrics in the file\nfollowed from the dial rates of that time.\n");
    text
}

/// "history.csv: 20,160 rows of 3 campaigns, from … to …"
fn heading(results: &BacktestResults) -> String {
    let replay = results.replay;
    let campaigns = replay.campaigns();
    let first = campaigns.iter().map(|c| c.first_at).min();
    let last = campaigns.iter().map(|c| c.last_at).max();
    let period = match (first, last) {
        (Some(first), Some(last)) => format!(", {} to {}", rfc3339(first), rfc3339(last)),
        _ => String::new(),
    };
    let failed = match replay.failed_polls() {
        0 => String::new(),
        polls => format!("; {} failed", count_of(polls, "poll")),
    };
    format!(
        "{}: {} of {}{period}{failed}\n\n",
        results.source,
        count_of(replay.rows(), "row"),
        count_of(campaigns.len() as u64, "campaign"),
    )
}

fn with_headings(first: &str, unit: Unit, rows: impl Iterator<Item = Vec<String>>) -> String {
    let rest = HEADINGS.map(|heading| match (unit, heading) {
        (Unit::CallsPerAgent, "mean rate") => "mean ratio",
        (_, heading) => heading,
    });
    let headings = [&[first], &rest[..]].concat();
    let mut all = vec![headings.into_iter().map(str::to_owned).collect()];
    all.extend(rows);
    aligned(&all)
}

fn table_row(name: String, totals: &ReplayTotals, unit: Unit) -> Vec<String> {
    let plain = |value: Option<f64>| value.map_or(ABSENT.to_owned(), |v| format!("{v:.1}"));
    let lever = |steps: Option<f64>| match unit {
        Unit::CallsPerMinute => plain(steps),
        Unit::CallsPerAgent => steps.map_or(ABSENT.to_owned(), |steps| {
            format!("{:.2}", unit.of_steps(steps))
        }),
    };
    let percent = |share: Option<f64>| plain(share.map(|share| share * 100.0));
    vec![
        name,
        count(totals.adjustments),
        count(totals.rate_changes),
        plain(totals.rate_changes_per_hour()),
        lever(totals.dial_rate_mean()),
        percent(totals.outside_band_share()),
        lever(totals.history_rate_mean()),
        plain(totals.history_changes_per_hour()),
        percent(totals.equal_share()),
        lever(totals.difference_mean()),
    ]
}

/// The largest differences between history and the first pacer.
fn largest_differences(results: &BacktestResults) -> String {
    let (replay, unit) = (results.replay, results.unit());
    let levers = match unit {
        Unit::CallsPerMinute => "dial rate",
        Unit::CallsPerAgent => "dial ratio",
    };
    if replay.total(0).compared == 0 {
        return format!("\nThe file has no {levers}s, so there is nothing to compare with.\n");
    }
    let differences = replay.largest_differences(0);
    if differences.is_empty() {
        return format!("\nEvery {levers} decided equals the one in the file.\n");
    }
    let of = match replay.pacers() {
        [first, _, ..] => format!(" ({})", results.setting(0, first)),
        _ => String::new(),
    };
    let value = |steps: u32| unit.of_steps(f64::from(steps));
    let mut text =
        format!("\nLargest differences from history{of}, at most one for each hour, in {unit}:\n");
    for (campaign, difference) in differences {
        let campaign = match campaign {
            "" => String::new(),
            id => format!("  {}", visible::line(id)),
        };
        let line = format!(
            "  {}{campaign}  decided {}, history {} ({:+})  line {}\n",
            rfc3339(difference.at),
            value(difference.decided),
            value(difference.history),
            value(difference.decided) - value(difference.history),
            difference.line
        );
        text.push_str(&line);
    }
    text
}

/// The first bad rows, or nothing.
pub(super) fn bad_rows(results: &BacktestResults) -> String {
    if results.skipped == 0 {
        return String::new();
    }
    let mut text = format!("\n{} left out", count_of(results.skipped, "bad row"));
    let listed = results.bad_rows.len() as u64;
    text.push_str(if results.skipped > listed {
        ", of which the first ten are:\n"
    } else {
        ":\n"
    });
    for bad in results.bad_rows {
        let line = format!("  {}:{}: {bad}\n", results.source, bad.line);
        text.push_str(&line);
    }
    text
}

/// What the columns mean that do not say it.
const COLUMNS: &str = "\nsent: rates sent, changed or not; outside band: polls with an answer rate outside threshold ± tolerance\n";
/// Headings after the first, which is the name of what the row is about.
const HEADINGS: [&str; 9] = [
    "sent",
    "rate changes",
    "per hour",
    "mean rate",
    "outside band %",
    "history: mean",
    "changes per hour",
    "equal %",
    "mean difference",
];
/// Text of a figure that does not exist.
const ABSENT: &str = "–";
/// More campaigns than this are better read in JSON.
const CAMPAIGNS_MAX: usize = 20;
