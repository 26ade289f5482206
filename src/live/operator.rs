//! An operator's stop, as a cycle carries it out.

use super::cycle::Cycle;
use super::outcome::{CycleError, CycleReport, Failures, Outcome};
use super::state::State;
use crate::base::clock::Deadline;
use crate::pacing::{Decision, Reason, Setpoint};
use crate::platform::Change;

impl Cycle<'_> {
    /// Stops the lever for an operator, wherever somebody else may have moved it.
    pub fn stop(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        if !state.is_lowered_by(Setpoint::Stopped) {
            match self.platform.read(&mut state.cursor, deadline) {
                Ok(standing) if standing.is_stopping => state.pacer.applied = None,
                Ok(standing) => drop(self.seeing().take(state, &standing)),
                Err(_) => state.pacer.applied = None,
            }
        }
        self.lower_to(state, Setpoint::Stopped, Reason::HeldByOperator, deadline)
    }

    /// Lowers the lever for an operator or because a burst is over, whatever pause an earlier answer
    /// asked for, and delivers the record.
    pub fn lower_to(
        &self,
        state: &mut State,
        setpoint: Setpoint,
        reason: Reason,
        deadline: &Deadline,
    ) -> CycleReport {
        let mut failures = Failures::default();
        let (decision, outcome) = self.lower(state, setpoint, reason, deadline, &mut failures);
        self.finish(state, decision, outcome, failures, deadline)
    }

    /// Repeats a stop that was accepted and did not take. It is recorded already.
    pub(super) fn stop_again(
        &self,
        state: &mut State,
        deadline: &Deadline,
        failures: &mut Failures,
    ) {
        let change = Change {
            setpoint: Setpoint::Stopped,
            previous: Some(Setpoint::Stopped),
            version: None,
            is_latched: true,
            was_stopped: true,
        };
        if let Err(error) = self.platform.apply(&mut state.cursor, &change, deadline) {
            failures.add(CycleError::Call(error));
        }
    }

    /// Stops the lever where an operator asked for it, before anything else and whatever pause an
    /// earlier answer asked for.
    pub(super) fn obey(
        &self,
        state: &mut State,
        deadline: &Deadline,
        failures: &mut Failures,
    ) -> Option<(Decision, Outcome)> {
        let must = self.is_held() && state.is_lowered_by(Setpoint::Stopped);
        let reason = Reason::HeldByOperator;
        must.then(|| self.lower(state, Setpoint::Stopped, reason, deadline, failures))
    }

    pub(super) fn lower(
        &self,
        state: &mut State,
        setpoint: Setpoint,
        reason: Reason,
        deadline: &Deadline,
        failures: &mut Failures,
    ) -> (Decision, Outcome) {
        let now = deadline.clock().now();
        let previous = state.highest_in_force();
        let decision = self
            .pacer
            .lowering(&state.pacer, previous, setpoint, reason, now);
        let is_latched = setpoint > Setpoint::Stopped && self.store.latch().stands();
        if is_latched || !state.is_lowered_by(setpoint) {
            return (decision, Outcome::Held);
        }
        let (decision, sent) = self
            .sending()
            .send(state, decision, setpoint, None, deadline);
        let outcome = sent.unwrap_or_else(|error| {
            failures.add(error);
            Outcome::NotApplied
        });
        state.note_burst_end(deadline.clock().now());
        (decision, outcome)
    }

    /// The result of a cycle under an operator's stop: what was sent for it, and what was seen.
    pub(super) fn hold(
        &self,
        state: &mut State,
        decision: Decision,
        obeyed: Option<(Decision, Outcome)>,
        deadline: &Deadline,
        failures: &mut Failures,
    ) -> (Decision, Outcome) {
        match obeyed.or_else(|| self.obey(state, deadline, failures)) {
            Some((obeyed, outcome)) => {
                let evidence = decision.evidence;
                (Decision { evidence, ..obeyed }, outcome)
            }
            None => (decision.held_by_operator(), Outcome::Held),
        }
    }
}
