//! One cycle, shared by every command that drives a live campaign.
//!
//! A crash is harmless at any point because of the order: settle the open intent of an earlier run
//! → poll → decide → save the intent → send it → save outcome and record in one replacement →
//! deliver the outbox → save. A setpoint is absolute and a record has one id for one body, so a
//! step that is repeated after a crash changes nothing.
//!
//! A dry run is the same cycle on a platform, a store and a warehouse that write nothing.

use std::time::Duration;

use super::bounded::bounded;
use super::export::{Export, Exported};
use super::outcome::{CycleError, CycleReport, Failures, Outcome};
use super::pool::Pool;
use super::recovery;
use super::sending::Sending;
use super::sight::{Seeing, Sight};
use super::state::State;
use super::store::{StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices};
use crate::base::subject::Subject;
use crate::http::{CallError, bounded_retry_at};
use crate::pacing::{Decision, Pacer, Reason, Sample, Setpoint, Unit};
use crate::platform::Platform;
use crate::warehouse::Warehouse;

/// The parts of a cycle.
pub struct Cycle<'a> {
    /// The pacer.
    pub pacer: &'a Pacer,
    /// The campaign or skill, for state and records.
    pub subject: &'a Subject,
    /// The campaign.
    pub platform: &'a dyn Platform,
    /// The destination of records, if any.
    pub warehouse: Option<&'a Warehouse<'a>>,
    /// The state file.
    pub store: &'a Store,
    /// The campaigns that it shares agents with, if any.
    pub pool: Option<&'a Pool>,
    /// Most records in the outbox; older ones are moved to the overflow file.
    pub outbox_capacity: usize,
    /// The receiver of notices.
    pub notices: &'a dyn Notices,
}

impl Cycle<'_> {
    /// Reads the state for the cycles to come; a damaged file is renamed, and the state is cold.
    pub fn load(&self, clock: &dyn Clock) -> Result<State, StateError> {
        recovery::load(self.store, &self.subject.key(), self.notices, clock.now())
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
            if let Some(damage) = sight.damage.clone() {
                failures.add(CycleError::Call(damage));
            }
            let sample = sight.sample.as_ref();
            sample
                .map_err(|error| failures.add(CycleError::Call(error.clone())))
                .ok()
        });
        if let Some(error) = sight.as_ref().and_then(|sight| sight.unreadable.clone()) {
            failures.add(CycleError::Call(error));
        }
        let sample = sample.copied().flatten().map(|sample| match self.pool {
            Some(pool) => pool.part_of(sample),
            None => sample,
        });
        let decision = self.decide(state, sight.as_ref(), sample, deadline);
        let resists = sight.as_ref().is_some_and(|it| it.bounds.resists_stop);
        let is_stop_due = self.is_held() || self.is_stop_for_hours(&decision);
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
        if resists && is_stop_due && matches!(outcome, Outcome::Held) {
            self.stop_again(state, deadline, &mut failures);
        }
        self.finish(state, decision, outcome, failures, deadline)
    }

    pub(super) fn finish(
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
        let bounds = sight.map(|sight| &sight.bounds);
        let ceiling = bounds.and_then(|bounds| bounds.ceiling);
        let lower = ceiling.map(|ceiling| self.pacer.bounded(ceiling));
        let pacer = lower.as_ref().unwrap_or(self.pacer);
        let decision = pacer.step(&mut state.pacer, sample, now);
        state.pacer.applied = confirmed;
        let decision = match sight.and_then(|sight| sight.exceeded) {
            Some(ours) if sample.is_none() => decision.back_to(ours),
            _ => decision,
        };
        match sight {
            Some(sight) => {
                let latch = self.store.latch().read();
                bounded(&sight.bounds, latch, sight.sample.is_err(), decision)
            }
            None => decision,
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
            let must = decision.reason == Reason::OutsideHours && ordered == Setpoint::Stopped;
            if !must || !state.is_lowered_by(ordered) {
                return (decision, Ok(Outcome::NotApplied));
            }
            // As an operator's stop, it does not wait for what can be seen, nor for a pause.
            return self
                .sending()
                .send(state, decision, ordered, None, deadline);
        };
        // Without data nothing but a lowering is decided.
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
        let is_stop = setpoint == Setpoint::Stopped;
        if is_stop && self.dials_by_itself() && !self.is_stop_for_hours(&decision) {
            return (decision, Ok(Outcome::NotApplied));
        }
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
            && let Ok(standing) = self.platform.read(&mut state.cursor, deadline)
        {
            if standing.setpoint <= setpoint {
                self.seeing().take(state, &standing);
                return (decision, Ok(Outcome::Held));
            }
            version = standing.version;
        }
        let burst = decision.burst;
        let deadline = state.begin_burst(burst, deadline);
        let sent = self
            .sending()
            .send(state, decision, setpoint, version, &deadline);
        state.forget_unsent(burst);
        sent
    }

    /// True for a dialer that dials by itself: it calls nobody while nobody is available, so that its
    /// lowest ratio is enough for every guard but calling hours.
    fn dials_by_itself(&self) -> bool {
        self.pacer.limits().actuator.unit == Unit::CallsPerAgent
    }

    /// True where calling hours ask for a stop, whether it is to be sent or stands.
    fn is_stop_for_hours(&self, decision: &Decision) -> bool {
        decision.reason == Reason::OutsideHours && self.pacer.stops_outside_hours()
    }

    /// True where an operator's stop stands.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.store.hold().stands()
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

    pub(super) fn seeing(&self) -> Seeing<'_> {
        Seeing {
            platform: self.platform,
            store: self.store,
            notices: self.notices,
            unit: self.pacer.limits().actuator.unit,
            hours: self.pacer.hours(),
        }
    }

    pub(super) fn sending(&self) -> Sending<'_> {
        Sending {
            platform: self.platform,
            store: self.store,
            notices: self.notices,
            subject: self.subject,
            pacer: self.pacer,
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
