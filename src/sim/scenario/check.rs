//! The checks of a scenario, so that a simulation can rely on every value.

use std::fmt;

use super::{Agents, AnswerRate, Calls, ClockStep, Faults, RatioDialing, Scenario, Step};
use crate::sim::distribution::Distribution;

/// A scenario that cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The key, from the top, such as `agents.roster[1]`.
    pub key: String,
    /// The problem with its value.
    pub problem: String,
}

/// A key, its value, and the lowest and highest value that it may have.
type Bounds = (&'static str, f64, f64, f64);

impl Scenario {
    /// Checks every value.
    pub fn check(&self) -> Result<(), ScenarioError> {
        let warm_up_max = self.hours * 3600.0 - 1.0;
        within(&[
            ("hours", self.hours, 0.01, HOURS_MAX),
            ("warm_up_secs", self.warm_up_secs, 0.0, warm_up_max),
            ("interval_secs", self.interval_secs, 1.0, 3600.0),
        ])?;
        self.dialer.ratio.check()?;
        self.calls.check()?;
        self.agents.check()?;
        self.answer_rate.check()?;
        self.faults.check(self.interval_secs)
    }
}

impl RatioDialing {
    fn check(&self) -> Result<(), ScenarioError> {
        let (threshold, cutoff) = (self.abandonment_threshold, self.abandonment_cutoff);
        let (lag, batch) = (self.report_lag_secs, self.report_batch_secs);
        within(&[
            ("dialer.ratio.max", self.max, 1.0, RATIO_MAX),
            (
                "dialer.ratio.ramp_per_minute",
                self.ramp_per_minute,
                0.0,
                RATIO_MAX,
            ),
            ("dialer.ratio.abandonment_threshold", threshold, 0.0, 1.0),
            ("dialer.ratio.abandonment_cutoff", cutoff, 0.0, threshold),
            ("dialer.ratio.report_lag_secs", lag, 0.0, REPORT_SECS_MAX),
            (
                "dialer.ratio.report_batch_secs",
                batch,
                0.0,
                REPORT_SECS_MAX,
            ),
        ])
    }
}

impl Calls {
    fn check(&self) -> Result<(), ScenarioError> {
        within(&[
            ("calls.no_answer_share", self.no_answer_share, 0.0, 1.0),
            ("calls.busy_share", self.busy_share, 0.0, 1.0),
            ("calls.invalid_share", self.invalid_share, 0.0, 1.0),
            ("calls.machine_share", self.machine_share, 0.0, 1.0),
            (
                "calls.machine_passed_share",
                self.machine_passed_share,
                0.0,
                1.0,
            ),
        ])?;
        let sum = self.no_answer_share + self.busy_share + self.invalid_share + self.machine_share;
        if (sum - 1.0).abs() > SUM_ERROR_MAX {
            return refuse(
                "calls.no_answer_share",
                format!(
                    "with busy_share, invalid_share and machine_share it adds up to {sum}, not to 1"
                ),
            );
        }
        let detection_secs = self.machine_detection_secs;
        within(&[
            ("calls.ring_out_secs", self.ring_out_secs, 0.0, 600.0),
            ("calls.fail_secs", self.fail_secs, 0.0, 600.0),
            ("calls.machine_detection_secs", detection_secs, 0.0, 600.0),
        ])?;
        check_distribution("calls.time_to_answer", self.time_to_answer)?;
        check_distribution("calls.machine_handle", self.machine_handle)?;
        check_distribution("calls.patience", self.patience)?;
        check_distribution("calls.talk", self.talk)?;
        check_steps("calls.talk_steps", &self.talk_steps)?;
        check_clock_steps("calls.talk_by_clock", &self.talk_by_clock)?;
        one_of(
            "calls.talk_by_clock",
            &self.talk_by_clock,
            "talk_steps",
            !self.talk_steps.is_empty(),
        )?;
        check_distribution("calls.wrap_up", self.wrap_up)
    }
}

impl Agents {
    fn check(&self) -> Result<(), ScenarioError> {
        check_distribution("agents.break_duration", self.break_duration)?;
        within(&[("agents.breaks_per_hour", self.breaks_per_hour, 0.0, 60.0)])?;
        if self.roster.is_empty() {
            let problem = "it is empty; expected at least one entry";
            return refuse("agents.roster", problem.to_owned());
        }
        let times = self.roster.iter().map(|shift| shift.from_secs);
        check_order("agents.roster", "from_secs", times)?;
        let has_roster = self.roster != Self::default().roster;
        one_of("agents.by_clock", &self.by_clock, "roster", has_roster)?;
        let by_time = self.roster.iter().map(|shift| shift.count);
        let by_clock = self.by_clock.iter().map(|shift| shift.count);
        let counts = by_time.enumerate().map(|numbered| ("roster", numbered));
        let clock_counts = by_clock.enumerate().map(|numbered| ("by_clock", numbered));
        for (list, (n, count)) in counts.chain(clock_counts) {
            if count > AGENTS_MAX {
                return refuse(
                    format!("agents.{list}[{n}].count"),
                    format!("{count} agents are more than {AGENTS_MAX}"),
                );
            }
        }
        Ok(())
    }
}

impl AnswerRate {
    fn check(&self) -> Result<(), ScenarioError> {
        let (deviation, relaxation) = (self.drift_deviation, self.drift_relaxation_secs);
        within(&[
            ("answer_rate.base", self.base, 0.0, 1.0),
            ("answer_rate.amplitude", self.amplitude, -1.0, 1.0),
            ("answer_rate.period_secs", self.period_secs, 60.0, 1e7),
            ("answer_rate.drift_deviation", deviation, 0.0, 1.0),
            ("answer_rate.drift_relaxation_secs", relaxation, 1.0, 1e7),
        ])?;
        check_steps("answer_rate.steps", &self.steps)?;
        check_clock_steps("answer_rate.by_clock", &self.by_clock)?;
        one_of(
            "answer_rate.by_clock",
            &self.by_clock,
            "steps",
            !self.steps.is_empty(),
        )
    }
}

impl Faults {
    fn check(&self, interval_secs: f64) -> Result<(), ScenarioError> {
        let delay_secs = self.patch_delay_secs;
        within(&[
            ("faults.poll_failure", self.poll_failure, 0.0, 1.0),
            ("faults.patch_failure", self.patch_failure, 0.0, 1.0),
            ("faults.patch_delay_secs", delay_secs, 0.0, interval_secs),
        ])?;
        let edges = self.outages.iter().flat_map(|o| [o.from_secs, o.to_secs]);
        check_order("faults.outages", "from_secs or to_secs", edges)
    }
}

fn within(bounds: &[Bounds]) -> Result<(), ScenarioError> {
    bounds
        .iter()
        .try_for_each(|(key, value, min, max)| check_within(key, *value, *min, *max))
}

/// A NaN is within nothing.
fn check_within(key: &str, value: f64, min: f64, max: f64) -> Result<(), ScenarioError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    refuse(key, format!("{value} is not within {min} to {max}"))
}

fn check_distribution(key: &str, distribution: Distribution) -> Result<(), ScenarioError> {
    distribution
        .check()
        .or_else(|(field, problem)| refuse(format!("{key}.{field}"), problem))
}

fn check_steps(key: &str, steps: &[Step]) -> Result<(), ScenarioError> {
    check_order(key, "at_secs", steps.iter().map(|step| step.at_secs))?;
    let mut numbered = steps.iter().enumerate();
    numbered.try_for_each(|(n, step)| {
        check_within(&format!("{key}[{n}].factor"), step.factor, 0.0, 100.0)
    })
}

fn check_clock_steps(key: &str, steps: &[ClockStep]) -> Result<(), ScenarioError> {
    let mut numbered = steps.iter().enumerate();
    numbered.try_for_each(|(n, step)| {
        check_within(&format!("{key}[{n}].factor"), step.factor, 0.0, 100.0)
    })
}

/// Refuses a list by clock time beside one by time from the start.
fn one_of<T>(key: &str, by_clock: &[T], other: &str, has_other: bool) -> Result<(), ScenarioError> {
    if by_clock.is_empty() || !has_other {
        return Ok(());
    }
    refuse(key, format!("{other} is given too; give one of them"))
}

fn check_order(
    key: &str,
    field: &str,
    times: impl Iterator<Item = f64>,
) -> Result<(), ScenarioError> {
    let mut before = 0.0;
    for (n, time) in times.enumerate() {
        if !(before..=HOURS_MAX * 3600.0).contains(&time) {
            return refuse(
                format!("{key}[{n}]"),
                format!("{field} is {time}; expected times from 0 on, in order"),
            );
        }
        before = time;
    }
    Ok(())
}

fn refuse(key: impl Into<String>, problem: String) -> Result<(), ScenarioError> {
    let key = key.into();
    Err(ScenarioError { key, problem })
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl std::error::Error for ScenarioError {}

/// Calls per agent; a higher ratio rings the whole list at once.
const RATIO_MAX: f64 = 1_000.0;
/// A day; a later report is of no use to a shift.
const REPORT_SECS_MAX: f64 = 86_400.0;
/// Ten years; longer runs are a mistake of units.
const HOURS_MAX: f64 = 87_600.0;
/// More agents than any site has.
const AGENTS_MAX: u32 = 100_000;
/// Shares with a few decimals add up to 1 within this.
const SUM_ERROR_MAX: f64 = 1e-9;
