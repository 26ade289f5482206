//! Policies: each turns the window into a target rate and says what the target rests on.
//!
//! A policy differs from another only in its target. Window, guards, clamp, SLA gate and record
//! are the [pacer](super::Pacer)'s and shared.

mod capacity;
mod compensated;
mod fixed;
mod predictive;

use std::fmt;

use super::limits::{Limits, LimitsError};
use super::pacer::PacerState;
use super::sample::Sample;
use super::window::Window;

pub use predictive::{Forecast, Predictive};

/// How the target rate is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// In proportion to the agents available.
    Capacity,
    /// As `Capacity`, corrected for an answer rate outside the tolerance band.
    Compensated,
    /// Always the same.
    Fixed {
        /// Calls per minute.
        dial_rate: u32,
    },
    /// As many answers as agents will be free to take, abandonment under a limit.
    Predictive(Predictive),
}

/// What a policy asks for, before the guards and the clamp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Calls per minute, not yet whole and not yet clamped.
    pub rate: f64,
    /// What the rate was computed from.
    pub basis: Basis,
}

/// What a target was computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// Mean available agents × utilisation.
    Capacity {
        /// Mean available agents over the window.
        available_mean: f64,
        /// Calls a minute per available agent.
        utilisation: f64,
    },
    /// The same × threshold ÷ smoothed answer rate.
    Compensated {
        /// Mean available agents over the window.
        available_mean: f64,
        /// Calls a minute per available agent.
        utilisation: f64,
        /// Answer rate at which the utilisation is meant.
        sla_threshold: f64,
        /// Mean answer rate over the window.
        answer_rate_mean: f64,
    },
    /// The rate that was set.
    Fixed,
    /// Agents free to take an answer, less what already rings and a reserve, ÷ answer rate.
    Predictive {
        /// Agents who wait.
        idle: u32,
        /// Agents who will have ended their call, as a mean.
        freed: f64,
        /// Answers that calls already placed will still give, as a mean.
        ringing: f64,
        /// Agents kept back for chance.
        reserve: f64,
        /// Answered ÷ attempts, filtered.
        answer_rate: f64,
        /// Mean handle time, filtered, or as it was set.
        handle_secs: f64,
        /// Agents in calls.
        busy: f64,
        /// Abandoned ÷ live answers of the last half hour.
        abandonment_rate: f64,
        /// Whether the platform told who is logged in, so that busy and handle time are measured.
        knows_staff: bool,
        /// Whether the platform counted the abandoned calls.
        knows_abandoned: bool,
        /// Seconds of the interval whose calls are answered within the horizon.
        answered_part_secs: f64,
    },
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

    pub(super) fn check(self, limits: &Limits) -> Result<(), LimitsError> {
        match self {
            Self::Capacity | Self::Compensated | Self::Predictive(_) => Ok(()),
            Self::Fixed { dial_rate } => fixed::check(dial_rate, limits),
        }
    }

    /// What it asks for on a good poll, which is in the window already. `outside_band`: whether
    /// this poll's answer rate is outside the tolerance band.
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
            Self::Fixed { dial_rate } => fixed::target(dial_rate),
            Self::Predictive(settings) => {
                Forecast::next(&mut state.forecast, &settings, sample, state.dial_rate)
            }
        }
    }

    /// Whether a window without an available agent is one without agents: a policy that keeps them
    /// busy knows better.
    pub(super) fn sees_nobody(self, state: &PacerState, sample: &Sample) -> bool {
        match (self, &state.forecast) {
            (Self::Predictive(_), Some(forecast)) => !forecast.has_staff(sample),
            _ => true,
        }
    }

    /// The most that may be dialed after a failed poll, calls per minute, where a policy's rates
    /// are made to be corrected soon.
    pub(super) fn ceiling_unseen(self, state: &PacerState) -> Option<f64> {
        match (self, &state.forecast) {
            (Self::Predictive(_), Some(forecast)) => Some(forecast.rate_unseen()),
            _ => None,
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capacity {
                available_mean,
                utilisation,
            } => write!(f, "floor({available_mean:.1} agents × {utilisation})"),
            Self::Compensated {
                available_mean,
                utilisation,
                sla_threshold,
                answer_rate_mean,
            } => write!(
                f,
                "floor({available_mean:.1} agents × {utilisation} × {sla_threshold} / {answer_rate_mean:.3})"
            ),
            Self::Fixed => f.write_str("the fixed rate"),
            Self::Predictive {
                idle,
                freed,
                ringing,
                reserve,
                answer_rate,
                handle_secs,
                busy,
                abandonment_rate,
                knows_staff,
                knows_abandoned,
                answered_part_secs,
            } => {
                let staff = if *knows_staff { "" } else { "about " };
                let assumed = if *knows_staff { "" } else { " assumed" };
                let estimated = if *knows_abandoned { "" } else { " estimated" };
                write!(
                    f,
                    "({idle} idle + {freed:.1} soon free - {ringing:.1} ringing - {reserve:.1} reserve) / {answer_rate:.3} / {:.2} min; {staff}{busy:.0} in calls of {handle_secs:.0} s{assumed}, {:.1} % abandoned{estimated}",
                    answered_part_secs / 60.0,
                    abandonment_rate * 100.0
                )
            }
        }
    }
}
