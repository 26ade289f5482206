//! `compensated`: `capacity`, with the answered calls per agent held constant.
//!
//! The threshold is read as the answer rate at which the utilisation is meant. When people
//! answer less than that, the same number of calls offers agents fewer conversations; when they
//! answer more, too many. While this poll's answer rate is outside the tolerance band, the
//! target is therefore multiplied by `threshold ÷ smoothed answer rate`, the smoothed rate being
//! the mean over the window. Inside the band nothing is corrected, so that noise is not followed.
//!
//! When nobody answered in the whole window there is nothing to divide by, and the target stays
//! that of `capacity`: fewer calls is the safe side.

use super::capacity;
use crate::pacing::limits::Limits;
use crate::pacing::target::{Basis, Target};
use crate::pacing::window::Window;

pub(super) fn target(limits: &Limits, window: &Window, outside_band: bool) -> Target {
    let plain = capacity::target(limits, window);
    let sla_threshold = limits.band.sla_threshold.value();
    let answer_rate_mean = window.answer_rate_mean().filter(|mean| *mean > 0.0);
    match (plain.basis, answer_rate_mean) {
        (
            Basis::Capacity {
                available_mean,
                utilisation,
            },
            Some(answer_rate_mean),
        ) if outside_band => Target {
            value: plain.value * (sla_threshold / answer_rate_mean),
            basis: Basis::Compensated {
                available_mean,
                utilisation,
                sla_threshold,
                answer_rate_mean,
            },
        },
        _ => plain,
    }
}
