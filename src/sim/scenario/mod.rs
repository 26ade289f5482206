//! A scenario: everything about the simulated world that is not the pacer's.

mod check;
mod clock;

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use crate::pacing::RatioLever;

pub use crate::pacing::Weekdays;
pub use check::ScenarioError;
pub use clock::{ClockShift, ClockStep, ClockTime, LocalTime};

/// A simulated world. Every field has a default, which `--print-scenario` shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// Its name in reports.
    pub name: String,
    /// One sentence of what should happen in it.
    pub description: String,
    /// Local time at which it begins, for what goes by clock time.
    pub start: LocalTime,
    /// Simulated time, in hours.
    pub hours: f64,
    /// Time from the start that is not counted.
    pub warm_up_secs: f64,
    /// Time from one poll to the next.
    pub interval_secs: f64,
    /// The dialer.
    pub dialer: Dialing,
    /// The calls.
    pub calls: Calls,
    /// The agents.
    pub agents: Agents,
    /// The probability that a person answers.
    pub answer_rate: AnswerRate,
    /// The faults.
    pub faults: Faults,
}

/// The dialers: which of them there is, and the way of dialing of each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialing {
    /// The dialer that a policy meets.
    pub kind: DialerKind,
    /// Rate dialer: time between two calls.
    pub spacing: Spacing,
    /// Lines that may be in use at once; 0: no limit.
    pub lines_max: u32,
    /// The ratio dialer.
    pub ratio: RatioDialing,
}

/// The dialer that a policy meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DialerKind {
    /// Each policy meets the dialer of its unit.
    #[default]
    Any,
    /// The campaign API's, which places calls at a rate that is set.
    Rate,
    /// A skill's, which dials by itself at a ratio that is set.
    Ratio,
}

/// A dialer that keeps floor(ratio × available agents) calls ringing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RatioDialing {
    /// Ratios that can be set.
    pub lever: RatioLever,
    /// Highest ratio, calls per agent.
    pub max: f64,
    /// Calls per agent by which the ratio rises in a minute, from 1; 0: at once.
    pub ramp_per_minute: f64,
    /// The dialer's own limit: abandoned ÷ live answers since the start; 0: none.
    pub abandonment_threshold: f64,
    /// It dials one call per agent from this far below its limit on.
    pub abandonment_cutoff: f64,
    /// Time after which dialed, answered and abandoned calls are reported.
    pub report_lag_secs: f64,
    /// Time from one report of them to the next; 0: each poll has the latest.
    pub report_batch_secs: f64,
}

/// Time between two calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// One call each 60 ÷ rate seconds.
    #[default]
    Even,
    /// Exponential with that mean.
    Poisson,
}

/// The calls: how each ends, and how long that takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calls {
    /// Time until a person or a machine answers.
    pub time_to_answer: Distribution,
    /// Time after which a call that nobody answers is given up.
    pub ring_out_secs: f64,
    /// Time until a busy line or an invalid number is known.
    pub fail_secs: f64,
    /// Of the calls that no person answers: share that rings out.
    pub no_answer_share: f64,
    /// Share that meets a busy line.
    pub busy_share: f64,
    /// Share that meets an invalid number.
    pub invalid_share: f64,
    /// Share that a machine answers.
    pub machine_share: f64,
    /// Time in which a machine is recognised.
    pub machine_detection_secs: f64,
    /// Share of machines that are passed to an agent by mistake.
    pub machine_passed_share: f64,
    /// Time that an agent spends on such a machine.
    pub machine_handle: Distribution,
    /// Time that a person waits for an agent before giving up.
    pub patience: Distribution,
    /// Conversation.
    pub talk: Distribution,
    /// Factors on conversations that begin from a time on, in order of time.
    pub talk_steps: Vec<Step>,
    /// The same by clock time, instead of `talk_steps`.
    pub talk_by_clock: Vec<ClockStep>,
    /// The agent's work after the conversation.
    pub wrap_up: Distribution,
}

/// The agents who take the calls: roster and breaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// Numbers of agents on shift, in order of time.
    pub roster: Vec<Shift>,
    /// The same by clock time, instead of `roster`.
    pub by_clock: Vec<ClockShift>,
    /// Breaks that an agent takes in an hour.
    pub breaks_per_hour: f64,
    /// Length of a break.
    pub break_duration: Distribution,
}

/// The number of agents on shift from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Time from the start.
    pub from_secs: f64,
    /// Agents.
    pub count: u32,
}

/// The probability that a person answers, over time:
/// clamp(base × (1 + amplitude × sin(2πt ÷ period)) × factor + drift, 0.01, 0.99).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerRate {
    /// The typical probability.
    pub base: f64,
    /// Amplitude of a wave, as a share of the base.
    pub amplitude: f64,
    /// Period of the wave.
    pub period_secs: f64,
    /// Standard deviation of the mean-reverting drift.
    pub drift_deviation: f64,
    /// Time in which the drift falls to 1/e of itself, if nothing adds to it.
    pub drift_relaxation_secs: f64,
    /// Factors on the base, in order of time.
    pub steps: Vec<Step>,
    /// The same by clock time, instead of `steps`.
    pub by_clock: Vec<ClockStep>,
}

/// A factor from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Time from the start.
    pub at_secs: f64,
    /// The factor.
    pub factor: f64,
}

/// Faults of polls and of changes of the dial rate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Probability that a poll fails.
    pub poll_failure: f64,
    /// Probability that a PATCH fails.
    pub patch_failure: f64,
    /// Time until a PATCH takes effect; below the interval.
    pub patch_delay_secs: f64,
    /// Times in which every poll fails, in order.
    pub outages: Vec<Outage>,
}

/// A time in which every poll fails.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Its start.
    pub from_secs: f64,
    /// Its end.
    pub to_secs: f64,
}

impl Scenario {
    /// The most agents that the roster ever has.
    #[must_use]
    pub fn agents_max(&self) -> u32 {
        let by_clock = self.agents.by_clock.iter().map(|shift| shift.count);
        let counts = self.agents.roster.iter().map(|shift| shift.count);
        by_clock.max().or(counts.max()).unwrap_or(0)
    }

    /// Agents by time until `until_secs`.
    pub(super) fn roster(&self, until_secs: f64) -> Vec<Shift> {
        let by_clock = &self.agents.by_clock;
        if by_clock.is_empty() {
            return self.agents.roster.clone();
        }
        let entries: Vec<_> = by_clock.iter().map(|s| (s.days, s.at, s.count)).collect();
        let times = clock::by_time(&entries, self.start, until_secs);
        let shift = |(from_secs, count)| Shift { from_secs, count };
        times.into_iter().map(shift).collect()
    }

    /// Factors on the answer rate by time until `until_secs`.
    pub(super) fn answer_steps(&self, until_secs: f64) -> Vec<Step> {
        self.steps(
            &self.answer_rate.steps,
            &self.answer_rate.by_clock,
            until_secs,
        )
    }

    /// Factors on conversations by time until `until_secs`.
    pub(super) fn talk_steps(&self, until_secs: f64) -> Vec<Step> {
        self.steps(
            &self.calls.talk_steps,
            &self.calls.talk_by_clock,
            until_secs,
        )
    }

    fn steps(&self, by_time: &[Step], by_clock: &[ClockStep], until_secs: f64) -> Vec<Step> {
        if by_clock.is_empty() {
            return by_time.to_vec();
        }
        let entries: Vec<_> = by_clock.iter().map(|s| (s.days, s.at, s.factor)).collect();
        let times = clock::by_time(&entries, self.start, until_secs);
        let step = |(at_secs, factor)| Step { at_secs, factor };
        times.into_iter().map(step).collect()
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: "default".to_owned(),
            description: "Three in ten people answer, all day long.".to_owned(),
            start: LocalTime::default(),
            hours: 8.0,
            warm_up_secs: 0.0,
            interval_secs: 30.0,
            dialer: Dialing::default(),
            calls: Calls::default(),
            agents: Agents::default(),
            answer_rate: AnswerRate::default(),
            faults: Faults::default(),
        }
    }
}

impl Default for RatioDialing {
    fn default() -> Self {
        Self {
            lever: RatioLever::Whole,
            max: 3.0,
            ramp_per_minute: 0.0,
            abandonment_threshold: 0.0,
            abandonment_cutoff: 0.0,
            report_lag_secs: 0.0,
            report_batch_secs: 0.0,
        }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            time_to_answer: Distribution::Gamma {
                shape: 3.0,
                mean_secs: 12.0,
            },
            ring_out_secs: 22.0,
            fail_secs: 4.0,
            no_answer_share: 1.0,
            busy_share: 0.0,
            invalid_share: 0.0,
            machine_share: 0.0,
            machine_detection_secs: 3.0,
            machine_passed_share: 0.0,
            machine_handle: Distribution::Fixed { mean_secs: 15.0 },
            patience: Distribution::Fixed { mean_secs: 2.0 },
            talk: Distribution::Lognormal {
                mean_secs: 180.0,
                cv: 1.0,
            },
            talk_steps: Vec::new(),
            talk_by_clock: Vec::new(),
            wrap_up: Distribution::Exponential { mean_secs: 30.0 },
        }
    }
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            roster: vec![Shift {
                from_secs: 0.0,
                count: 50,
            }],
            by_clock: Vec::new(),
            breaks_per_hour: 0.0,
            break_duration: Distribution::Fixed { mean_secs: 900.0 },
        }
    }
}

impl Default for AnswerRate {
    fn default() -> Self {
        Self {
            base: 0.3,
            amplitude: 0.0,
            period_secs: 86_400.0,
            drift_deviation: 0.0,
            drift_relaxation_secs: 1_800.0,
            steps: Vec::new(),
            by_clock: Vec::new(),
        }
    }
}
