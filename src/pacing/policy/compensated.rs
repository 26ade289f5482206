//! `compensated`: `capacity`, with a constant number of answered calls per agent.
//!
//! The threshold is taken as the answer rate for which the utilisation was chosen. At a lower
//! answer rate the same number of calls gives agents fewer conversations; at a higher one, too
//! many. While this poll's answer rate is outside the tolerance band, the target is therefore
//! multiplied by `threshold ÷ mean answer rate over the window`. Inside the band it is not, so
//! that it does not follow noise.
//!
//! Where no call was answered in the whole window there is nothing to divide by, and the target is
//! that of `capacity`, which is the lower one.

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
