//! What follows a change that damaged something besides the lever: latch writing off, then repair,
//! in this order, so that a crash in between leaves no writing on.

use super::hold::Hold;
use super::state::State;
use super::store::Store;
use crate::base::clock::Deadline;
use crate::http::CallError;
use crate::pacing::Setpoint;
use crate::platform::Platform;

/// Latches writing off and repairs. Returns the lever's position after it, where it was seen, and the
/// failure that this is.
pub(super) fn mend(
    platform: &dyn Platform,
    store: &Store,
    state: &mut State,
    damage: &str,
    deadline: &Deadline,
) -> (Option<Setpoint>, CallError) {
    let latch = store.latch();
    let marked = latch.set(Hold {
        why: damage.chars().take(WHY_CHARS_MAX).collect(),
        ..Hold::since(deadline.clock().now())
    });
    // Without the marker the open intent stays in the state, and the next run finds the damage.
    let is_latched = marked.is_ok() && store.save(state).is_ok();
    let repaired = platform.repair(&mut state.cursor, deadline);
    let latched = if is_latched {
        "writing is latched off until `dialpace resume`".to_owned()
    } else {
        format!(
            "and writing could not be latched off with {}: stop the runs on this skill",
            latch.path().display()
        )
    };
    let problem = format!("{damage}; {}; {latched}", repaired.what_became);
    (repaired.setpoint, CallError::unusable("change", problem))
}

/// Characters of the cause in the marker, which holds one short object.
const WHY_CHARS_MAX: usize = 600;
