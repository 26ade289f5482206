//! The state of the pacer, which is kept between runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::burst::Burst;
use super::policy::{Allowance, Forecast};
use super::setpoint::Setpoint;
use super::window::Window;
use crate::base::units::UnixMillis;

/// The state of the pacer, which is kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PacerState {
    /// The setpoint last applied; `None` before the first, when the lever's position is unknown.
    pub applied: Option<Setpoint>,
    /// The last samples.
    pub window: Window,
    /// Time of the last successful poll; until there is one, that of the first step.
    pub heard_at: Option<UnixMillis>,
    /// True where an earlier state was lost: the next step with a poll may not raise the setpoint.
    pub recovering: bool,
    /// Estimates of the predictive policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Box<Forecast>>,
    /// Account and estimates of the ratio policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Box<Allowance>>,
    /// The burst of this interval, from its sending to the next step, and for as long as it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<Burst>,
}

impl PacerState {
    /// The state before the first poll of a campaign that is known to be stopped.
    #[must_use]
    pub fn at_standstill() -> Self {
        Self {
            applied: Some(Setpoint::Stopped),
            ..Self::default()
        }
    }

    /// The burst that is in force, where `highest` is the highest setpoint that may be.
    #[must_use]
    pub fn open_burst(&self, highest: Option<Setpoint>) -> Option<Burst> {
        self.burst.filter(|burst| highest >= Some(burst.rate))
    }

    /// The dial rate since the last poll, calls per minute: that of a burst as the mean over the
    /// interval.
    pub(super) fn dial_rate_mean(&self, interval: Duration) -> f64 {
        match (self.burst, self.applied) {
            (Some(burst), Some(Setpoint::Stopped)) => {
                let rate_mean = burst.calls() * 60.0 / interval.as_secs_f64();
                rate_mean.min(f64::from(burst.rate.steps()))
            }
            (_, applied) => f64::from(applied.map_or(0, Setpoint::steps)),
        }
    }
}
