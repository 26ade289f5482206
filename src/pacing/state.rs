//! The state of the pacer, which is kept between runs.

use serde::{Deserialize, Serialize};

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
}
