//! Results of `backtest` as a table or JSON.

use std::fmt::Write;

use serde::Serialize;

use super::table;
use crate::base::timestamp::rfc3339;
use crate::history::BadRow;
use crate::pacing::Pacer;
use crate::replay::{Part, Replay, Tally};

/// What was replayed, and what of it could not be.
pub struct Replayed<'a> {
    /// The file, or `-`.
    pub source: &'a str,
    /// What was decided.
    pub replay: &'a Replay,
    /// The first of the bad rows.
    pub bad_rows: &'a [BadRow],
    /// All of the bad rows.
    pub skipped: u64,
    /// Rows that have the window's mean instead of a count of agents.
    pub means: u64,
}

/// The results as a table, with what to make of them.
#[must_use]
pub fn table(replayed: &Replayed) -> String {
    let replay = replayed.replay;
    let mut text = heading(replayed);
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    for (n, pacer) in replay.pacers().iter().enumerate() {
        rows.push(table_row(&name(pacer), &replay.total(n)));
    }
    text.push_str(&table::aligned(&rows));
    let campaigns = replay.campaigns();
    if replay.pacers().len() == 1 && (2..=CAMPAIGNS_MAX).contains(&campaigns.len()) {
        let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
        if let Some(first) = rows.iter_mut().flatten().next() {
            "campaign".clone_into(first);
        }
        for campaign in campaigns {
            if let Some(tally) = campaign.tallies.first() {
                rows.push(table_row(&campaign.id, tally));
            }
        }
        text.push('\n');
        text.push_str(&table::aligned(&rows));
    }
    text.push_str(&parting(replay));
    if replayed.means > 0 {
        add(
            &mut text,
            format_args!(
                "\n{} rows have the mean of the window instead of a count of agents: the window was taken as\nit was, as near as --window samples allow\n",
                count(replayed.means)
            ),
        );
    }
    if replayed.skipped > 0 {
        add(
            &mut text,
            format_args!("\n{} left out", rows_of(replayed.skipped, "bad row")),
        );
        let listed = replayed.bad_rows.len();
        text.push_str(if replayed.skipped > listed as u64 {
            ", of which the first ten are:\n"
        } else {
            ":\n"
        });
        for bad in replayed.bad_rows {
            add(
                &mut text,
                format_args!("  {}:{}: {bad}\n", replayed.source, bad.line),
            );
        }
    }
    text.push_str("\nThis is what would have been decided, not what would have happened: history answered to the\nrates it was given.\n");
    text
}

fn heading(replayed: &Replayed) -> String {
    let replay = replayed.replay;
    let campaigns = replay.campaigns();
    let first = campaigns.iter().map(|c| c.first_at).min();
    let last = campaigns.iter().map(|c| c.last_at).max();
    let mut text = format!(
        "{}: {} of {}",
        replayed.source,
        rows_of(replay.rows(), "row"),
        rows_of(campaigns.len() as u64, "campaign"),
    );
    if let (Some(first), Some(last)) = (first, last) {
        add(
            &mut text,
            format_args!(", {} to {}", rfc3339(first), rfc3339(last)),
        );
    }
    if replay.failed_polls() > 0 {
        add(
            &mut text,
            format_args!("; {} failed", rows_of(replay.failed_polls(), "poll")),
        );
    }
    text.push_str("\n\n");
    text
}

fn table_row(name: &str, tally: &Tally) -> Vec<String> {
    let percent =
        |share: Option<f64>| share.map_or(NONE.to_owned(), |s| format!("{:.1}", s * 100.0));
    let plain = |value: Option<f64>| value.map_or(NONE.to_owned(), |v| format!("{v:.1}"));
    vec![
        name.to_owned(),
        count(tally.adjustments),
        count(tally.rate_changes),
        plain(tally.rate_changes_per_hour()),
        plain(tally.dial_rate_mean()),
        percent(tally.outside_sla_band()),
        plain(tally.history_rate_mean()),
        plain(tally.history_changes_per_hour()),
        percent(tally.equal_share()),
        plain(tally.difference_mean()),
    ]
}

/// Where the first pacer and history part most.
fn parting(replay: &Replay) -> String {
    let compared = replay.total(0).compared;
    if compared == 0 {
        return "\nThe file has no dial rates, so there is nothing to compare with.\n".to_owned();
    }
    let parts = replay.parts(0);
    if parts.is_empty() {
        return "\nEvery dial rate is the one that history had.\n".to_owned();
    }
    let of = match replay.pacers() {
        [_] => String::new(),
        pacers => format!(" ({})", pacers.first().map(name).unwrap_or_default()),
    };
    let mut text =
        format!("\nThey part most{of}, the furthest row of each hour, in calls per minute:\n");
    for (campaign, part) in parts {
        add(
            &mut text,
            format_args!(
                "  {}{}  decided {}, history {} ({:+})  line {}\n",
                rfc3339(part.at),
                if campaign.is_empty() {
                    String::new()
                } else {
                    format!("  {campaign}")
                },
                part.dial_rate,
                part.history,
                i64::from(part.dial_rate) - i64::from(part.history),
                part.line
            ),
        );
    }
    text
}

/// The results as one JSON object.
#[must_use]
pub fn json(replayed: &Replayed) -> String {
    let replay = replayed.replay;
    let result = |(n, pacer): (usize, &Pacer)| {
        let limits = pacer.limits();
        let campaigns = replay.campaigns().iter();
        Outcome {
            policy: pacer.policy().name(),
            sla_threshold: limits.band.sla_threshold.value(),
            tolerance_margin: limits.band.tolerance_margin.value(),
            total: Figures::of(&replay.total(n)),
            parts_most: replay.parts(n).into_iter().map(Parting::of).collect(),
            campaigns: campaigns
                .filter_map(|campaign| {
                    Some(CampaignFigures {
                        campaign_id: &campaign.id,
                        from: rfc3339(campaign.first_at),
                        to: rfc3339(campaign.last_at),
                        figures: Figures::of(campaign.tallies.get(n)?),
                    })
                })
                .collect(),
        }
    };
    let document = Document {
        source: replayed.source,
        rows: replay.rows(),
        failed_polls: replay.failed_polls(),
        skipped_rows: replayed.skipped,
        campaigns: replay.campaigns().len(),
        results: replay.pacers().iter().enumerate().map(result).collect(),
        bad_rows: replayed.bad_rows.iter().map(Bad::of).collect(),
    };
    // Text, whole numbers and finite floats always have JSON.
    serde_json::to_string(&document).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    source: &'a str,
    rows: u64,
    failed_polls: u64,
    skipped_rows: u64,
    campaigns: usize,
    results: Vec<Outcome<'a>>,
    bad_rows: Vec<Bad<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    policy: &'static str,
    sla_threshold: f64,
    tolerance_margin: f64,
    #[serde(flatten)]
    total: Figures,
    parts_most: Vec<Parting<'a>>,
    campaigns: Vec<CampaignFigures<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CampaignFigures<'a> {
    campaign_id: &'a str,
    from: String,
    to: String,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    rows: u64,
    adjustments: u64,
    rate_changes: u64,
    rate_changes_per_hour: Option<f64>,
    dial_rate_mean: Option<f64>,
    outside_sla_band: Option<f64>,
    /// Null without dial rates of history.
    history: Option<History>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct History {
    rows: u64,
    dial_rate_mean: Option<f64>,
    rate_changes: u64,
    rate_changes_per_hour: Option<f64>,
    equal_share: Option<f64>,
    mean_absolute_difference: Option<f64>,
}

impl Figures {
    fn of(tally: &Tally) -> Self {
        Self {
            rows: tally.rows,
            adjustments: tally.adjustments,
            rate_changes: tally.rate_changes,
            rate_changes_per_hour: tally.rate_changes_per_hour(),
            dial_rate_mean: tally.dial_rate_mean(),
            outside_sla_band: tally.outside_sla_band(),
            history: (tally.compared > 0).then(|| History {
                rows: tally.compared,
                dial_rate_mean: tally.history_rate_mean(),
                rate_changes: tally.history_changes,
                rate_changes_per_hour: tally.history_changes_per_hour(),
                equal_share: tally.equal_share(),
                mean_absolute_difference: tally.difference_mean(),
            }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parting<'a> {
    timestamp: String,
    campaign_id: &'a str,
    line: u64,
    new_dial_rate: u32,
    dial_rate: u32,
}

impl<'a> Parting<'a> {
    fn of((campaign_id, part): (&'a str, Part)) -> Self {
        Self {
            timestamp: rfc3339(part.at),
            campaign_id,
            line: part.line,
            new_dial_rate: part.dial_rate,
            dial_rate: part.history,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bad<'a> {
    line: u64,
    column: Option<&'a str>,
    problem: String,
}

impl<'a> Bad<'a> {
    fn of(bad: &'a BadRow) -> Self {
        Self {
            line: bad.line,
            column: bad.field.as_ref().map(|(column, _)| column.as_str()),
            problem: bad.to_string(),
        }
    }
}

/// "capacity with SLA 0.75 ± 0.05"
pub(super) fn name(pacer: &Pacer) -> String {
    let limits = pacer.limits();
    format!(
        "{} with SLA {} ± {}",
        pacer.policy().name(),
        limits.band.sla_threshold.value(),
        limits.band.tolerance_margin.value()
    )
}

/// "1 row", "20,160 rows"
#[must_use]
pub fn rows_of(n: u64, what: &str) -> String {
    format!("{} {what}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A count with commas between thousands.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn add(text: &mut String, arguments: std::fmt::Arguments) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(arguments);
}

const HEADINGS: [&str; 10] = [
    "would have",
    "PATCHes",
    "rate changes",
    "per hour",
    "mean rate",
    "outside band %",
    "history: mean",
    "changes per hour",
    "equal %",
    "mean difference",
];
/// What stands for a figure that there is none of.
const NONE: &str = "–";
/// More campaigns than this are better looked at in JSON.
const CAMPAIGNS_MAX: usize = 20;
