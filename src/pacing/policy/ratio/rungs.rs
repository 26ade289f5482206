//! The ratios that the policy moves between, from the lowest to the highest.

use crate::pacing::ratio_lever::RatioLever;
use crate::pacing::setpoint::{Actuator, Setpoint};

/// The ratios in hundredths, within the bounds of the lever. The lowest is the minimum.
pub(super) fn rungs(lever: RatioLever, actuator: &Actuator) -> Vec<u32> {
    let (min, max) = (actuator.min.steps(), actuator.max.steps());
    let whole = (1..=max / 100).map(|ratio| ratio * 100);
    let mut rungs = vec![min];
    match lever {
        RatioLever::Whole => rungs.extend(whole),
        RatioLever::Overdial => {
            rungs.extend(OVERDIAL);
            rungs.extend(whole);
        }
        RatioLever::Real => {
            let mut rung = min.max(1);
            while rung < max {
                rung = (rung * 6).div_ceil(5);
                rungs.push(rung);
            }
        }
    }
    rungs.retain(|rung| (min..=max).contains(rung));
    rungs.sort_unstable();
    rungs.dedup();
    rungs
}

/// The place of the highest ratio that is not above the one applied.
pub(super) fn place(rungs: &[u32], applied: Option<Setpoint>) -> usize {
    let applied = applied.map_or(0, Setpoint::steps);
    rungs
        .partition_point(|rung| *rung <= applied)
        .saturating_sub(1)
}

/// One call per agent while no more than three, two or one are available, else two.
const OVERDIAL: [u32; 3] = [150, 160, 175];
