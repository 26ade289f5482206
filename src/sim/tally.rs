//! What one replication counts, and the figures that come of it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The figures of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Figures {
    /// Talk and wrap-up ÷ logged-in time without breaks.
    pub occupancy: f64,
    /// Abandoned ÷ (connected + abandoned).
    pub abandonment_rate: f64,
    /// Live calls that reached an agent, per logged-in hour without breaks.
    pub connects_per_agent_hour: f64,
    /// Idle time of the agent before each of those calls, in seconds.
    pub idle_wait_secs: f64,
    /// Time that a person waited before reaching an agent, in seconds, over those who did.
    pub caller_wait_secs: f64,
    /// Time-weighted mean, calls per minute.
    pub dial_rate: f64,
    /// Applied dial rates that differ from the one before, per hour.
    pub rate_changes_per_hour: f64,
    /// Dial rates that were sent, per hour.
    pub patches_per_hour: f64,
    /// Records that were made, per hour: one for each applied dial rate.
    pub exports_per_hour: f64,
    /// Share of intervals with an answer rate in which it was outside the band.
    pub outside_sla_band: f64,
    /// Highest abandonment rate of any half hour with at least 20 live answers.
    pub worst_half_hour_abandonment: f64,
    /// Calls that were placed.
    pub calls_dialed: f64,
}

/// The counts of one replication, all of them after the warm-up.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) busy_secs: f64,
    pub(super) logged_in_secs: f64,
    pub(super) connected: u64,
    pub(super) abandoned: u64,
    pub(super) idle_secs: f64,
    pub(super) caller_wait_secs: f64,
    pub(super) dial_rate_secs: f64,
    pub(super) rate_changes: u64,
    pub(super) patches: u64,
    pub(super) exports: u64,
    pub(super) intervals: u64,
    pub(super) intervals_outside: u64,
    pub(super) calls_dialed: u64,
    half_hour: HalfHour,
    closed: (u64, u64),
}

/// Connected and abandoned of the last intervals, up to half an hour, and the worst so far.
#[derive(Clone, Debug, Default)]
struct HalfHour {
    intervals: VecDeque<(u64, u64)>,
    connected: u64,
    abandoned: u64,
    worst: f64,
}

impl Tally {
    /// Ends an interval of `secs`.
    pub(super) fn close_interval(&mut self, secs: f64) {
        let connected = self.connected - self.closed.0;
        let abandoned = self.abandoned - self.closed.1;
        self.closed = (self.connected, self.abandoned);
        self.half_hour.add(connected, abandoned, secs);
    }

    pub(super) fn figures(&self, counted_secs: f64) -> Figures {
        let hours = counted_secs / 3600.0;
        let live = self.connected + self.abandoned;
        Figures {
            occupancy: ratio(self.busy_secs, self.logged_in_secs),
            abandonment_rate: ratio(count(self.abandoned), count(live)),
            connects_per_agent_hour: ratio(count(self.connected), self.logged_in_secs / 3600.0),
            idle_wait_secs: ratio(self.idle_secs, count(self.connected)),
            caller_wait_secs: ratio(self.caller_wait_secs, count(self.connected)),
            dial_rate: self.dial_rate_secs / counted_secs,
            rate_changes_per_hour: count(self.rate_changes) / hours,
            patches_per_hour: count(self.patches) / hours,
            exports_per_hour: count(self.exports) / hours,
            outside_sla_band: ratio(count(self.intervals_outside), count(self.intervals)),
            worst_half_hour_abandonment: self.half_hour.worst,
            calls_dialed: count(self.calls_dialed),
        }
    }
}

impl HalfHour {
    fn add(&mut self, connected: u64, abandoned: u64, interval_secs: f64) {
        self.intervals.push_back((connected, abandoned));
        self.connected += connected;
        self.abandoned += abandoned;
        #[expect(clippy::cast_precision_loss, reason = "at most 1,800 intervals")]
        while self.intervals.len() as f64 * interval_secs > HALF_HOUR_SECS {
            if let Some((connected, abandoned)) = self.intervals.pop_front() {
                self.connected -= connected;
                self.abandoned -= abandoned;
            }
        }
        let live = self.connected + self.abandoned;
        if live >= LIVE_ANSWERS_MIN {
            self.worst = self.worst.max(ratio(count(self.abandoned), count(live)));
        }
    }
}

/// A share, or 0 where there is nothing to divide by.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn count(number: u64) -> f64 {
    number as f64
}

const HALF_HOUR_SECS: f64 = 1_800.0;
/// Fewer live answers say nothing about a rate of a few per cent.
const LIVE_ANSWERS_MIN: u64 = 20;
