//! Bursts on a live campaign. The end of a burst is saved before its rate is sent, so that whoever comes
//! next lowers the lever first, whatever became of the run that sent it.

use super::cycle::Cycle;
use super::outcome::{CycleReport, Failures};
use super::state::State;
use crate::base::clock::Deadline;
use crate::base::notice::Notice;
use crate::base::units::UnixMillis;
use crate::pacing::{Burst, Reason, Setpoint};

impl State {
    /// The burst that may be in force.
    #[must_use]
    pub fn open_burst(&self) -> Option<Burst> {
        self.pacer.open_burst(self.highest_in_force())
    }

    /// Puts the burst of a decision, if it is one, into the state that is saved before it is sent.
    /// Returns the deadline for sending it: its end.
    pub(super) fn begin_burst<'a>(
        &mut self,
        burst: Option<Burst>,
        deadline: &Deadline<'a>,
    ) -> Deadline<'a> {
        let Some(burst) = burst else {
            return *deadline;
        };
        let clock = deadline.clock();
        self.pacer.burst = Some(burst.begun_at(clock.now()));
        Deadline::after(clock, deadline.remaining().min(burst.lasts()))
    }

    /// Forgets a burst that was surely not sent.
    pub(super) fn forget_unsent(&mut self, burst: Option<Burst>) {
        if burst.is_some() && self.open_burst().is_none() {
            self.pacer.burst = None;
        }
    }

    /// Notes the end of a burst that is not in force any more.
    pub(super) fn note_burst_end(&mut self, now: UnixMillis) {
        if self.open_burst().is_none()
            && let Some(burst) = &mut self.pacer.burst
        {
            burst.until = now;
        }
    }
}

impl Cycle<'_> {
    /// Lowers the lever at the end of a burst, and delivers the record.
    pub fn end_burst(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        self.lower_to(state, Setpoint::Stopped, Reason::BurstOver, deadline)
    }

    /// Lowers the lever where an earlier cycle left a burst in force, before anything else.
    pub(super) fn end_earlier_burst(
        &self,
        state: &mut State,
        deadline: &Deadline,
        failures: &mut Failures,
    ) {
        let Some(burst) = state.open_burst() else {
            return;
        };
        let rate = self.pacer.limits().actuator.unit.show(burst.rate);
        self.notices.tell(&Notice::BurstInForce { rate });
        // A lever that cannot be lowered leaves time for the poll.
        let half = deadline.reserving(deadline.limit() / 2);
        let _ = self.lower(state, Setpoint::Stopped, Reason::BurstOver, &half, failures);
    }
}
