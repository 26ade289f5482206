//! One cycle, shared by every command that drives a live campaign.
//!
//! A crash is harmless at any point because of the order: settle the open intent of an earlier run
//! → poll → decide → save the intent → send it → save outcome and record in one replacement →
//! deliver the outbox → save. A setpoint is absolute and a record has one id for one body, so a
//! step that is repeated after a crash changes nothing.
//!
//! A dry run is the same cycle on a platform, a store and a warehouse that write nothing.

use std::time::Duration;

use super::export::{Export, Exported};
use super::outcome::{CycleError, CycleReport, Failures, Outcome};
use super::recovery;
use super::sending::Sending;
use super::sight::{Seeing, Sight};
use super::state::State;
use super::store::{StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices};
use crate::http::{CallError, bounded_retry_at};
use crate::pacing::{Decision, Pacer, Reason, Sample, Setpoint};
use crate::platform::Platform;
use crate::warehouse::Warehouse;

/// The parts of a cycle.
pub struct Cycle<'a> {
    /// The pacer.
    pub pacer: &'a Pacer,
    /// The campaign's identifier, for state and records.
    pub campaign_id: &'a str,
    /// The campaign.
    pub platform: &'a dyn Platform,
    /// The destination of records, if any.
    pub warehouse: Option<&'a Warehouse<'a>>,
    /// The state file.
    pub store: &'a Store,
    /// Most records in the outbox; older ones are moved to the overflow file.
    pub outbox_capacity: usize,
    /// The receiver of notices.
    pub notices: &'a dyn Notices,
}

impl Cycle<'_> {
    /// Reads the state for the cycles to come; a damaged file is renamed, and the state is cold.
    pub fn load(&self, clock: &dyn Clock) -> Result<State, StateError> {
        recovery::load(self.store, self.campaign_id, self.notices, clock.now())
    }

    /// Runs one cycle. Afterwards `state` equals the state file.
    pub fn run(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        let mut failures = Failures::default();
        state.looks.begin_cycle();
        let obeyed = self.obey(state, deadline, &mut failures);
        self.end_earlier_burst(state, deadline, &mut failures);
        let polling = deadline.reserving(SEND_RESERVE.min(deadline.limit() / 3));
        let sight = self
            .wait_out_pause(state, &polling)
            .and_then(|()| self.seeing().see(state, &polling))
            .map_err(|error| failures.add(CycleError::Call(error)))
            .ok();
        let sample = sight.as_ref().and_then(|sight| {
            let sample = sight.sample.as_ref();
            sample
                .map_err(|error| failures.add(CycleError::Call(error.clone())))
                .ok()
        });
        if let Some(error) = sight.as_ref().and_then(|sight| sight.unreadable.clone()) {
            failures.add(CycleError::Call(error));
        }
        let decision = self.decide(state, sight.as_ref(), sample.copied(), deadline);
        let (decision, outcome) = if self.is_held() {
            self.hold(state, decision, obeyed, deadline, &mut failures)
        } else {
            let (decision, sent) = self.carry_out(state, decision, sight.as_ref(), deadline);
            // The marker may have been left meanwhile.
            if let Some(obeyed) = self.obey(state, deadline, &mut failures) {
                obeyed
            } else {
                let outcome = sent.unwrap_or_else(|error| {
                    failures.add(error);
                    Outcome::NotApplied
                });
                (decision, outcome)
            }
        };
        self.finish(state, decision, outcome, failures, deadline)
    }

    /// Stops the lever for an operator, wherever somebody else may have moved it.
    pub fn stop(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        if !state.is_lowered_by(Setpoint::Stopped) {
            match self.platform.read(deadline) {
                Ok(standing) => drop(self.seeing().adopt(state, standing.setpoint)),
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

    fn finish(
        &self,
        state: &mut State,
        decision: Decision,
        outcome: Outcome,
        mut failures: Failures,
        deadline: &Deadline,
    ) -> CycleReport {
        let now = deadline.clock().now();
        state.quiet_until = failures.retry_at.map(|at| bounded_retry_at(at, now));
        let exported = self
            .export()
            .save_and_deliver(state, deadline)
            .unwrap_or_else(|error| {
                failures.add(CycleError::State(error));
                Exported::default()
            });
        CycleReport {
            decision,
            outcome,
            exported: exported.records,
            refused: exported.refused,
            export_problem: exported.problem,
            pending: state.outbox.len(),
            has_warehouse: self.warehouse.is_some(),
            unsettled: state.unsettled.last().map(|intent| intent.setpoint),
            error: failures.first,
        }
    }

    fn decide(
        &self,
        state: &mut State,
        sight: Option<&Sight>,
        sample: Option<Sample>,
        deadline: &Deadline,
    ) -> Decision {
        // The moment of the poll, so that a replay of what was polled decides the same.
        let now = sample.map_or_else(|| deadline.clock().now(), |sample| sample.at);
        let confirmed = state.pacer.applied;
        if !state.unsettled.is_empty() {
            state.pacer.applied = state.highest_in_force();
        }
        let decision = self.pacer.step(&mut state.pacer, sample, now);
        state.pacer.applied = confirmed;
        match sight.and_then(|sight| sight.exceeded) {
            Some(ours) if sample.is_none() => decision.back_to(ours),
            _ => decision,
        }
    }

    /// Sends what was decided, as far as it may be (see `in_force`).
    fn carry_out(
        &self,
        state: &mut State,
        decision: Decision,
        sight: Option<&Sight>,
        deadline: &Deadline,
    ) -> (Decision, Result<Outcome, CycleError>) {
        let Some(ordered) = decision.order() else {
            return (decision, Ok(Outcome::Held));
        };
        let Some(sight) = sight else {
            return (decision, Ok(Outcome::NotApplied));
        };
        let is_blind = sight.sample.is_err();
        let setpoint = if is_blind {
            ordered.min(state.lowest_in_force())
        } else {
            ordered
        };
        let decision = Decision {
            setpoint: Some(setpoint),
            ..decision
        };
        if sight.unreadable.is_some() && !state.is_lowered_by(setpoint) {
            return (decision, Ok(Outcome::NotApplied));
        }
        let mut version = sight
            .standing
            .as_ref()
            .and_then(|standing| standing.version.clone());
        // It may have been changed elsewhere. Nothing is lower than standing still.
        let looks_first = is_blind && sight.standing.is_none() && sight.unreadable.is_none();
        if looks_first
            && setpoint > Setpoint::Stopped
            && let Ok(standing) = self.platform.read(deadline)
        {
            if standing.setpoint <= setpoint {
                self.seeing().adopt(state, standing.setpoint);
                return (decision, Ok(Outcome::Held));
            }
            version = standing.version;
        }
        let deadline = state.begin_burst(&decision, deadline);
        let sent = self
            .sending()
            .send(state, &decision, setpoint, version, &deadline);
        state.forget_unsent_burst(&decision);
        (decision, sent)
    }

    /// Stops the lever where an operator asked for it, before anything else and whatever pause an
    /// earlier answer asked for.
    fn obey(
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
        if !state.is_lowered_by(setpoint) {
            return (decision, Outcome::Held);
        }
        let sent = self
            .sending()
            .send(state, &decision, setpoint, None, deadline);
        let outcome = sent.unwrap_or_else(|error| {
            failures.add(error);
            Outcome::NotApplied
        });
        state.note_burst_end(deadline.clock().now());
        (decision, outcome)
    }

    /// The result of a cycle under an operator's stop: what was sent for it, and what was seen.
    fn hold(
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

    /// True where an operator's stop stands.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.store.hold().read().is_some()
    }

    /// Waits until the platform may be called again, if the deadline allows.
    fn wait_out_pause(&self, state: &mut State, deadline: &Deadline) -> Result<(), CallError> {
        let clock = deadline.clock();
        let now = clock.now();
        let Some(until) = state.quiet_until.take().map(|at| bounded_retry_at(at, now)) else {
            return Ok(());
        };
        let wait = if until > now {
            until.distance(now)
        } else {
            Duration::ZERO
        };
        if wait >= deadline.remaining() {
            return Err(CallError::paused(until, deadline.limit()));
        }
        if !wait.is_zero() {
            self.notices.tell(&Notice::QuietPeriod { wait });
            clock.sleep(wait);
        }
        Ok(())
    }

    fn seeing(&self) -> Seeing<'_> {
        Seeing {
            platform: self.platform,
            hold: self.store.hold(),
            notices: self.notices,
            unit: self.pacer.limits().actuator.unit,
        }
    }

    fn sending(&self) -> Sending<'_> {
        Sending {
            platform: self.platform,
            store: self.store,
            notices: self.notices,
            campaign_id: self.campaign_id,
            unit: self.pacer.limits().actuator.unit,
            keeps_record: self.warehouse.is_some(),
        }
    }

    fn export(&self) -> Export<'_> {
        Export {
            warehouse: self.warehouse,
            store: self.store,
            outbox_capacity: self.outbox_capacity,
            notices: self.notices,
        }
    }
}

/// Time of the cycle that the poll leaves for sending a setpoint: the time of one call.
const SEND_RESERVE: Duration = Duration::from_secs(8);
