//! One replication as rows that backtest reads.

use crate::base::timestamp::rfc3339;
use crate::pacing::Unit;
use crate::report::chart::add;
use crate::sim::TraceRow;

/// One row for each interval, in the columns that backtest reads; an interval whose poll failed has
/// no metrics. Time counts from 1970. `with_staff` adds the columns that the campaign API does not
/// have.
#[must_use]
pub fn trace(rows: &[TraceRow], campaign_id: &str, unit: Unit, with_staff: bool) -> String {
    let mut text = String::from(
        "timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,",
    );
    text.push_str(match unit {
        Unit::CallsPerMinute => "dialRate",
        Unit::CallsPerAgent => "ratio",
    });
    text.push_str(if with_staff {
        ",totalCallsAbandoned,loggedInAgents\n"
    } else {
        "\n"
    });
    let in_id = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let campaign: String = campaign_id.chars().map(in_id).collect();
    // A spreadsheet would take it for a formula.
    let campaign = match campaign.trim_start_matches('-') {
        "" => "scenario",
        campaign => campaign,
    };
    for row in rows {
        add(&mut text, format_args!("{},{campaign}", rfc3339(row.at)));
        match row.metrics {
            Some(metrics) => {
                let rate = metrics.answer_rate().map(|rate| rate.value().to_string());
                let (ended, answered, idle) = (metrics.ended, metrics.answered, metrics.idle);
                let rate = rate.unwrap_or_default();
                add(&mut text, format_args!(",{ended},{answered},{rate},{idle}"));
            }
            None => text.push_str(",,,,"),
        }
        add(&mut text, format_args!(",{}", unit.value(row.setpoint)));
        match row.metrics.filter(|_| with_staff) {
            Some(metrics) => {
                let (abandoned, logged_in) = (metrics.abandoned, metrics.logged_in);
                add(&mut text, format_args!(",{abandoned},{logged_in}"));
            }
            None if with_staff => text.push_str(",,"),
            None => {}
        }
        text.push('\n');
    }
    text
}
