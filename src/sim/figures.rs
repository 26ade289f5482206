//! The figures of one replication, and the counts that they are computed from.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The figures of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Figures {
    /// Busy agent-seconds ÷ staffed agent-seconds.
    pub occupancy: f64,
    /// Abandoned ÷ (connected + abandoned).
    pub abandonment_rate: f64,
    /// Connected calls per hour of a staffed agent.
    pub connects_per_agent_hour: f64,
    /// Mean time that an agent was available before a connected call, in seconds.
    pub idle_wait_secs: f64,
    /// Mean time that the person waited before a connected call, in seconds.
    pub caller_wait_secs: f64,
    /// Time-weighted mean, calls per minute.
    pub dial_rate: f64,
    /// Time-weighted mean, calls per available agent; 0 where a rate is dialed.
    pub ratio: f64,
    /// Applied dial rates or ratios that differ from the one before, per hour.
    pub rate_changes_per_hour: f64,
    /// Dial rates or ratios that were sent, per hour.
    pub patches_per_hour: f64,
    /// Audit records per hour: one for each applied dial rate.
    pub exports_per_hour: f64,
    /// Share of the intervals with an answer rate in which it was outside the SLA band.
    pub outside_sla_band: f64,
    /// Mean answer rate of the intervals in which an attempt ended; 0 where there is none.
    pub answer_rate: f64,
    /// Highest abandonment rate of any half hour with at least 20 live answers.
    pub worst_half_hour_abandonment: f64,
    /// Calls that were placed.
    pub calls_dialed: f64,
}

/// The counts of the staff.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StaffCounts {
    /// Busy agent-seconds.
    pub(super) busy_secs: f64,
    /// Staffed agent-seconds.
    pub(super) staffed_secs: f64,
    /// Time that agents were available before connected calls.
    pub(super) idle_secs: f64,
    /// Connected calls.
    pub(super) connected: u64,
}

/// The counts of the people who answered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CallerCounts {
    /// Abandoned calls.
    pub(super) abandoned: u64,
    /// Time that the people waited whose calls were connected.
    pub(super) wait_secs: f64,
}

/// The counts of the dialer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DialerCounts {
    /// Calls placed.
    pub(super) calls: u64,
    /// Dial rate × time, in calls per minute × seconds.
    pub(super) rate_secs: f64,
    /// Ratio × time, in calls per agent × seconds.
    pub(super) ratio_secs: f64,
}

/// The counts of a controller's polls and changes.
#[derive(Clone, Debug, Default)]
pub(super) struct ControlCounts {
    /// Dial rates sent.
    pub(super) patches: u64,
    /// Dial rates applied.
    pub(super) applied: u64,
    /// Dial rates applied that differ from the one before.
    pub(super) rate_changes: u64,
    /// Intervals with an answer rate.
    pub(super) intervals: u64,
    /// Of these, those whose answer rate was outside the SLA band.
    pub(super) intervals_outside: u64,
    /// Intervals in which an attempt ended.
    pub(super) intervals_with_attempts: u64,
    /// Sum of their answer rates.
    pub(super) answer_rate_sum: f64,
    /// The worst half hour.
    pub(super) half_hour: WorstHalfHour,
}

/// The highest abandonment rate of any half hour.
#[derive(Clone, Debug, Default)]
pub(super) struct WorstHalfHour {
    /// Connected and abandoned of each interval of the last half hour.
    intervals: VecDeque<(u64, u64)>,
    connected: u64,
    abandoned: u64,
    /// Connected and abandoned from the start to the end of the last interval.
    before: (u64, u64),
    worst: f64,
}

/// A figure's name, and the figure.
type NamedFigure = (&'static str, fn(&Figures) -> f64);

impl Figures {
    /// Every figure, by its name in JSON and CSV.
    pub const NAMED: [NamedFigure; 14] = [
        ("occupancy", |f| f.occupancy),
        ("abandonmentRate", |f| f.abandonment_rate),
        ("connectsPerAgentHour", |f| f.connects_per_agent_hour),
        ("idleWaitSecs", |f| f.idle_wait_secs),
        ("callerWaitSecs", |f| f.caller_wait_secs),
        ("dialRate", |f| f.dial_rate),
        ("ratio", |f| f.ratio),
        ("rateChangesPerHour", |f| f.rate_changes_per_hour),
        ("patchesPerHour", |f| f.patches_per_hour),
        ("exportsPerHour", |f| f.exports_per_hour),
        ("outsideSlaBand", |f| f.outside_sla_band),
        ("worstHalfHourAbandonment", |f| {
            f.worst_half_hour_abandonment
        }),
        ("callsDialed", |f| f.calls_dialed),
        ("answerRate", |f| f.answer_rate),
    ];

    pub(super) fn new(
        staff: StaffCounts,
        callers: CallerCounts,
        dialer: DialerCounts,
        control: &ControlCounts,
        counted_secs: f64,
    ) -> Self {
        let hours = counted_secs / 3600.0;
        let connected = float(staff.connected);
        let live = float(staff.connected + callers.abandoned);
        Self {
            occupancy: ratio(staff.busy_secs, staff.staffed_secs),
            abandonment_rate: ratio(float(callers.abandoned), live),
            connects_per_agent_hour: ratio(connected, staff.staffed_secs / 3600.0),
            idle_wait_secs: ratio(staff.idle_secs, connected),
            caller_wait_secs: ratio(callers.wait_secs, connected),
            dial_rate: dialer.rate_secs / counted_secs,
            ratio: dialer.ratio_secs / counted_secs,
            rate_changes_per_hour: float(control.rate_changes) / hours,
            patches_per_hour: float(control.patches) / hours,
            exports_per_hour: float(control.applied) / hours,
            outside_sla_band: ratio(float(control.intervals_outside), float(control.intervals)),
            answer_rate: ratio(
                control.answer_rate_sum,
                float(control.intervals_with_attempts),
            ),
            worst_half_hour_abandonment: control.half_hour.worst,
            calls_dialed: float(dialer.calls),
        }
    }
}

impl WorstHalfHour {
    /// Ends an interval of `secs`; `connected` and `abandoned` count from the start. It is left out
    /// unless it `counts`.
    pub(super) fn end_interval(&mut self, connected: u64, abandoned: u64, secs: f64, counts: bool) {
        let interval = (connected - self.before.0, abandoned - self.before.1);
        self.before = (connected, abandoned);
        if !counts {
            return;
        }
        self.intervals.push_back(interval);
        self.connected += interval.0;
        self.abandoned += interval.1;
        #[expect(clippy::cast_precision_loss, reason = "at most 1,800 intervals")]
        while self.intervals.len() as f64 * secs > HALF_HOUR_SECS {
            if let Some((connected, abandoned)) = self.intervals.pop_front() {
                self.connected -= connected;
                self.abandoned -= abandoned;
            }
        }
        let live = self.connected + self.abandoned;
        if live >= LIVE_ANSWERS_MIN {
            let rate = ratio(float(self.abandoned), float(live));
            self.worst = self.worst.max(rate);
        }
    }
}

/// A share, or 0 where there is nothing to divide by.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

const HALF_HOUR_SECS: f64 = 1_800.0;
/// With fewer live answers one abandoned call is more than 5 %.
const LIVE_ANSWERS_MIN: u64 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_named_as_in_json() {
        let staff = StaffCounts {
            busy_secs: 1.0,
            staffed_secs: 4.0,
            idle_secs: 3.0,
            connected: 1,
        };
        let (callers, dialer) = (CallerCounts::default(), DialerCounts::default());
        let figures = Figures::new(staff, callers, dialer, &ControlCounts::default(), 4.0);
        let json = serde_json::to_value(figures).unwrap();
        let json = json.as_object().unwrap();
        assert_eq!(json.len(), Figures::NAMED.len());
        for (name, figure) in Figures::NAMED {
            assert_eq!(json[name], figure(&figures), "{name}");
        }
    }
}
