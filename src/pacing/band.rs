//! The band of answer rates in which a campaign is left alone.

use super::sample::Ratio;

/// An answer-rate threshold and the dead band around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Answer rate that the campaign is held to.
    pub sla_threshold: Ratio,
    /// Half-width of the dead band around it, as a difference of answer rates.
    pub tolerance_margin: Ratio,
}
