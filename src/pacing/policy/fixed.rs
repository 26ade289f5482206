//! `fixed`: a constant rate. The guards still apply.

use super::{Basis, Limits, LimitsError, Target};

pub(super) fn check(dial_rate: u32, limits: &Limits) -> Result<(), LimitsError> {
    if (limits.min_dial_rate..=limits.max_dial_rate).contains(&dial_rate) {
        return Ok(());
    }
    Err(LimitsError {
        setting: "dial_rate",
        problem: format!(
            "{dial_rate} is outside the minimum and maximum dial rates, {} to {}",
            limits.min_dial_rate, limits.max_dial_rate
        ),
    })
}

pub(super) fn target(dial_rate: u32) -> Target {
    Target {
        rate: f64::from(dial_rate),
        basis: Basis::Fixed,
    }
}
