//! Policies: each turns the window into a target rate and says what the target rests on.
//!
//! A policy differs from another only in its target. Window, guards, clamp, SLA gate and record
//! are the [pacer](super::Pacer)'s and shared.

mod capacity;
mod compensated;
mod fixed;

use std::fmt;

use super::limits::{Limits, LimitsError};
use super::window::Window;

/// How the target rate is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Policy {
    /// The name used on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Compensated => "compensated",
            Self::Fixed { .. } => "fixed",
        }
    }

    pub(super) fn check(self, limits: &Limits) -> Result<(), LimitsError> {
        match self {
            Self::Capacity | Self::Compensated => Ok(()),
            Self::Fixed { dial_rate } => fixed::check(dial_rate, limits),
        }
    }

    /// `outside_band`: whether this poll's answer rate is outside the tolerance band.
    pub(super) fn target(self, limits: &Limits, window: &Window, outside_band: bool) -> Target {
        match self {
            Self::Capacity => capacity::target(limits, window),
            Self::Compensated => compensated::target(limits, window, outside_band),
            Self::Fixed { dial_rate } => fixed::target(dial_rate),
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
        }
    }
}
