//! A dial ratio as a number in results.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::setpoint::{Setpoint, Unit};

/// A dial ratio in results: calls per agent, a whole number where it is one.
///
/// ```
/// # use dialpace::pacing::{DialRatio, Setpoint};
/// let json = |hundredths| serde_json::to_string(&DialRatio::of(Setpoint::at(hundredths))).unwrap();
/// assert_eq!([json(200), json(150), json(0)], ["2", "1.5", "null"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialRatio(Setpoint);

impl DialRatio {
    /// The ratio of a position in calls per agent; `None` where the dialer is stopped.
    #[must_use]
    pub fn of(setpoint: Setpoint) -> Option<Self> {
        (setpoint != Setpoint::Stopped).then_some(Self(setpoint))
    }
}

impl Serialize for DialRatio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.0.steps();
        if steps.is_multiple_of(100) {
            serializer.serialize_u32(steps / 100)
        } else {
            serializer.serialize_f64(Unit::CallsPerAgent.value(self.0))
        }
    }
}

impl<'de> Deserialize<'de> for DialRatio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hundredths = (f64::deserialize(deserializer)? * 100.0).round();
        if !(1.0..=f64::from(u32::MAX)).contains(&hundredths) {
            return Err(serde::de::Error::custom("not a dial ratio above 0"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and within u32, by the lines above"
        )]
        let hundredths = hundredths as u32;
        Ok(Self(Setpoint::at(hundredths)))
    }
}
