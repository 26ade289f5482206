//! Controllers of the simulated dialer: the pacer that drives the real one, and reference dialers.

use super::level::LevelRule;
use super::scenario::LocalTime;
use crate::base::units::UnixMillis;
use crate::pacing::{
    Abandonment, Burst, Pacer, PacerState, Ratio, Sample, Setpoint, Traffic, Unit,
};

/// Sets a dialer's lever at each poll.
pub trait Controller {
    /// Decides on the metrics of one poll, which are `None` where the poll failed.
    fn poll(&mut self, now_secs: f64, metrics: Option<PlatformMetrics>) -> Command;

    /// Records that `setpoint` was applied.
    fn applied(&mut self, now_secs: f64, setpoint: Setpoint);

    /// The unit of its setpoints, which is that of the dialer that it drives.
    fn unit(&self) -> Unit {
        Unit::CallsPerMinute
    }

    /// Takes a snapshot for a report. It holds more than a platform reports, so it is not for decisions.
    fn observe(&mut self, _: Snapshot) {}

    /// The reference dialer that places the calls, instead of one that a lever drives.
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
    /// Available agents, now.
    pub idle: u32,
    /// Calls that were abandoned in the interval.
    pub abandoned: u32,
    /// Staffed agents, now.
    pub logged_in: u32,
}

/// The metrics that a platform reports to the pacer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telemetry {
    /// All of them, from a platform that reports staffed agents and abandoned calls.
    Full,
    /// Those of the campaign API, which reports neither.
    CampaignApi,
}

/// The world at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapshot {
    /// Seconds from the start.
    pub at_secs: f64,
    /// The lever during the interval.
    pub setpoint: Setpoint,
    /// Staffed agents.
    pub logged_in: u32,
    /// Of these, available.
    pub idle: u32,
    /// Answered ÷ attempts that ended in the interval.
    pub answer_rate: Option<Ratio>,
    /// Connected calls so far.
    pub connected: u64,
    /// Abandoned calls so far.
    pub abandoned: u64,
    /// Calls placed so far.
    pub placed: u64,
}

/// A controller's answer to a poll.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Command {
    /// A setpoint to send; `None`: nothing is sent.
    pub send: Option<Setpoint>,
    /// Seconds after which a standstill is sent; `None`: the setpoint stays.
    pub lasts_secs: Option<f64>,
    /// True where the answer rate is outside the SLA band; `None` where there is no answer rate.
    pub is_outside_band: Option<bool>,
}

/// The pacer of `tick`, in the simulated world.
#[derive(Debug)]
pub struct PacerController<'a> {
    pacer: &'a Pacer,
    telemetry: Telemetry,
    /// The time at the start of the simulation.
    start: UnixMillis,
    state: PacerState,
    /// The burst that was decided last, until it is applied.
    burst: Option<Burst>,
    trace: Option<Vec<TraceRow>>,
}

/// One interval, in the form that backtest reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceRow {
    /// Its end, from 0 at the start.
    pub at: UnixMillis,
    /// The metrics; `None` where the poll failed.
    pub metrics: Option<PlatformMetrics>,
    /// The lever after the decision.
    pub setpoint: Setpoint,
}

/// A dialer that decides at every call instead of at every poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceDialer {
    /// One call for each available agent, and the next as soon as that one fails.
    Progressive,
    /// A dial ratio that adapts every 15 s.
    Level(LevelRule),
}

impl<'a> PacerController<'a> {
    /// The pacer before its first poll.
    #[must_use]
    pub fn new(pacer: &'a Pacer, telemetry: Telemetry) -> Self {
        let applied = match pacer.limits().actuator.unit {
            Unit::CallsPerMinute => Setpoint::Stopped,
            Unit::CallsPerAgent => FIRST_RATIO,
        };
        Self {
            pacer,
            telemetry,
            start: UnixMillis(0),
            state: PacerState {
                applied: Some(applied),
                ..PacerState::default()
            },
            burst: None,
            trace: None,
        }
    }

    /// The same, with a trace.
    #[must_use]
    pub fn traced(pacer: &'a Pacer, telemetry: Telemetry) -> Self {
        Self {
            trace: Some(Vec::new()),
            ..Self::new(pacer, telemetry)
        }
    }

    /// The same, beginning at a local time of the zone of its calling hours; without such hours times
    /// count from 0.
    #[must_use]
    pub fn starting(self, local: LocalTime) -> Self {
        let hours = self.pacer.hours();
        let start = hours.and_then(|hours| hours.moment_of(local.secs));
        Self {
            start: start.unwrap_or_default(),
            ..self
        }
    }

    fn time(&self, now_secs: f64) -> UnixMillis {
        let UnixMillis(millis) = virtual_time(now_secs);
        UnixMillis(self.start.0.saturating_add(millis))
    }

    /// The trace; empty without [`PacerController::traced`].
    #[must_use]
    pub fn into_trace(self) -> Vec<TraceRow> {
        self.trace.unwrap_or_default()
    }
}

impl Controller for PacerController<'_> {
    fn poll(&mut self, now_secs: f64, metrics: Option<PlatformMetrics>) -> Command {
        let at = self.time(now_secs);
        let sample = metrics.map(|metrics| metrics.sample(at, self.telemetry));
        let decision = self.pacer.step(&mut self.state, sample, at);
        if let Some(trace) = &mut self.trace {
            trace.push(TraceRow {
                at: virtual_time(now_secs),
                metrics,
                setpoint: decision.setpoint.unwrap_or(Setpoint::Stopped),
            });
        }
        self.burst = decision.burst;
        Command {
            send: decision.order(),
            lasts_secs: decision.burst.map(|burst| burst.lasts().as_secs_f64()),
            is_outside_band: decision.is_outside_band(),
        }
    }

    fn applied(&mut self, now_secs: f64, setpoint: Setpoint) {
        self.state.applied = Some(setpoint);
        let now = self.time(now_secs);
        match (self.burst.take(), &mut self.state.burst) {
            (Some(burst), _) => self.state.burst = Some(burst),
            (None, Some(burst)) => burst.until = now,
            (None, None) => {}
        }
    }

    fn unit(&self) -> Unit {
        self.pacer.limits().actuator.unit
    }
}

impl Controller for ReferenceDialer {
    fn poll(&mut self, _: f64, _: Option<PlatformMetrics>) -> Command {
        Command::default()
    }

    fn applied(&mut self, _: f64, _: Setpoint) {}

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
                busy: None,
            },
            abandonment: Abandonment::default(),
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

/// The ratio of a ratio dialer before anything is set: one call for each available agent.
pub(super) const FIRST_RATIO: Setpoint = Setpoint::ONE_PER_AGENT;
