//! Positions of a lever as words: of a campaign its dial rate, of a skill its dial ratio.

use crate::pacing::{Setpoint, Unit};

/// What the lever sets: `dial rate`, `dial ratio`.
pub(super) fn noun(unit: Unit) -> &'static str {
    match unit {
        Unit::CallsPerMinute => "dial rate",
        Unit::CallsPerAgent => "dial ratio",
    }
}

/// The same as a label of the board, as wide as its other labels.
pub(super) fn label(unit: Unit) -> &'static str {
    match unit {
        Unit::CallsPerMinute => "dial rate   ",
        Unit::CallsPerAgent => "dial ratio  ",
    }
}

/// A position as a number, without its unit.
pub(super) fn number(unit: Unit, setpoint: Option<Setpoint>) -> String {
    match (unit, setpoint) {
        (Unit::CallsPerMinute, setpoint) => setpoint.map_or(0, Setpoint::steps).to_string(),
        (Unit::CallsPerAgent, None) => "unknown".to_owned(),
        (Unit::CallsPerAgent, Some(Setpoint::Stopped)) => "stopped".to_owned(),
        (Unit::CallsPerAgent, Some(setpoint)) => unit.value(setpoint).to_string(),
    }
}

/// A position with its unit.
pub(super) fn position(unit: Unit, setpoint: Option<Setpoint>) -> String {
    let number = number(unit, setpoint);
    match (unit, setpoint) {
        (Unit::CallsPerMinute, _) => format!("{number} calls/min"),
        (Unit::CallsPerAgent, Some(at @ Setpoint::At(_))) => unit.show(at),
        (Unit::CallsPerAgent, _) => number,
    }
}

/// A change: "dial rate 30 → 34 calls/min", or "dial rate 34 calls/min" where it stays.
pub(super) fn change(unit: Unit, before: Option<Setpoint>, after: Option<Setpoint>) -> String {
    let noun = noun(unit);
    let (from, to) = (number(unit, before), position(unit, after));
    if from == number(unit, after) {
        format!("{noun} {to}")
    } else {
        format!("{noun} {from} → {to}")
    }
}
