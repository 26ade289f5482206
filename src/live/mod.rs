//! One live campaign: its setup, its cycle, and its state between runs.

mod bounded;
mod burst;
mod cycle;
mod envelope;
mod export;
mod halt;
mod hold;
mod in_force;
mod mending;
mod opening;
mod operator;
mod options;
mod outcome;
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

pub use cycle::Cycle;
pub use halt::{Halt, HaltedBy, stop};
pub use hold::{Hold, HoldMarker};
pub use options::{LiveOptions, SandboxLifetime};
pub use outcome::{CycleError, CycleReport, Outcome, Withheld};
pub use resume::{Resumed, resume};
pub use running::{Exchanges, Live};
pub use setup::open_and_run;
pub use state::{Counters, Intent, Looks, State};
pub use store::{Loaded, Process, StateError, Store};

#[cfg(fuzzing)]
pub use envelope::{fuzz, fuzz_inside};
