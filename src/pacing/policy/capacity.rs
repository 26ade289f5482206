//! `capacity`: calls in proportion to the agents available. The default.
//!
//! `target = mean available agents × utilisation`; the clamp rounds it down.

use crate::pacing::limits::Limits;
use crate::pacing::target::{Basis, Target};
use crate::pacing::window::Window;

pub(super) fn target(limits: &Limits, window: &Window) -> Target {
    let available_mean = window.available_mean().unwrap_or(0.0);
    let utilisation = limits.utilisation.value();
    Target {
        value: available_mean * utilisation,
        basis: Basis::Capacity {
            available_mean,
            utilisation,
        },
    }
}
