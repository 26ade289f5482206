//! A scenario: everything about the simulated world that is not the pacer's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::draws::Distribution;

/// A world to pace in. Every field has a default, which `--print-scenario` shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// What it is called in reports.
    pub name: String,
    /// One sentence of what should happen in it.
    pub description: String,
    /// Simulated time, in hours.
    pub hours: f64,
    /// Time from the start in which nothing is counted.
    pub warm_up_secs: f64,
    /// Time from one poll to the next.
    pub interval_secs: f64,
    /// How calls are placed.
    pub dialer: Dialer,
    /// What becomes of a call.
    pub calls: Calls,
    /// Who takes the calls.
    pub agents: Agents,
    /// How likely a live person answers.
    pub answer_rate: AnswerRate,
    /// What fails.
    pub faults: Faults,
}

/// How calls are placed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialer {
    /// Time between two calls.
    pub spacing: Spacing,
    /// Lines that may be in use at once; 0: no limit.
    pub lines_max: u32,
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

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calls {
    /// Time until a live person or a machine answers.
    pub time_to_answer: Distribution,
    /// Time after which a call that nobody answers is given up.
    pub ring_out_secs: f64,
    /// Time until busy or invalid is known.
    pub fail_secs: f64,
    /// Of the calls that no live person answers: share that rings out.
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
    /// How long an agent stays with such a machine.
    pub machine_handle: Distribution,
    /// How long a person waits for an agent before giving up.
    pub patience: Distribution,
    /// Conversation.
    pub talk: Distribution,
    /// What the agent does after it.
    pub wrap_up: Distribution,
}

/// Who takes the calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// How many are logged in from when, in order of time.
    pub roster: Vec<Shift>,
    /// Breaks that an agent takes in an hour.
    pub breaks_per_hour: f64,
    /// How long a break lasts.
    pub break_duration: Distribution,
}

/// How many agents are logged in from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// The moment, from the start.
    pub from_secs: f64,
    /// Agents.
    pub count: u32,
}

/// How likely a live person answers, over time:
/// clamp(base × (1 + amplitude × sin(2πt ÷ period)) × factor + drift, 0.01, 0.99).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerRate {
    /// The typical probability.
    pub base: f64,
    /// Of the daily wave, as a share of the base.
    pub amplitude: f64,
    /// Of the daily wave.
    pub period_secs: f64,
    /// Standard deviation of the mean-reverting drift.
    pub drift_deviation: f64,
    /// Time in which the drift forgets a factor of e.
    pub drift_relaxation_secs: f64,
    /// Factors on the base, each from its moment on, in order of time.
    pub steps: Vec<Step>,
}

/// A factor on the answer rate from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The moment, from the start.
    pub at_secs: f64,
    /// The factor.
    pub factor: f64,
}

/// What fails.
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

/// A scenario that cannot be simulated: where, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The key, from the top, such as `agents.roster[1]`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Scenario {
    /// Checks every value, so that a run can rely on them.
    pub fn check(&self) -> Result<(), ScenarioError> {
        within("hours", self.hours, 0.01, HOURS_MAX)?;
        within(
            "warm_up_secs",
            self.warm_up_secs,
            0.0,
            self.hours * 3600.0 - 1.0,
        )?;
        within("interval_secs", self.interval_secs, 1.0, 3600.0)?;
        self.calls.check()?;
        check_distribution("agents.break_duration", self.agents.break_duration)?;
        within(
            "agents.breaks_per_hour",
            self.agents.breaks_per_hour,
            0.0,
            60.0,
        )?;
        self.check_roster()?;
        self.answer_rate.check()?;
        let faults = &self.faults;
        within("faults.poll_failure", faults.poll_failure, 0.0, 1.0)?;
        within("faults.patch_failure", faults.patch_failure, 0.0, 1.0)?;
        within(
            "faults.patch_delay_secs",
            faults.patch_delay_secs,
            0.0,
            self.interval_secs,
        )?;
        let edges = faults.outages.iter().flat_map(|o| [o.from_secs, o.to_secs]);
        check_order("faults.outages", "from_secs or to_secs", edges)
    }

    fn check_roster(&self) -> Result<(), ScenarioError> {
        let roster = &self.agents.roster;
        let refuse = |key: String, problem: String| Err(ScenarioError { key, problem });
        if roster.is_empty() {
            return refuse(
                "agents.roster".to_owned(),
                "it is empty; expected at least one entry".to_owned(),
            );
        }
        check_order(
            "agents.roster",
            "from_secs",
            roster.iter().map(|shift| shift.from_secs),
        )?;
        match roster.iter().position(|shift| shift.count > AGENTS_MAX) {
            Some(n) => refuse(
                format!("agents.roster[{n}].count"),
                format!(
                    "{} agents are more than {AGENTS_MAX}",
                    roster.get(n).map_or(0, |s| s.count)
                ),
            ),
            None => Ok(()),
        }
    }

    /// The most agents that the roster ever has.
    #[must_use]
    pub fn agents_max(&self) -> u32 {
        let counts = self.agents.roster.iter().map(|shift| shift.count);
        counts.max().unwrap_or(0)
    }
}

impl Calls {
    fn check(&self) -> Result<(), ScenarioError> {
        let shares = [
            ("calls.no_answer_share", self.no_answer_share),
            ("calls.busy_share", self.busy_share),
            ("calls.invalid_share", self.invalid_share),
            ("calls.machine_share", self.machine_share),
            ("calls.machine_passed_share", self.machine_passed_share),
        ];
        for (key, share) in shares {
            within(key, share, 0.0, 1.0)?;
        }
        let sum: f64 = shares.iter().take(4).map(|(_, share)| share).sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(ScenarioError {
                key: "calls.no_answer_share".to_owned(),
                problem: format!(
                    "with busy_share, invalid_share and machine_share it adds up to {sum}, not to 1"
                ),
            });
        }
        within("calls.ring_out_secs", self.ring_out_secs, 0.0, 600.0)?;
        within("calls.fail_secs", self.fail_secs, 0.0, 600.0)?;
        within(
            "calls.machine_detection_secs",
            self.machine_detection_secs,
            0.0,
            600.0,
        )?;
        check_distribution("calls.time_to_answer", self.time_to_answer)?;
        check_distribution("calls.machine_handle", self.machine_handle)?;
        check_distribution("calls.patience", self.patience)?;
        check_distribution("calls.talk", self.talk)?;
        check_distribution("calls.wrap_up", self.wrap_up)
    }
}

impl AnswerRate {
    fn check(&self) -> Result<(), ScenarioError> {
        within("answer_rate.base", self.base, 0.0, 1.0)?;
        within("answer_rate.amplitude", self.amplitude, -1.0, 1.0)?;
        within("answer_rate.period_secs", self.period_secs, 60.0, 1e7)?;
        within(
            "answer_rate.drift_deviation",
            self.drift_deviation,
            0.0,
            1.0,
        )?;
        within(
            "answer_rate.drift_relaxation_secs",
            self.drift_relaxation_secs,
            1.0,
            1e7,
        )?;
        check_order(
            "answer_rate.steps",
            "at_secs",
            self.steps.iter().map(|s| s.at_secs),
        )?;
        for (n, step) in self.steps.iter().enumerate() {
            within(
                &format!("answer_rate.steps[{n}].factor"),
                step.factor,
                0.0,
                100.0,
            )?;
        }
        Ok(())
    }
}

/// A NaN is within nothing.
fn within(key: &str, value: f64, min: f64, max: f64) -> Result<(), ScenarioError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(ScenarioError {
        key: key.to_owned(),
        problem: format!("{value} is not within {min} to {max}"),
    })
}

fn check_distribution(key: &str, distribution: Distribution) -> Result<(), ScenarioError> {
    distribution
        .check()
        .map_err(|(field, problem)| ScenarioError {
            key: format!("{key}.{field}"),
            problem,
        })
}

fn check_order(
    key: &str,
    field: &str,
    times: impl Iterator<Item = f64>,
) -> Result<(), ScenarioError> {
    let mut before = 0.0;
    for (n, time) in times.enumerate() {
        if !(before..=HOURS_MAX * 3600.0).contains(&time) {
            return Err(ScenarioError {
                key: format!("{key}[{n}]"),
                problem: format!("{field} is {time}; expected times from 0 on, in order"),
            });
        }
        before = time;
    }
    Ok(())
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: "default".to_owned(),
            description: "Three in ten people answer, all day long.".to_owned(),
            hours: 8.0,
            warm_up_secs: 0.0,
            interval_secs: 30.0,
            dialer: Dialer::default(),
            calls: Calls::default(),
            agents: Agents::default(),
            answer_rate: AnswerRate::default(),
            faults: Faults::default(),
        }
    }
}

impl Default for Dialer {
    fn default() -> Self {
        Self {
            spacing: Spacing::Even,
            lines_max: 0,
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
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl std::error::Error for ScenarioError {}

/// Ten years; longer runs are a mistake of units.
const HOURS_MAX: f64 = 87_600.0;
/// More agents than any site has.
const AGENTS_MAX: u32 = 100_000;
