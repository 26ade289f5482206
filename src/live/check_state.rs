//! The questions of `check` about the state and the time.

use std::fs::TryLockError;
use std::path::Path;

use super::check::Check;
use super::setup::Setup;
use super::store::{Loaded, StateError, Store};
use crate::base::files;
use crate::base::units::UnixMillis;

/// The state, its folder, and calling hours.
pub(super) fn about_files(setup: &Setup, now: UnixMillis) -> Vec<Check> {
    let path = &setup.state_path;
    vec![
        folder_check(path),
        state_check(setup, path),
        hours_check(setup, now),
    ]
}

/// Whether people may be called now.
fn hours_check(setup: &Setup, now: UnixMillis) -> Check {
    let name = "calling hours";
    let hours = setup.settings.pacing.pacer.hours();
    let Some(hours) = hours else {
        let detail = "none are set: people are called at any hour".to_owned();
        // Nobody is called in the sandbox.
        return if setup.is_sandbox() {
            Check::ok(name, detail)
        } else {
            let advice = "such as --calling-hours \"mon-fri 09:00-20:00\" --time-zone America/New_York, the zone of the people who are called";
            Check::warn(name, detail, advice)
        };
    };
    match hours.why_closed(now) {
        None => Check::ok(name, "people may be called now".to_owned()),
        Some(why) => Check::warn(name, why, "nothing is dialed until then"),
    }
}

/// Whether the state can be read and is nobody else's at the moment.
fn state_check(setup: &Setup, path: &Path) -> Check {
    let name = "state";
    let key = setup.subject.key();
    let shown = path.display();
    let store = match Store::read_only(path, &key) {
        Ok(store) => store,
        Err(error) => return Check::of_state(error),
    };
    let loaded = match store.load() {
        Ok(loaded) => loaded,
        Err(error) => return Check::of_state(error),
    };
    if let Some(error) = holder(&store) {
        return Check::warn(
            name,
            error.to_string(),
            "a run at work is no fault; a second one would end with code 75",
        );
    }
    if store.hold().stands() {
        return Check::warn(
            name,
            format!("an operator stopped it ({})", store.hold().path().display()),
            "until dialpace resume, nothing is dialed",
        );
    }
    if store.latch().stands() {
        return Check::warn(
            name,
            format!(
                "writing is latched off ({})",
                store.latch().path().display()
            ),
            "see what a change did besides its own, then dialpace resume",
        );
    }
    match loaded {
        Loaded::None => Check::ok(
            name,
            format!("{shown} does not exist yet; the first run makes it"),
        ),
        Loaded::Damaged(problem) => Check::warn(
            name,
            format!("{shown} is damaged ({problem})"),
            "the next run sets it aside and begins with an empty window",
        ),
        Loaded::Earlier(state) => match state.outbox.len() {
            0 => Check::ok(name, format!("{shown} is in order")),
            waiting => Check::warn(
                name,
                format!("{waiting} records wait for the warehouse"),
                "see the warehouse below",
            ),
        },
    }
}

/// Whether the state can be written beside where it is, or will be.
fn folder_check(state: &Path) -> Check {
    let name = "state folder";
    let folder = files::folder(state);
    let mut nearest = folder;
    while !nearest.exists() {
        match nearest.parent() {
            Some(parent) if parent.as_os_str().is_empty() => nearest = Path::new("."),
            Some(parent) => nearest = parent,
            None => break,
        }
    }
    let shown = folder.display();
    match files::can_write_in(nearest) {
        Ok(()) if nearest == folder => Check::ok(name, format!("{shown} can be written to")),
        Ok(()) => Check::ok(name, format!("{shown} will be made")),
        Err(error) => Check::fail(
            name,
            format!("{} cannot be written to: {error}", nearest.display()),
            "give this user the right to write there, or name another with --state or --state-dir",
            error,
        ),
    }
}

/// The run that holds the state, if there is one. Makes no file.
fn holder(store: &Store) -> Option<StateError> {
    let path = files::sibling(store.path(), ".lock");
    if !path.is_file() {
        return None;
    }
    let lock = files::lock_file(&path).ok()?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Some(StateError::Busy {
            process: files::signer_of_lock(&lock),
            path: store.path().to_owned(),
        }),
        _ => None,
    }
}
