//! Where a run begins: with the state of the run before it, or with a cold one.

use super::state::State;
use super::store::{Loaded, StateError, Store};
use crate::base::notice::{Notice, Notices};
use crate::base::units::UnixMillis;

/// Reads the state. A damaged file is renamed, and the state is a cold one that raises nothing until
/// the lever is known.
pub(super) fn load(
    store: &Store,
    campaign_id: &str,
    notices: &dyn Notices,
    now: UnixMillis,
) -> Result<State, StateError> {
    let problem = match store.load()? {
        Loaded::Earlier(state) => return Ok(*state),
        Loaded::None => return Ok(State::cold(campaign_id)),
        Loaded::Damaged(problem) => problem,
    };
    let mut state = State::cold(campaign_id);
    state.pacer.recovering = true;
    let path = store.path().display().to_string();
    notices.tell(&match store.set_aside(&state, now)? {
        None => Notice::StateDamaged { path, problem },
        Some(aside) => Notice::StateSetAside {
            path,
            aside: aside.display().to_string(),
            problem,
        },
    });
    Ok(state)
}
