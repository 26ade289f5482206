//! Which polls and changes of the rate fail, drawn as the scenario has it.

use super::draws::{Purpose, Stream, Streams};
use super::scenario::Faults;

/// The faults of one replication, in the order in which they are asked for.
#[derive(Clone)]
pub struct FaultDraws {
    faults: Faults,
    polls: Stream,
    patches: Stream,
}

impl FaultDraws {
    /// The faults of the first replication of `seed`.
    #[must_use]
    pub fn new(faults: &Faults, seed: u64) -> Self {
        Self::of(faults, Streams::new(seed, 0))
    }

    pub(super) fn of(faults: &Faults, streams: Streams) -> Self {
        Self {
            faults: faults.clone(),
            polls: streams.of(Purpose::Poll, 0),
            patches: streams.of(Purpose::Patch, 0),
        }
    }

    /// Whether the poll at `now_secs` fails.
    pub fn poll_fails(&mut self, now_secs: f64) -> bool {
        let draw = self.polls.uniform();
        let mut outages = self.faults.outages.iter();
        outages.any(|o| (o.from_secs..o.to_secs).contains(&now_secs))
            || draw < self.faults.poll_failure
    }

    /// Whether the PATCH that is sent now fails; drawn once for each PATCH, and for nothing else.
    pub fn patch_fails(&mut self) -> bool {
        self.patches.uniform() < self.faults.patch_failure
    }
}
