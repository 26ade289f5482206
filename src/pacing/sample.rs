//! One poll of a campaign: when it was taken, who was available, how many answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::units::UnixMillis;

/// One poll of a campaign, as every shell shows it to the pacer.
///
/// A sample can only be built from values that are finite and in range (see [`Ratio`]), so
/// nothing else ever reaches the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sample {
    /// When the poll was answered.
    pub at: UnixMillis,
    /// Agents ready to take a call at that moment.
    pub available_agents: u32,
    /// Answered by a person ÷ attempts that ended, over the last interval. `None` when no
    /// attempt ended, so that there is nothing to divide by.
    pub answer_rate: Option<Ratio>,
    /// What else the poll told.
    #[serde(default, skip_serializing_if = "Traffic::is_empty")]
    pub traffic: Traffic,
}

/// Counts that not every platform gives; `None` where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Traffic {
    /// Attempts that ended in the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Of these, answered by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<u32>,
    /// People who answered and gave up in the interval before an agent was free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<u32>,
    /// Agents logged in and not on a break, available or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_in: Option<u32>,
}

impl Traffic {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A share: finite, from 0 to 1 inclusive.
///
/// ```
/// # use dialpace::pacing::Ratio;
/// assert!(Ratio::new(0.75).is_some());
/// assert!(Ratio::new(77.24).is_none(), "a percentage is not a share");
/// assert!(Ratio::new(f64::NAN).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Ratio(f64);

impl Ratio {
    /// The share `value`, or `None` when it is not finite or not within 0..=1.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        // Adding zero turns −0 into 0, which prints as people expect.
        (0.0..=1.0).contains(&value).then_some(Self(value + 0.0))
    }

    /// For the constants of this module's neighbours; checked when they are compiled.
    pub(super) const fn constant(value: f64) -> Option<Self> {
        if value >= 0.0 && value <= 1.0 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The share as a plain number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Ratio {
    type Error = NotARatio;

    fn try_from(value: f64) -> Result<Self, NotARatio> {
        Self::new(value).ok_or(NotARatio(value))
    }
}

impl From<Ratio> for f64 {
    fn from(ratio: Ratio) -> Self {
        ratio.0
    }
}

/// A number that was meant as a share and is not one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotARatio(f64);

impl fmt::Display for NotARatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a share from 0 to 1", self.0)?;
        if self.0 > 1.0 && self.0 <= 100.0 {
            f.write_str(" (a percentage? divide by 100)")?;
        }
        Ok(())
    }
}

impl std::error::Error for NotARatio {}
