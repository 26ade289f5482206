//! Controllers of the simulated dialer: the pacer that drives the real one, and reference dialers.

use super::level::LevelRule;
use crate::base::units::UnixMillis;
use crate::pacing::{Pacer, PacerState, Ratio, Sample, Setpoint, Traffic};

/// Decides at each poll, on what the platform shows.
pub trait Controller {
    /// Takes the metrics of one poll, `None` where it failed, and returns what to do.
    fn poll(&mut self, now_secs: f64, metrics: Option<PlatformMetrics>) -> RateCommand;

    /// Learns that `dial_rate` was applied.
    fn applied(&mut self, dial_rate: u32);

    /// Is shown the world as it is, which no platform shows: for reports, not for decisions.
    fn observe(&mut self, _: Snapshot) {}

    /// The reference dialer that places the calls, where no dial rate does.
    fn reference_dialer(&self) -> Option<ReferenceDialer> {
        None
    }
}

/// The metrics that a platform can give at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformMetrics {
    /// Attempts that ended in the interval.
    pub ended: u32,
    /// Of these, answered by a person.
    pub answered: u32,
    /// Agents idle now.
    pub idle: u32,
    /// People who answered and gave up waiting in the interval.
    pub abandoned: u32,
    /// Agents logged in now and not on a break.
    pub logged_in: u32,
}

/// The part of the metrics that the pacer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telemetry {
    /// All of them, as a platform tells that reports agents and abandoned calls.
    Full,
    /// Those of the campaign API: neither abandoned calls nor the agents logged in.
    CampaignApi,
}

/// The world at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapshot {
    /// Seconds from the start.
    pub at_secs: f64,
    /// Calls per minute during the interval.
    pub dial_rate: u32,
    /// Agents logged in and not on a break.
    pub logged_in: u32,
    /// Of these, idle.
    pub idle: u32,
    /// Answered ÷ attempts that ended in the interval.
    pub answer_rate: Option<Ratio>,
    /// Live calls so far that reached an agent.
    pub connected: u64,
    /// Live calls so far that did not.
    pub abandoned: u64,
}

/// A controller's answer to a poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateCommand {
    /// A dial rate to send; `None`: nothing is sent.
    pub send: Option<u32>,
    /// True where the answer rate is outside the SLA band; `None` where there is no answer rate.
    pub is_outside_band: Option<bool>,
}

/// The pacer of `tick`, in the simulated world.
#[derive(Debug)]
pub struct PacerController<'a> {
    pacer: &'a Pacer,
    telemetry: Telemetry,
    state: PacerState,
    trace: Option<Trace>,
}

/// A replication, interval by interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The polls and decisions.
    pub rows: Vec<TraceRow>,
    /// The world at the same times.
    pub snapshots: Vec<Snapshot>,
}

/// One interval, as backtest reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceRow {
    /// Its end.
    pub at: UnixMillis,
    /// The metrics; `None` where the poll failed.
    pub metrics: Option<PlatformMetrics>,
    /// The dial rate after the decision, calls per minute.
    pub dial_rate: u32,
}

/// A dialer that decides at every call instead of at every poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceDialer {
    /// One call for each idle agent, and the next as soon as that one fails.
    Progressive,
    /// A number of calls for each agent, the dial level, which adapts.
    Level(LevelRule),
}

impl<'a> PacerController<'a> {
    /// The pacer before its first poll.
    #[must_use]
    pub fn new(pacer: &'a Pacer, telemetry: Telemetry) -> Self {
        Self {
            pacer,
            telemetry,
            state: PacerState::at_standstill(),
            trace: None,
        }
    }

    /// The same, with a trace.
    #[must_use]
    pub fn traced(pacer: &'a Pacer, telemetry: Telemetry) -> Self {
        Self {
            trace: Some(Trace::default()),
            ..Self::new(pacer, telemetry)
        }
    }

    /// The trace; empty where none was wanted.
    #[must_use]
    pub fn into_trace(self) -> Trace {
        self.trace.unwrap_or_default()
    }
}

impl Controller for PacerController<'_> {
    fn poll(&mut self, now_secs: f64, metrics: Option<PlatformMetrics>) -> RateCommand {
        let at = virtual_time(now_secs);
        let sample = metrics.map(|metrics| metrics.sample(at, self.telemetry));
        let decision = self.pacer.step(&mut self.state, sample, at);
        if let Some(trace) = &mut self.trace {
            trace.rows.push(TraceRow {
                at,
                metrics,
                dial_rate: decision.dial_rate(),
            });
        }
        RateCommand {
            send: decision.order().map(Setpoint::steps),
            is_outside_band: decision.is_outside_band(),
        }
    }

    fn applied(&mut self, dial_rate: u32) {
        self.state.applied = Some(Setpoint::at(dial_rate));
    }

    fn observe(&mut self, snapshot: Snapshot) {
        if let Some(trace) = &mut self.trace {
            trace.snapshots.push(snapshot);
        }
    }
}

impl Controller for ReferenceDialer {
    fn poll(&mut self, _: f64, _: Option<PlatformMetrics>) -> RateCommand {
        RateCommand::default()
    }

    fn applied(&mut self, _: u32) {}

    fn reference_dialer(&self) -> Option<ReferenceDialer> {
        Some(*self)
    }
}

impl PlatformMetrics {
    /// Answered by a person ÷ attempts that ended; `None` where none ended.
    #[must_use]
    pub fn answer_rate(&self) -> Option<Ratio> {
        let share = f64::from(self.answered) / f64::from(self.ended);
        Ratio::new(share).filter(|_| self.ended > 0)
    }

    fn sample(self, at: UnixMillis, telemetry: Telemetry) -> Sample {
        let is_full = telemetry == Telemetry::Full;
        Sample {
            at,
            available_agents: self.idle,
            answer_rate: self.answer_rate(),
            traffic: Traffic {
                attempts: Some(self.ended),
                answered: Some(self.answered),
                abandoned: is_full.then_some(self.abandoned),
                logged_in: is_full.then_some(self.logged_in),
            },
        }
    }
}

/// Virtual seconds as the pacer's time, which is in whole milliseconds.
fn virtual_time(now_secs: f64) -> UnixMillis {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most ten years of milliseconds, rounded"
    )]
    let millis = (now_secs * 1_000.0).round() as i64;
    UnixMillis(millis)
}
