//! The lever: its unit, its bounds and its positions.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// A position of the lever, ordered by the number of calls, so that "a fault never raises it" is
/// a comparison.
///
/// A stopped dialer is a position of its own and not the number 0, so that it has one form.
///
/// ```
/// # use dialpace::pacing::Setpoint;
/// assert!(Setpoint::Stopped < Setpoint::at(1));
/// assert!(Setpoint::at(34) < Setpoint::at(35));
/// assert_eq!(Setpoint::at(0), Setpoint::Stopped);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Setpoint {
    /// No call is placed.
    Stopped,
    /// Number of steps of the unit.
    At(NonZeroU32),
}

impl Setpoint {
    /// One call per available agent, in hundredths: a dialer that abandons nobody.
    pub const ONE_PER_AGENT: Self = match NonZeroU32::new(100) {
        Some(steps) => Self::At(steps),
        None => Self::Stopped,
    };

    /// The position of `steps` steps; 0 steps are [`Stopped`](Self::Stopped).
    #[must_use]
    pub fn at(steps: u32) -> Self {
        NonZeroU32::new(steps).map_or(Self::Stopped, Self::At)
    }

    /// Number of steps of the unit; 0 where it is stopped.
    #[must_use]
    pub fn steps(self) -> u32 {
        match self {
            Self::Stopped => 0,
            Self::At(steps) => steps.get(),
        }
    }
}

/// Unit of a lever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Calls placed per minute, in steps of 1: the dial rate of the campaign API.
    CallsPerMinute,
    /// Calls ringing per available agent, in steps of 0.01: the dial ratio of a dialer that places
    /// calls by itself.
    CallsPerAgent,
}

impl Unit {
    /// A position as a number of this unit; 0 where it is stopped.
    #[must_use]
    pub fn value(self, setpoint: Setpoint) -> f64 {
        f64::from(setpoint.steps()) / self.steps_per_unit()
    }

    /// A number of steps in this unit.
    #[must_use]
    pub fn of_steps(self, steps: f64) -> f64 {
        steps / self.steps_per_unit()
    }

    /// A position as text, with its unit.
    ///
    /// ```
    /// # use dialpace::pacing::{Setpoint, Unit};
    /// assert_eq!(Unit::CallsPerMinute.show(Setpoint::at(34)), "34 calls/min");
    /// assert_eq!(Unit::CallsPerMinute.show(Setpoint::Stopped), "0 calls/min");
    /// assert_eq!(Unit::CallsPerAgent.show(Setpoint::at(150)), "1.5 calls per agent");
    /// ```
    #[must_use]
    pub fn show(self, setpoint: Setpoint) -> String {
        let value = self.value(setpoint);
        match self {
            Self::CallsPerMinute => format!("{value} calls/min"),
            Self::CallsPerAgent if setpoint == Setpoint::ONE_PER_AGENT => {
                "1 call per agent".to_owned()
            }
            Self::CallsPerAgent => format!("{value} calls per agent"),
        }
    }

    /// Number of steps in one unit.
    fn steps_per_unit(self) -> f64 {
        match self {
            Self::CallsPerMinute => 1.0,
            Self::CallsPerAgent => 100.0,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CallsPerMinute => "calls per minute",
            Self::CallsPerAgent => "calls per agent",
        })
    }
}

/// A lever: its unit, and the bounds for its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actuator {
    /// Unit of its positions.
    pub unit: Unit,
    /// Lowest position while agents are available.
    pub min: Setpoint,
    /// Highest position.
    pub max: Setpoint,
}

impl Actuator {
    /// A dial rate between two bounds, calls per minute.
    #[must_use]
    pub fn calls_per_minute(min: u32, max: u32) -> Self {
        Self {
            unit: Unit::CallsPerMinute,
            min: Setpoint::at(min),
            max: Setpoint::at(max),
        }
    }

    /// A dial ratio between two bounds, hundredths of a call per agent.
    #[must_use]
    pub fn calls_per_agent(min_hundredths: u32, max_hundredths: u32) -> Self {
        Self {
            unit: Unit::CallsPerAgent,
            min: Setpoint::at(min_hundredths),
            max: Setpoint::at(max_hundredths),
        }
    }

    /// The highest position not above `value`, which is in the unit, within the bounds. A value that
    /// is not a number gives the minimum.
    ///
    /// ```
    /// # use dialpace::pacing::{Actuator, Setpoint};
    /// let rate = Actuator::calls_per_minute(10, 100);
    /// assert_eq!(rate.quantise(34.9), Setpoint::at(34));
    /// assert_eq!(rate.quantise(2.0), Setpoint::at(10));
    /// assert_eq!(rate.quantise(f64::INFINITY), Setpoint::at(100));
    /// assert_eq!(rate.quantise(f64::NAN), Setpoint::at(10));
    /// let ratio = Actuator::calls_per_agent(100, 300);
    /// assert_eq!(ratio.quantise(1.15), Setpoint::at(115));
    /// ```
    #[must_use]
    pub fn quantise(&self, value: f64) -> Setpoint {
        let steps = match self.unit {
            Unit::CallsPerMinute => value,
            // 1.15 × 100 is 114.99999999999999.
            Unit::CallsPerAgent => value * self.unit.steps_per_unit() + ROUNDING,
        };
        // `f64::max` gives the other operand for a NaN.
        let clamped = steps
            .floor()
            .max(f64::from(self.min.steps()))
            .min(f64::from(self.max.steps()));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and between two u32, by the line above"
        )]
        let steps = clamped as u32;
        Setpoint::at(steps)
    }
}

/// Steps by which a product of two decimal fractions may fall short of a whole number.
const ROUNDING: f64 = 1e-9;
