//! All of the pacer that must outlive a process.

use serde::{Deserialize, Serialize};

use super::policy::Forecast;
use super::setpoint::Setpoint;
use super::window::Window;
use crate::base::units::UnixMillis;

/// All of the pacer that must outlive a process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PacerState {
    /// The setpoint last applied; `None` before the first, when nothing is known of the lever.
    pub applied: Option<Setpoint>,
    /// The last samples.
    pub window: Window,
    /// When a poll last succeeded; the first step, as long as none has.
    pub heard_at: Option<UnixMillis>,
    /// Set when an earlier state was lost: the next step on a good poll may not raise the rate.
    pub recovering: bool,
    /// What the predictive policy has learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Box<Forecast>>,
}

impl PacerState {
    /// The state before the first poll of a campaign that is known to stand still.
    #[must_use]
    pub fn at_standstill() -> Self {
        Self {
            applied: Some(Setpoint::Stopped),
            ..Self::default()
        }
    }
}
