//! Settings of the pacer: their meaning, their defaults with origin, and their check.

use std::fmt;
use std::time::Duration;

use super::band::Band;
use super::sample::Ratio;
use super::setpoint::{Actuator, Setpoint, Unit};

/// Settings that all policies share; [`Pacer::new`](super::Pacer::new) checks them.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The lever and its bounds.
    pub actuator: Actuator,
    /// The band of answer rates in which an unchanged setpoint is not sent again.
    pub band: Band,
    /// Number of samples in a full window.
    pub window: usize,
    /// Calls per minute for each available agent, 0 to 1.
    pub utilisation: Ratio,
    /// The guards.
    pub guards: Guards,
}

/// The guards around every policy; each can be switched off.
#[derive(Clone, Debug, PartialEq)]
pub struct Guards {
    /// Age at which a sample is dropped; `None` for never.
    pub max_sample_age: Option<Duration>,
    /// True where a full window without an available agent stops the dialing.
    pub stop_without_agents: bool,
    /// Setpoint once no sample is left; `None` keeps the last one.
    pub safe: Option<Setpoint>,
}

/// Default age at which a sample is dropped: twice the window's time, so that the window stays full
/// where every second poll fails.
#[must_use]
pub fn default_max_sample_age(window: usize, interval: Duration) -> Duration {
    interval.saturating_mul(u32::try_from(window).unwrap_or(u32::MAX).saturating_mul(2))
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsError {
    /// Name of the setting's field.
    pub setting: &'static str,
    /// The problem, with the allowed values.
    pub problem: String,
}

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for LimitsError {}

impl Limits {
    pub(super) fn check(&self) -> Result<(), LimitsError> {
        let refuse = |setting, problem| Err(LimitsError { setting, problem });
        let Actuator { unit, min, max } = self.actuator;
        let words = Words::of(unit);
        if max > words.ceiling {
            let (max, ceiling) = (unit.value(max), unit.value(words.ceiling));
            return refuse(
                words.max_setting,
                format!("{max} {unit} is above the ceiling of {ceiling}"),
            );
        }
        if min > max {
            let (min, max) = (unit.value(min), unit.value(max));
            return refuse(
                words.min_setting,
                format!(
                    "the minimum {}, {min}, is above the maximum, {max}",
                    words.lever
                ),
            );
        }
        if !(1..=WINDOW_CEILING).contains(&self.window) {
            return refuse(
                "window",
                format!(
                    "{} samples; it must hold 1 to {WINDOW_CEILING}",
                    self.window
                ),
            );
        }
        if let Some(safe) = self.guards.safe.filter(|safe| *safe > max) {
            let (safe, max) = (unit.value(safe), unit.value(max));
            return refuse(
                "safe_rate",
                format!("{safe} is above the maximum {}, {max}", words.lever),
            );
        }
        Ok(())
    }
}

/// The words for a lever in messages, and the ceiling of its maximum.
struct Words {
    lever: &'static str,
    min_setting: &'static str,
    max_setting: &'static str,
    ceiling: Setpoint,
}

impl Words {
    fn of(unit: Unit) -> Self {
        match unit {
            Unit::CallsPerMinute => Self {
                lever: "dial rate",
                min_setting: "min_dial_rate",
                max_setting: "max_dial_rate",
                ceiling: Setpoint::at(DIAL_RATE_CEILING),
            },
            Unit::CallsPerAgent => Self {
                lever: "dial ratio",
                min_setting: "min_ratio",
                max_setting: "max_ratio",
                ceiling: Setpoint::at(RATIO_CEILING_HUNDREDTHS),
            },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            actuator: Actuator::calls_per_minute(MIN_DIAL_RATE, MAX_DIAL_RATE),
            band: Band {
                sla_threshold: SLA_THRESHOLD,
                tolerance_margin: TOLERANCE_MARGIN,
            },
            window: WINDOW,
            utilisation: UTILISATION,
            guards: Guards {
                max_sample_age: Some(default_max_sample_age(WINDOW, INTERVAL)),
                stop_without_agents: true,
                safe: Some(Setpoint::at(MIN_DIAL_RATE)),
            },
        }
    }
}

/// Answer rate, 0 to 1; the original controller's default.
pub const SLA_THRESHOLD: Ratio = ratio(0.75);
/// Half-width of the band, as a difference of answer rates; the original controller's default.
pub const TOLERANCE_MARGIN: Ratio = ratio(0.05);
/// Calls per minute; the original controller's default.
pub const MIN_DIAL_RATE: u32 = 10;
/// Calls per minute; the original controller's default.
pub const MAX_DIAL_RATE: u32 = 100;
/// Samples; the original controller's default: three minutes at one every 30 s.
pub const WINDOW: usize = 6;
/// Calls a minute per available agent; the original controller's default.
pub const UTILISATION: Ratio = ratio(0.85);
/// Time between two polls; the original controller's default.
pub const INTERVAL: Duration = Duration::from_secs(30);
/// Abandoned ÷ live answers, over 30 days: FTC TSR 310.4(b)(4), FCC 64.1200(a)(7).
pub const ABANDONMENT_LIMIT: Ratio = ratio(0.03);
/// Talk and wrap-up of an ordinary outbound call.
pub const HANDLE_TIME: Duration = Duration::from_secs(180);
/// Least time from a change of a dial ratio to the next raise: three times the longest ring, 60 s; by
/// then a change shows in what is reported.
pub const RAISE_DWELL: Duration = Duration::from_secs(180);
/// Changes of a dial ratio in an hour: each is an entry in the history of the skill.
pub const WRITES_PER_HOUR: u32 = 12;
/// Calls per minute; a higher setting is a typing error, since no campaign of one site reaches it.
const DIAL_RATE_CEILING: u32 = 100_000;
/// Hundredths of a call per agent. A higher one has no use: the best constant ratio for 500 agents
/// is 10 (docs/POLICIES.md, "ratio").
const RATIO_CEILING_HUNDREDTHS: u32 = 2_000;
/// Samples; at one every 15 s this is more than four hours.
const WINDOW_CEILING: usize = 1_000;

const fn ratio(value: f64) -> Ratio {
    match Ratio::constant(value) {
        Some(ratio) => ratio,
        None => unreachable!(),
    }
}
