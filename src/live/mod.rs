//! Live campaigns: the setup of each, its cycle, and its state between runs.

mod access;
mod bounded;
mod burst;
mod check;
mod check_state;
mod checkup;
mod cycle;
mod envelope;
mod export;
mod group;
mod halt;
mod halted;
mod hold;
mod in_force;
mod mending;
mod opening;
mod operator;
mod options;
mod outcome;
mod pool;
mod recovery;
mod resume;
mod running;
mod sandboxed;
mod schema1;
mod sending;
mod setup;
mod sight;
mod state;
mod store;

pub use check::{Check, Status};
pub use checkup::check_each;
pub use cycle::Cycle;
pub use group::{Group, Ran, run_each, settings_of_each};
pub use halt::{Stopping, leave_marker, stop};
pub use halted::{Halt, HaltedBy};
pub use hold::{Hold, HoldMarker};
pub use options::{LiveOptions, SandboxLifetime};
pub use outcome::{CycleError, CycleReport, Outcome, Withheld};

pub use resume::{Resumed, resume};
pub use running::Live;
pub use setup::state_path;
pub use state::{Counters, Intent, Looks, State};
pub use store::{Loaded, Process, StateError, Store};

#[cfg(fuzzing)]
pub use envelope::{fuzz, fuzz_inside};
