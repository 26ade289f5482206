//! The lever of a dialer that dials by itself, and what it makes of a setpoint.

use serde::{Deserialize, Serialize};

use super::setpoint::Setpoint;

/// The dial ratios that a dialer can be set to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatioLever {
    /// Whole numbers: a skill's maximum ratio.
    #[default]
    Whole,
    /// Whole numbers, and between 1 and 2 the ratio 2 from a share of available agents on: a skill's
    /// percentage of agents before overdial.
    Overdial,
    /// Every number.
    Real,
}

/// A position of the lever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatioPosition {
    /// Hundredths of a call per available agent.
    pub hundredths: u32,
    /// Share of the staffed agents, per cent. While no more are available, one call rings for each.
    pub overdial_percent: u32,
}

impl RatioLever {
    /// The position for a setpoint in hundredths of a call per agent, with this many staffed agents.
    /// A higher setpoint gives no lower position.
    ///
    /// ```
    /// # use dialpace::pacing::{RatioLever, RatioPosition, Setpoint};
    /// let position = |lever: RatioLever, hundredths| {
    ///     let position = lever.position(Setpoint::at(hundredths), 20);
    ///     (position.hundredths, position.overdial_percent)
    /// };
    /// assert_eq!(position(RatioLever::Real, 175), (175, 0));
    /// assert_eq!(position(RatioLever::Whole, 175), (100, 0));
    /// // One call per agent while no more than one of the twenty is available, else two.
    /// assert_eq!(position(RatioLever::Overdial, 175), (200, 5));
    /// assert_eq!(position(RatioLever::Overdial, 275), (200, 0));
    /// assert_eq!(RatioLever::Whole.position(Setpoint::Stopped, 20), RatioPosition::default());
    /// ```
    #[must_use]
    pub fn position(self, setpoint: Setpoint, staffed: u32) -> RatioPosition {
        let hundredths = setpoint.steps();
        let is_between = (101..200).contains(&hundredths);
        match self {
            Self::Real => RatioPosition {
                hundredths,
                overdial_percent: 0,
            },
            Self::Overdial if is_between => RatioPosition {
                hundredths: 200,
                overdial_percent: overdial_percent(hundredths, staffed),
            },
            Self::Whole | Self::Overdial => RatioPosition {
                hundredths: match hundredths {
                    0 => 0,
                    1..200 => 100,
                    _ => hundredths / 100 * 100,
                },
                overdial_percent: 0,
            },
        }
    }
}

/// One call per agent while no more than 3 (2 − R) ÷ (R − 1) agents are available, R being between 1
/// and 2, abandons as many as R itself.
fn overdial_percent(hundredths: u32, staffed: u32) -> u32 {
    let agents_hundredths = 300 * (200 - hundredths) / (hundredths - 100);
    agents_hundredths.div_ceil(staffed.max(1)).min(100)
}
