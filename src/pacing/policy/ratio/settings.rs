//! The settings of `ratio`.

use std::time::Duration;

use crate::pacing::ratio_lever::RatioLever;
use crate::pacing::sample::Ratio;

/// Settings of `ratio`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioSettings {
    /// Time from one poll to the next.
    pub interval: Duration,
    /// Highest abandonment rate: abandoned ÷ live answers.
    pub abandonment_limit: Ratio,
    /// Mean handle time until it is measured.
    pub handle_time: Duration,
    /// Ratios that the dialer can be set to.
    pub lever: RatioLever,
    /// Least time from a change to the next raise.
    pub raise_dwell: Duration,
    /// Changes that may be sent in an hour. One that lowers the ratio is sent in any case.
    pub writes_per_hour: u32,
}

impl RatioSettings {
    /// The abandonment rate to aim at.
    pub(super) fn aim(&self) -> f64 {
        (self.abandonment_limit.value() * AIM_SHARE).max(AIM_MIN)
    }

    /// Time in which an overdrawn allowance may be worked off before the ratio falls a step, min.
    pub(super) fn work_off_mins(&self) -> f64 {
        match self.lever {
            RatioLever::Whole => WORK_OFF_MINS,
            RatioLever::Overdial | RatioLever::Real => WORK_OFF_MINS_FINE,
        }
    }
}

/// Aim ÷ limit: below 1, so that chance does not carry a shift over the limit.
const AIM_SHARE: f64 = 0.96;
/// Abandonment rate; an aim of 0 could be reached only at one call per agent.
const AIM_MIN: f64 = 0.001;
/// Minutes, where the steps are whole numbers and the step below costs much occupancy.
const WORK_OFF_MINS: f64 = 60.0;
/// Minutes, where the steps are finer.
const WORK_OFF_MINS_FINE: f64 = 30.0;
