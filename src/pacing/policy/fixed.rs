//! `fixed`: a constant setpoint. The guards apply.

use crate::pacing::limits::{Limits, LimitsError};
use crate::pacing::setpoint::{Setpoint, Unit};
use crate::pacing::target::{Basis, Target};

pub(super) fn check(setpoint: Setpoint, limits: &Limits) -> Result<(), LimitsError> {
    let (min, max) = (limits.actuator.min, limits.actuator.max);
    if (min..=max).contains(&setpoint) {
        return Ok(());
    }
    let unit = limits.actuator.unit;
    let (setting, lever) = match unit {
        Unit::CallsPerMinute => ("dial_rate", "dial rates"),
        Unit::CallsPerAgent => ("ratio", "dial ratios"),
    };
    Err(LimitsError {
        setting,
        problem: format!(
            "{} is outside the minimum and maximum {lever}, {} to {}",
            unit.value(setpoint),
            unit.value(min),
            unit.value(max)
        ),
    })
}

pub(super) fn target(unit: Unit, setpoint: Setpoint) -> Target {
    Target {
        value: unit.value(setpoint),
        basis: Basis::Fixed,
    }
}
