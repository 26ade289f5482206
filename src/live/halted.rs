//! The result of an operator's stop.

use std::path::PathBuf;

use super::outcome::CycleReport;
use super::store::{Process, StateError};
use crate::base::subject::Subject;
use crate::http::CallError;

/// A campaign that an operator stopped.
#[derive(Debug)]
pub struct Halt {
    /// The campaign or skill.
    pub subject: Subject,
    /// The state whose runs obey the marker.
    pub state_path: PathBuf,
    /// The marker.
    pub marker: PathBuf,
    /// Who lowered the lever.
    pub by: HaltedBy,
    /// What was put back, where that was asked for; `None` where nothing was to be.
    pub restored: Option<Result<Option<String>, CallError>>,
    /// True where the platform accepted the stop and what is in progress still ends.
    pub is_stopping: bool,
}

/// Who lowered the lever.
#[derive(Debug)]
pub enum HaltedBy {
    /// This run, as the holder of the state.
    ThisRun(Box<CycleReport>),
    /// The run that holds the state, which obeyed the marker.
    Holder,
    /// This run, since the one that holds the state did not react.
    ThisRunBesideHolder(Process),
    /// This run, although the state cannot be used.
    ThisRunWithoutState(StateError),
}
