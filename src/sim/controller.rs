//! What drives the simulated dialer: the pacer that drives the real one, or a reference dialer.

use super::level::LevelRule;
use crate::base::units::UnixMillis;
use crate::pacing::{Pacer, PacerState, Ratio, Sample, Setpoint, Traffic};

/// Decides on what the platform would show.
pub trait Controller {
    /// Takes one poll in, `None` where it failed, and says what to send.
    fn poll(&mut self, now_secs: f64, shown: Option<Shown>) -> Order;

    /// Hears that `dial_rate` was applied.
    fn applied(&mut self, dial_rate: u32);

    /// Is shown the world as it is, which no platform shows: for reports, not for decisions.
    fn observe(&mut self, _: Observed) {}

    /// How calls are placed.
    fn placing(&self) -> Placing {
        Placing::ByRate
    }
}

/// How calls are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placing {
    /// At a dial rate.
    ByRate,
    /// One for each idle agent, the next as soon as that one fails.
    OnePerIdleAgent,
    /// As many as a level asks for, which follows agents and callers.
    ByLevel(LevelRule),
}

/// What the platform shows at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
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

/// How much of it the pacer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Everything, as a platform with reports on agents and abandoned calls would tell.
    Full,
    /// What the campaign API tells: neither abandoned calls nor who is logged in.
    CampaignApi,
}

/// The world at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
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

/// What a controller wants, and what it thinks of the interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// A dial rate to send.
    pub send: Option<u32>,
    /// Whether the answer rate is outside the band; `None` where there is none.
    pub is_outside: Option<bool>,
}

/// The pacer of `tick`, in the simulated world.
#[derive(Debug)]
pub struct Paced<'a> {
    pacer: &'a Pacer,
    feed: Feed,
    state: PacerState,
    /// What it saw and did, where that is wanted.
    trace: Option<Vec<TraceRow>>,
    observed: Vec<Observed>,
}

/// One interval, as backtest reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceRow {
    /// Its end.
    pub at: UnixMillis,
    /// What the platform showed; `None` where the poll failed.
    pub shown: Option<Shown>,
    /// The dial rate after the decision, calls per minute.
    pub dial_rate: u32,
}

/// A reference dialer, which decides at every call instead of at every poll.
#[derive(Debug)]
pub struct Reference(pub Placing);

impl<'a> Paced<'a> {
    /// The pacer, before its first poll.
    #[must_use]
    pub fn new(pacer: &'a Pacer, feed: Feed) -> Self {
        Self {
            pacer,
            feed,
            state: PacerState::at_standstill(),
            trace: None,
            observed: Vec::new(),
        }
    }

    /// The same, remembering every interval.
    #[must_use]
    pub fn traced(pacer: &'a Pacer, feed: Feed) -> Self {
        Self {
            trace: Some(Vec::new()),
            ..Self::new(pacer, feed)
        }
    }

    /// What it remembers.
    #[must_use]
    pub fn into_trace(self) -> Vec<TraceRow> {
        self.trace.unwrap_or_default()
    }

    /// The world as it was at each poll, where intervals are remembered.
    #[must_use]
    pub fn observed(&self) -> &[Observed] {
        &self.observed
    }
}

impl Controller for Paced<'_> {
    fn poll(&mut self, now_secs: f64, shown: Option<Shown>) -> Order {
        let at = virtual_time(now_secs);
        let sample = shown.map(|shown| shown.sample(at, self.feed));
        let decision = self.pacer.step(&mut self.state, sample, at);
        if let Some(trace) = &mut self.trace {
            trace.push(TraceRow {
                at,
                shown,
                dial_rate: decision.dial_rate(),
            });
        }
        Order {
            send: decision.order().map(Setpoint::steps),
            is_outside: decision.is_outside_band(),
        }
    }

    fn applied(&mut self, dial_rate: u32) {
        self.state.applied = Some(Setpoint::at(dial_rate));
    }

    fn observe(&mut self, observed: Observed) {
        if self.trace.is_some() {
            self.observed.push(observed);
        }
    }
}

impl Controller for Reference {
    fn poll(&mut self, _: f64, _: Option<Shown>) -> Order {
        Order::default()
    }

    fn applied(&mut self, _: u32) {}

    fn placing(&self) -> Placing {
        self.0
    }
}

impl Shown {
    /// Answered by a person ÷ attempts that ended; `None` where none ended.
    #[must_use]
    pub fn answer_rate(&self) -> Option<Ratio> {
        let share = f64::from(self.answered) / f64::from(self.ended);
        Ratio::new(share).filter(|_| self.ended > 0)
    }

    fn sample(self, at: UnixMillis, feed: Feed) -> Sample {
        let is_full = feed == Feed::Full;
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
