//! What bounds a decision besides the settings: a latch, the platform, and what it told of the lever.

use super::hold::Hold;
use crate::pacing::{Decision, Reason, Setpoint};
use crate::platform::{Bounds, Obstacle};

/// A decision within what bounds the lever now. `is_blind`: the poll failed.
pub(super) fn bounded(
    bounds: &Bounds,
    latch: Option<Hold>,
    is_blind: bool,
    decision: Decision,
) -> Decision {
    let is_closed = decision.reason == Reason::OutsideHours;
    if is_closed && decision.setpoint == Some(Setpoint::Stopped) {
        // Whoever stopped it, there is nothing to stop, and nothing that this pacer may start.
        let is_done = bounds.is_at_rest && !is_blind;
        return if is_done { decision.held() } else { decision };
    }
    if let Some(latch) = latch {
        let why = match latch.why.as_str() {
            "" => "writing is latched off, until `dialpace resume`".to_owned(),
            why => format!("writing is latched off, until `dialpace resume`: {why}"),
        };
        return decision.held_for(Reason::WriteLatched, why);
    }
    if let Some(start) = bounds.start.filter(|_| !is_closed) {
        return if is_blind {
            decision
        } else {
            decision.started_at(start)
        };
    }
    match &bounds.obstacle {
        Some(Obstacle::NoAuthority(why)) => {
            return decision.held_for(Reason::NoAuthority, why.clone());
        }
        _ if is_closed => {}
        Some(Obstacle::ChangedElsewhere(why)) => {
            return decision.held_for(Reason::ChangedElsewhere, why.clone());
        }
        Some(Obstacle::NoData(why)) if !decision.lowers() => {
            return decision.held_for(Reason::NotEnoughData, why.clone());
        }
        Some(Obstacle::NoData(why) | Obstacle::NotEnoughData(why))
            if decision.rests_on_results() =>
        {
            return decision.held_for(Reason::NotEnoughData, why.clone());
        }
        _ => {}
    }
    let decision = match bounds.reach {
        Some(reach) => decision.within_reach(reach),
        None => decision,
    };
    match &bounds.not_taken {
        Some((setpoint, why)) if decision.order() == Some(*setpoint) => {
            decision.held_for(Reason::NotApplied, why.clone())
        }
        _ => decision,
    }
}
