//! Policies: each turns the window into a target and says what the target rests on.
//!
//! A policy differs from another only in its target. Window, guards, bounds, band and record are
//! the [pacer](super::Pacer)'s and shared.

mod capacity;
mod compensated;
mod fixed;
mod predictive;

use super::limits::{Limits, LimitsError};
use super::sample::Sample;
use super::setpoint::{Setpoint, Unit};
use super::state::PacerState;
use super::target::Target;

pub use predictive::{Forecast, Predictive};

/// How the target is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// In proportion to the agents available.
    Capacity,
    /// As `Capacity`, corrected for an answer rate outside the tolerance band.
    Compensated,
    /// Always the same.
    Fixed {
        /// What the lever counts.
        unit: Unit,
        /// Its position.
        setpoint: Setpoint,
    },
    /// As many answers as agents will be free to take, abandonment under a limit.
    Predictive(Predictive),
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
        }
    }

    /// What its target counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::Capacity | Self::Compensated | Self::Predictive(_) => Unit::CallsPerMinute,
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
            Self::Capacity | Self::Compensated | Self::Predictive(_) => Ok(()),
            Self::Fixed { setpoint, .. } => fixed::check(setpoint, limits),
        }
    }

    /// The target on a good poll, which is in the window already. `outside_band` says that this
    /// poll's answer rate is outside the band.
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
                let dial_rate = state.applied.map_or(0, Setpoint::steps);
                Forecast::next(&mut state.forecast, &settings, sample, dial_rate)
            }
        }
    }

    /// True where a window without an available agent means that nobody is logged in. A policy that
    /// keeps agents busy can tell the two apart.
    pub(super) fn has_no_staff(self, state: &PacerState, sample: &Sample) -> bool {
        match (self, &state.forecast) {
            (Self::Predictive(_), Some(forecast)) => !forecast.has_staff(sample),
            _ => true,
        }
    }

    /// The highest value that may stay in force after a failed poll, in the unit of the policy. Only
    /// a policy whose targets count on being corrected by the next poll has one.
    pub(super) fn ceiling_without_poll(self, state: &PacerState) -> Option<f64> {
        match (self, &state.forecast) {
            (Self::Predictive(_), Some(forecast)) => Some(forecast.rate_without_polls()),
            _ => None,
        }
    }
}
