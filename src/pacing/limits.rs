//! Settings of the pacer: what they mean, where their defaults come from, and their check.

use std::fmt;
use std::time::Duration;

use super::sample::Ratio;

/// Settings that every policy shares. [`Pacer::new`](super::Pacer::new) checks them once.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Answer rate that the campaign is held to.
    pub sla_threshold: Ratio,
    /// Half-width of the dead band around it, as a difference of answer rates.
    pub tolerance_margin: Ratio,
    /// Lowest dial rate while there are agents, in calls per minute.
    pub min_dial_rate: u32,
    /// Highest dial rate, in calls per minute.
    pub max_dial_rate: u32,
    /// Samples in the sliding window.
    pub window: usize,
    /// Calls a minute dialed per available agent.
    pub utilisation: Ratio,
    /// What surrounds every policy.
    pub guards: Guards,
}

/// The guards that every policy is surrounded with; each can be switched off.
#[derive(Clone, Debug, PartialEq)]
pub struct Guards {
    /// A sample further away in time than this is dropped. `None`: samples never age.
    pub max_sample_age: Option<Duration>,
    /// Whether a full window without any available agent stops the dialing.
    pub stop_without_agents: bool,
    /// Dial rate once no sample is left. `None`: the last rate stays.
    pub safe_rate: Option<u32>,
}

/// The age at which a sample is dropped unless set otherwise: twice what the window spans, so
/// that every second poll may fail without a sample being lost.
#[must_use]
pub fn default_max_sample_age(window: usize, interval: Duration) -> Duration {
    interval.saturating_mul(u32::try_from(window).unwrap_or(u32::MAX).saturating_mul(2))
}

/// Why settings cannot be used: which one, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsError {
    /// The setting, as its field is named.
    pub setting: &'static str,
    /// What is wrong with it and what to do.
    pub problem: String,
}

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for LimitsError {}

impl Limits {
    /// The dial rate nearest to `target` that is whole and within the clamp. Rounds down, and
    /// takes the minimum for a target that is not a number.
    ///
    /// ```
    /// # use dialpace::pacing::Limits;
    /// let limits = Limits::default(); // 10 to 100 calls a minute
    /// assert_eq!(limits.whole_rate(34.9), 34);
    /// assert_eq!(limits.whole_rate(2.0), 10);
    /// assert_eq!(limits.whole_rate(f64::INFINITY), 100);
    /// assert_eq!(limits.whole_rate(f64::NAN), 10);
    /// ```
    #[must_use]
    pub fn whole_rate(&self, target: f64) -> u32 {
        // `f64::max` gives the other operand for a NaN.
        let clamped = target
            .floor()
            .max(f64::from(self.min_dial_rate))
            .min(f64::from(self.max_dial_rate));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and between two u32, by the line above"
        )]
        let rate = clamped as u32;
        rate
    }

    pub(super) fn check(&self) -> Result<(), LimitsError> {
        let refuse = |setting, problem| Err(LimitsError { setting, problem });
        if self.max_dial_rate > DIAL_RATE_CEILING {
            return refuse(
                "max_dial_rate",
                format!(
                    "{} calls per minute is above the ceiling of {DIAL_RATE_CEILING}",
                    self.max_dial_rate
                ),
            );
        }
        if self.min_dial_rate > self.max_dial_rate {
            return refuse(
                "min_dial_rate",
                format!(
                    "the minimum dial rate, {}, is above the maximum, {}",
                    self.min_dial_rate, self.max_dial_rate
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
        if let Some(rate) = self.guards.safe_rate.filter(|r| *r > self.max_dial_rate) {
            return refuse(
                "safe_rate",
                format!(
                    "{rate} is above the maximum dial rate, {}",
                    self.max_dial_rate
                ),
            );
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sla_threshold: SLA_THRESHOLD,
            tolerance_margin: TOLERANCE_MARGIN,
            min_dial_rate: MIN_DIAL_RATE,
            max_dial_rate: MAX_DIAL_RATE,
            window: WINDOW,
            utilisation: UTILISATION,
            guards: Guards {
                max_sample_age: Some(default_max_sample_age(WINDOW, INTERVAL)),
                stop_without_agents: true,
                safe_rate: Some(MIN_DIAL_RATE),
            },
        }
    }
}

/// Answer-rate threshold; the original controller's default.
pub const SLA_THRESHOLD: Ratio = ratio(0.75);
/// Dead band around it; the original controller's default.
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
/// Calls per minute that no campaign of one site reaches: a higher setting is a typing error.
const DIAL_RATE_CEILING: u32 = 100_000;
/// Samples; at one every 15 s this is more than four hours.
const WINDOW_CEILING: usize = 1_000;

const fn ratio(value: f64) -> Ratio {
    match Ratio::constant(value) {
        Some(ratio) => ratio,
        None => unreachable!(),
    }
}
