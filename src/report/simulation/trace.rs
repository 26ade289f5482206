//! One replication as rows that backtest reads.

use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;
use crate::pacing::Unit;
use crate::report::chart::add;
use crate::sim::TraceRow;

/// One row for each interval, in the columns that backtest and fit read; an interval whose poll failed
/// has no metrics. `start` is the time at the beginning.
#[must_use]
pub fn trace(rows: &[TraceRow], campaign_id: &str, unit: Unit, start: UnixMillis) -> String {
    let mut text = String::from(
        "timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,",
    );
    text.push_str(match unit {
        Unit::CallsPerMinute => "dialRate",
        Unit::CallsPerAgent => "ratio",
    });
    text.push_str(",totalCallsAbandoned,loggedInAgents\n");
    let in_id = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let campaign: String = campaign_id.chars().map(in_id).collect();
    // A spreadsheet would take it for a formula.
    let campaign = match campaign.trim_start_matches('-') {
        "" => "scenario",
        campaign => campaign,
    };
    for row in rows {
        let at = UnixMillis(start.0 + row.at.0);
        add(&mut text, format_args!("{},{campaign}", rfc3339(at)));
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
        match row.metrics {
            Some(metrics) => {
                let (abandoned, logged_in) = (metrics.abandoned, metrics.logged_in);
                add(&mut text, format_args!(",{abandoned},{logged_in}"));
            }
            None => text.push_str(",,"),
        }
        text.push('\n');
    }
    text
}
