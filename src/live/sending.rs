//! The sending of a setpoint: save the intent, send it, take in the answer.

use super::mending::mend;
use super::outcome::{CycleError, Outcome, Withheld};
use super::state::State;
use super::store::Store;
use std::time::Duration;

use super::hold::HoldMarker;
use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices};
use crate::base::subject::Subject;
use crate::base::units::UnixMillis;
use crate::http::CallError;
use crate::pacing::{Decision, Pacer, Reason, Setpoint, Unit};
use crate::platform::{Applied, Change, Platform};
use crate::warehouse::Record;

/// Everything that sending works with.
pub(super) struct Sending<'a> {
    pub(super) platform: &'a dyn Platform,
    pub(super) store: &'a Store,
    pub(super) notices: &'a dyn Notices,
    pub(super) subject: &'a Subject,
    pub(super) pacer: &'a Pacer,
    pub(super) unit: Unit,
    /// False where no warehouse is set, so that no record is kept.
    pub(super) keeps_record: bool,
}

impl Sending<'_> {
    /// Sends `setpoint`, which `decision` ordered. `version` is the one that the campaign must
    /// still have, if any. Returns the decision as it was carried out.
    pub(super) fn send(
        &self,
        state: &mut State,
        decision: Decision,
        setpoint: Setpoint,
        version: Option<String>,
        deadline: &Deadline,
    ) -> (Decision, Result<Outcome, CycleError>) {
        match self.try_to_send(state, &decision, setpoint, version, deadline) {
            Ok(Sent::As(outcome)) => (decision, Ok(outcome)),
            Ok(Sent::Refused(reason, why)) => {
                let previous = state.last_known();
                let decision = Decision {
                    previous,
                    ..decision
                };
                (decision.held_for(reason, why), Ok(Outcome::Held))
            }
            Err(error) => (decision, Err(error)),
        }
    }

    fn try_to_send(
        &self,
        state: &mut State,
        decision: &Decision,
        setpoint: Setpoint,
        version: Option<String>,
        deadline: &Deadline,
    ) -> Result<Sent, CycleError> {
        let hold = self.store.hold();
        let change = Change {
            setpoint,
            previous: state.last_known(),
            version,
            is_latched: self.store.latch().stands(),
            was_stopped: hold.read().is_some_and(|hold| hold.was_stopped),
        };
        let record = Record::of(decision, self.subject, self.pacer);
        let is_new = state.intend(setpoint, self.keeps_record.then(|| record.clone()));
        self.platform.prepare(&mut state.cursor, &change, deadline);
        if let Err(error) = self.store.save(state) {
            // A setpoint whose intent could not be saved is not sent.
            forget(state, is_new);
            return Err(CycleError::State(error));
        }
        // After the intent is on the disk: whoever leaves the marker later sees the intent.
        if setpoint > Setpoint::Stopped && hold.stands() {
            forget(state, is_new);
            return Ok(Sent::As(Outcome::NotApplied));
        }
        let obeying = Obeying {
            clock: deadline.clock(),
            hold,
        };
        // A retry of a raise is one more chance for the marker; a standstill has nothing to obey.
        let obeying_deadline = match setpoint {
            Setpoint::Stopped => *deadline,
            Setpoint::At(_) => deadline.on(&obeying),
        };
        match self
            .platform
            .apply(&mut state.cursor, &change, &obeying_deadline)
        {
            Ok(Applied::Withheld(requests)) => {
                forget(state, is_new);
                let withheld = Withheld { requests, record };
                Ok(Sent::As(Outcome::WouldApply(Box::new(withheld))))
            }
            Ok(applied) => self.take_in(state, applied, setpoint, is_new, deadline),
            Err(error) => {
                if error.uncertain {
                    state.looks.uncertain();
                } else {
                    forget(state, is_new);
                }
                Err(CycleError::Call(error))
            }
        }
    }

    /// Takes in the answer to a change to `setpoint`.
    fn take_in(
        &self,
        state: &mut State,
        applied: Applied,
        setpoint: Setpoint,
        is_new: bool,
        deadline: &Deadline,
    ) -> Result<Sent, CycleError> {
        match applied {
            Applied::Yes {
                after_uncertain_try,
            } => {
                if after_uncertain_try {
                    state.looks.uncertain();
                }
                self.confirm(state);
                state.conflicts = 0;
                Ok(Sent::As(Outcome::Applied))
            }
            Applied::Conflict { may_have_applied } => {
                if may_have_applied {
                    state.looks.uncertain();
                } else {
                    forget(state, is_new);
                }
                self.conflict(state, setpoint).map(Sent::As)
            }
            // The intent stays open; the next cycle settles it.
            Applied::Pending => {
                state.looks.uncertain();
                Ok(Sent::As(Outcome::Pending))
            }
            Applied::NotTaken { found, why } => {
                // It may still be applied, late.
                state.looks.uncertain();
                match found {
                    Some(found) => drop(state.settle_at(found)),
                    None => forget(state, is_new),
                }
                Ok(Sent::Refused(Reason::NotApplied, why))
            }
            Applied::ChangedElsewhere { found, why } => {
                forget(state, is_new);
                state.settle_at(found);
                Ok(Sent::Refused(Reason::ChangedElsewhere, why))
            }
            Applied::NoAuthority(why) => {
                forget(state, is_new);
                Ok(Sent::Refused(Reason::NoAuthority, why))
            }
            Applied::Damaged(damage) => {
                let (found, error) = mend(self.platform, self.store, state, &damage, deadline);
                match found {
                    Some(found) if found == setpoint => self.confirm(state),
                    Some(found) => {
                        forget(state, is_new);
                        state.settle_at(found);
                    }
                    None => state.looks.uncertain(),
                }
                Err(CycleError::Call(error))
            }
            Applied::Withheld(_) => Ok(Sent::As(Outcome::NotApplied)),
        }
    }

    fn confirm(&self, state: &mut State) {
        for overtaken in state.confirm() {
            let setpoint = self.unit.show(overtaken);
            self.notices.tell(&Notice::OutcomeUnknown { setpoint });
        }
    }

    /// One conflict is what the guard is for; the same in every cycle is a failure.
    fn conflict(&self, state: &mut State, setpoint: Setpoint) -> Result<Outcome, CycleError> {
        let setpoint = self.unit.show(setpoint);
        state.conflicts = state.conflicts.saturating_add(1);
        if state.conflicts >= CONFLICTS_MAX {
            let conflicts = state.conflicts;
            let problem = format!(
                "{conflicts} conflicts in a row: something changes the campaign in every cycle; find out what, or set --if-match any"
            );
            return Err(CycleError::Call(CallError::unusable(
                "change of the dial rate",
                problem,
            )));
        }
        self.notices.tell(&Notice::Conflict { setpoint });
        Ok(Outcome::Conflict)
    }
}

/// What became of a change that was to be sent.
enum Sent {
    As(Outcome),
    /// It was withheld at the last moment, or did not take.
    Refused(Reason, String),
}

/// Of an earlier try of the same change nothing more is known than before.
fn forget(state: &mut State, is_new: bool) {
    if is_new {
        state.unsettled.pop();
    }
}

/// A clock that asks the run to stop as soon as an operator stops the campaign.
struct Obeying<'a> {
    clock: &'a dyn Clock,
    hold: &'a HoldMarker,
}

impl Clock for Obeying<'_> {
    fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn sleep(&self, duration: Duration) {
        let until = self.monotonic() + duration;
        while !self.is_stopping() {
            let left = until.saturating_sub(self.monotonic());
            if left.is_zero() {
                return;
            }
            self.clock.sleep(left.min(MARKER_CHECK_PERIOD));
        }
    }

    fn is_stopping(&self) -> bool {
        self.clock.is_stopping() || self.hold.stands()
    }
}

/// Time between two looks for the marker during a wait.
const MARKER_CHECK_PERIOD: Duration = Duration::from_millis(200);
/// Conflicts in a row from which on they are a failure.
const CONFLICTS_MAX: u32 = 3;
