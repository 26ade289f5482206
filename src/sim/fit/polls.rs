//! The polls: how often they came, how many failed, and when there were none.

use super::observation::{GAP_INTERVALS, Observation, Prepared, Uncertain};
use crate::sim::scenario::LocalTime;

/// The polls of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct PollFit {
    /// Time from one to the next.
    pub interval_secs: f64,
    /// Share that failed, outages left out.
    pub failure: Uncertain,
    /// Times without metrics while the campaign worked.
    pub outages: Vec<OutageOfHistory>,
}

/// A time without metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutageOfHistory {
    /// Its beginning.
    pub from: LocalTime,
    /// Its length.
    pub secs: f64,
    /// True where rows are missing, false where they have no metrics.
    pub is_gap: bool,
}

pub(super) fn polls(history: &Prepared) -> PollFit {
    let mut outages = Vec::new();
    let (mut failed, mut all) = (0.0, 0.0);
    for run in history
        .rows
        .chunk_by(|a, b| a.counts.is_some() == b.counts.is_some())
    {
        let is_failed = run.first().is_some_and(|row| row.counts.is_none());
        if is_failed && run.len() >= OUTAGE_MIN {
            outages.extend(run.first().map(|row| OutageOfHistory {
                from: row.local,
                secs: history.interval_secs * float(run.len()),
                is_gap: false,
            }));
        } else {
            all += float(run.len());
            failed += if is_failed { float(run.len()) } else { 0.0 };
        }
    }
    for pair in history.rows.windows(2) {
        if let [before, after] = pair {
            let secs = after.at_secs - before.at_secs;
            let works = |row: &Observation| row.counts.is_some_and(|counts| counts.attempts > 0.0);
            if secs > history.interval_secs * GAP_INTERVALS.max(2.0)
                && works(before)
                && works(after)
                && before.local.day() == after.local.day()
            {
                outages.push(OutageOfHistory {
                    from: before.local,
                    secs: secs - history.interval_secs,
                    is_gap: true,
                });
            }
        }
    }
    outages.sort_by_key(|outage| outage.from);
    PollFit {
        interval_secs: history.interval_secs,
        failure: share(failed, all),
        outages,
    }
}

/// A share of counts, with Wilson's interval (1927).
fn share(part: f64, all: f64) -> Uncertain {
    let all = all.max(1.0);
    let (value, z) = (part / all, super::observation::NORMAL_95);
    let middle = (value + z * z / (2.0 * all)) / (1.0 + z * z / all);
    let half = z / (1.0 + z * z / all)
        * libm::sqrt(value * (1.0 - value) / all + z * z / (4.0 * all * all));
    Uncertain {
        value,
        low: if part > 0.0 { middle - half } else { 0.0 },
        high: middle + half,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Failed polls in a row that are an outage.
const OUTAGE_MIN: usize = 10;
