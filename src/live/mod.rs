//! One live campaign: set up, paced cycle by cycle, and remembered between runs.

mod cycle;
mod outcome;
mod setup;
mod state;

pub use cycle::Cycle;
pub use outcome::{CycleError, CycleReport, Outcome};
pub use setup::{Exchanges, Live, Options, SandboxLifetime, open_and_run};
pub use state::{Counters, Intent, Loaded, State, StateError, Store};

#[cfg(fuzzing)]
pub use state::{fuzz, fuzz_inside};
