//! One live campaign: set up, paced cycle by cycle, and remembered between runs.

mod cycle;
mod envelope;
mod outcome;
mod schema1;
mod setup;
mod state;
mod store;

pub use cycle::Cycle;
pub use outcome::{CycleError, CycleReport, Outcome, Withheld};
pub use setup::{Exchanges, Live, Options, SandboxLifetime, open_and_run};
pub use state::{Counters, Intent, State};
pub use store::{Loaded, StateError, Store};

#[cfg(fuzzing)]
pub use envelope::{fuzz, fuzz_inside};
