//! Policies: each computes a target from the window, with its basis.
//!
//! Policies differ only in their target. Window, guards, bounds, band and record belong to the
//! [pacer](super::Pacer) and are shared.

mod capacity;
mod compensated;
mod fixed;
pub(super) mod predictive;
pub(super) mod ratio;
mod share;

use std::time::Duration;

use super::burst;
use super::limits::{Limits, LimitsError};
use super::sample::{Ratio, Sample};
use super::setpoint::{Setpoint, Unit};
use super::state::PacerState;
use super::target::Target;

pub use predictive::{Forecast, Predictive};
pub use ratio::{Allowance, RatioSettings};

/// The rule for the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// Mean available agents × utilisation.
    Capacity,
    /// `Capacity`, corrected for an answer rate outside the tolerance band.
    Compensated,
    /// A constant setpoint.
    Fixed {
        /// Unit of the setpoint.
        unit: Unit,
        /// The setpoint.
        setpoint: Setpoint,
    },
    /// As many answers as agents will be free, with abandonment under a limit.
    Predictive(Predictive),
    /// Calls per agent for a dialer that dials by itself, with abandonment under a limit.
    Ratio(RatioSettings),
}

impl Policy {
    /// The name used on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Compensated => "compensated",
            Self::Fixed { .. } => "fixed",
            Self::Predictive(_) => "predictive",
            Self::Ratio(_) => "ratio",
        }
    }

    /// The abandonment rate that it keeps under, where it keeps under one.
    #[must_use]
    pub fn abandonment_limit(self) -> Option<Ratio> {
        match self {
            Self::Capacity | Self::Compensated | Self::Fixed { .. } => None,
            Self::Predictive(settings) => Some(settings.abandonment_limit),
            Self::Ratio(settings) => Some(settings.abandonment_limit),
        }
    }

    /// Unit of its target.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::Capacity | Self::Compensated | Self::Predictive(_) => Unit::CallsPerMinute,
            Self::Ratio(_) => Unit::CallsPerAgent,
            Self::Fixed { unit, .. } => unit,
        }
    }

    pub(super) fn check(self, limits: &Limits) -> Result<(), LimitsError> {
        let (wanted, found) = (self.unit(), limits.actuator.unit);
        if wanted != found {
            return Err(LimitsError {
                setting: "policy",
                problem: format!(
                    "{} sets {wanted}, and this lever counts {found}",
                    self.name()
                ),
            });
        }
        match self {
            Self::Capacity | Self::Compensated | Self::Predictive(_) | Self::Ratio(_) => Ok(()),
            Self::Fixed { setpoint, .. } => fixed::check(setpoint, limits),
        }
    }

    /// The target for a successful poll, which is in the window already. `outside_band` is true where
    /// this poll's answer rate is outside the band.
    pub(super) fn target(
        self,
        limits: &Limits,
        state: &mut PacerState,
        sample: &Sample,
        outside_band: bool,
    ) -> Target {
        match self {
            Self::Capacity => capacity::target(limits, &state.window),
            Self::Compensated => compensated::target(limits, &state.window, outside_band),
            Self::Fixed { unit, setpoint } => fixed::target(unit, setpoint),
            Self::Predictive(settings) => {
                let dial_rate = state.dial_rate_mean(settings.interval);
                Forecast::next(&mut state.forecast, &settings, sample, dial_rate)
            }
            Self::Ratio(settings) => {
                let (known, actuator) = (&mut state.allowance, &limits.actuator);
                Allowance::next(
                    known,
                    &settings,
                    actuator,
                    &state.window,
                    sample,
                    state.applied,
                )
            }
        }
    }

    /// The interval whose calls are placed as a burst; `None` where they are placed evenly.
    pub(super) fn burst_interval(self) -> Option<Duration> {
        match self {
            Self::Predictive(settings) if settings.front_load => Some(settings.interval),
            _ => None,
        }
    }

    /// True where a mean dial rate is less than a whole call of a burst, which comes later.
    pub(super) fn has_no_call(self, rate: f64) -> bool {
        let interval = self.burst_interval();
        interval.is_some_and(|interval| burst::whole_calls(rate, interval) < 1.0)
    }

    /// The same policy without bursts.
    pub(super) fn evenly(self) -> Self {
        match self {
            Self::Predictive(settings) => Self::Predictive(Predictive {
                front_load: false,
                ..settings
            }),
            other => other,
        }
    }

    /// True where a window without an available agent means that no agent is staffed. `predictive`
    /// and a dial ratio, which keep agents busy, look at the staffed agents.
    pub(super) fn has_no_staff(self, state: &PacerState, sample: &Sample) -> bool {
        match (self, &state.forecast, self.unit()) {
            (Self::Predictive(_), Some(forecast), _) => !forecast.has_staff(sample),
            (_, _, Unit::CallsPerAgent) => {
                let mut samples = state.window.iter();
                samples.all(|sample| sample.traffic.logged_in.is_none_or(|n| n == 0))
            }
            _ => true,
        }
    }

    /// The highest value that may stay in force after a failed poll, in the unit of the policy;
    /// `None` where a target does not rely on the next poll to correct it.
    pub(super) fn ceiling_without_poll(self, state: &PacerState) -> Option<f64> {
        match (self, &state.forecast) {
            (Self::Predictive(_), Some(forecast)) => Some(forecast.rate_without_polls()),
            _ => None,
        }
    }
}
