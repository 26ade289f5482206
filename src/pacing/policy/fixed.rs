//! `fixed`: a constant setpoint. The guards apply.

use crate::pacing::limits::{Limits, LimitsError};
use crate::pacing::setpoint::{Setpoint, Unit};
use crate::pacing::target::{Basis, Target};

pub(super) fn check(setpoint: Setpoint, limits: &Limits) -> Result<(), LimitsError> {
    let (min, max) = (limits.actuator.min, limits.actuator.max);
    if (min..=max).contains(&setpoint) {
        return Ok(());
    }
    Err(LimitsError {
        setting: "dial_rate",
        problem: format!(
            "{} is outside the minimum and maximum dial rates, {} to {}",
            setpoint.steps(),
            min.steps(),
            max.steps()
        ),
    })
}

pub(super) fn target(unit: Unit, setpoint: Setpoint) -> Target {
    Target {
        value: unit.value(setpoint),
        basis: Basis::Fixed,
    }
}
