//! One poll of a campaign: its time, the available agents and the answer rate.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::units::UnixMillis;

/// One poll of a campaign, in the form in which every shell gives it to the pacer.
///
/// Its values are finite and in range (see [`Ratio`]), so the arithmetic needs no checks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sample {
    /// Time of the poll's answer.
    pub at: UnixMillis,
    /// Agents available at that time.
    pub available_agents: u32,
    /// Answered by a person ÷ attempts that ended, over the last interval; `None` where no attempt
    /// ended.
    pub answer_rate: Option<Ratio>,
    /// Further counts.
    #[serde(default, skip_serializing_if = "Traffic::is_empty")]
    pub traffic: Traffic,
    /// The abandonment rate as the platform's counts give it. No policy uses it.
    #[serde(default, skip_serializing_if = "Abandonment::is_none")]
    pub abandonment: Abandonment,
}

/// An abandonment rate, abandoned ÷ (connected + abandoned), and its basis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Abandonment {
    /// The rate, where it is known.
    pub rate: Option<Ratio>,
    /// Its basis.
    pub basis: AbandonmentBasis,
}

/// The basis of an abandonment rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbandonmentBasis {
    /// Counts of the window.
    Measured,
    /// Counts since the platform's midnight, because the window has too few.
    Epoch,
    /// What the policy expects at the setpoint in force.
    Estimated,
    /// Nothing.
    #[default]
    None,
}

impl Abandonment {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl AbandonmentBasis {
    /// The word in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Epoch => "epoch",
            Self::Estimated => "estimated",
            Self::None => "none",
        }
    }
}

/// Counts of the last interval; `None` where the platform does not give them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Traffic {
    /// Attempts that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Attempts answered by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<u32>,
    /// Answered calls that were abandoned before an agent was free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<u32>,
    /// Staffed agents: logged in and not on a break, available or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_in: Option<u32>,
    /// Agents with a call or in wrap-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busy: Option<u32>,
}

impl Traffic {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The answer rate of one interval, from what a report of it holds: the rate, or both counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum IntervalRate {
    /// Answered by a person ÷ attempts that ended.
    Known(Ratio),
    /// Nothing was dialed, so that there is nothing to divide by.
    Quiet,
    /// The report has neither the rate nor both counts.
    Absent,
}

impl IntervalRate {
    /// The answer rate of a report; `None` where more were answered than dialed. A rate beside no
    /// dialed call says nothing.
    ///
    /// ```
    /// # use dialpace::pacing::{IntervalRate, Ratio};
    /// let of = IntervalRate::of;
    /// assert_eq!(of(None, Some(4), Some(1)), Ratio::new(0.25).map(IntervalRate::Known));
    /// assert_eq!(of(Ratio::new(0.0), Some(0), Some(0)), Some(IntervalRate::Quiet));
    /// assert_eq!(of(None, Some(4), None), Some(IntervalRate::Absent));
    /// assert_eq!(of(None, Some(4), Some(5)), None);
    /// ```
    #[must_use]
    pub fn of(rate: Option<Ratio>, dialed: Option<u32>, answered: Option<u32>) -> Option<Self> {
        match (rate, dialed, answered) {
            (_, Some(dialed), Some(answered)) if answered > dialed => None,
            (_, Some(0), _) => Some(Self::Quiet),
            (Some(rate), ..) => Some(Self::Known(rate)),
            (None, Some(dialed), Some(answered)) => {
                Ratio::new(f64::from(answered) / f64::from(dialed)).map(Self::Known)
            }
            (None, ..) => Some(Self::Absent),
        }
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
    /// The share `value`; `None` where it is not finite or not within 0..=1.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        // Adding zero turns −0 into 0, which prints without a sign.
        (0.0..=1.0).contains(&value).then_some(Self(value + 0.0))
    }

    /// A share for a constant, checked at compile time.
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

/// A number that is not a share.
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
