//! The band of answer rates in which an unchanged setpoint is not sent again.

use super::sample::Ratio;

/// An answer-rate threshold and the dead band around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Answer rate at the centre of the band, 0 to 1.
    pub sla_threshold: Ratio,
    /// Half-width of the dead band around it, as a difference of answer rates.
    pub tolerance_margin: Ratio,
}
