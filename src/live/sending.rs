//! The sending of a setpoint: save the intent, send it, take in the answer.

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
use crate::pacing::{Decision, Pacer, Setpoint, Unit};
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
    /// still have, if any.
    pub(super) fn send(
        &self,
        state: &mut State,
        decision: &Decision,
        setpoint: Setpoint,
        version: Option<String>,
        deadline: &Deadline,
    ) -> Result<Outcome, CycleError> {
        let change = Change {
            setpoint,
            previous: state.last_known(),
            version,
        };
        let record = Record::of(decision, self.subject, self.pacer);
        let is_new = state.intend(setpoint, self.keeps_record.then(|| record.clone()));
        let forget = |state: &mut State| {
            // Of an earlier try of the same change nothing more is known than before.
            if is_new {
                state.unsettled.pop();
            }
        };
        if let Err(error) = self.store.save(state) {
            // A setpoint whose intent could not be saved is not sent.
            forget(state);
            return Err(CycleError::State(error));
        }
        // After the intent is on the disk: whoever leaves the marker later sees the intent.
        if setpoint > Setpoint::Stopped && self.store.hold().read().is_some() {
            forget(state);
            return Ok(Outcome::NotApplied);
        }
        let obeying = Obeying {
            clock: deadline.clock(),
            hold: self.store.hold(),
        };
        // A retry of a raise is one more chance for the marker; a standstill has nothing to obey.
        let deadline = match setpoint {
            Setpoint::Stopped => *deadline,
            Setpoint::At(_) => deadline.on(&obeying),
        };
        match self.platform.apply(&change, &deadline) {
            Ok(Applied::Yes {
                after_uncertain_try,
            }) => {
                if after_uncertain_try {
                    state.looks.uncertain();
                }
                for overtaken in state.confirm() {
                    let setpoint = self.unit.show(overtaken);
                    self.notices.tell(&Notice::OutcomeUnknown { setpoint });
                }
                state.conflicts = 0;
                Ok(Outcome::Applied)
            }
            Ok(Applied::Conflict { may_have_applied }) => {
                if may_have_applied {
                    state.looks.uncertain();
                } else {
                    forget(state);
                }
                self.conflict(state, setpoint)
            }
            // The intent stays open; the next cycle settles it.
            Ok(Applied::Pending) => {
                state.looks.uncertain();
                Ok(Outcome::Pending)
            }
            Ok(Applied::Withheld(requests)) => {
                forget(state);
                Ok(Outcome::WouldApply(Box::new(Withheld { requests, record })))
            }
            Err(error) => {
                if error.uncertain {
                    state.looks.uncertain();
                } else {
                    forget(state);
                }
                Err(CycleError::Call(error))
            }
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
                "dial rate PATCH",
                problem,
            )));
        }
        self.notices.tell(&Notice::Conflict { setpoint });
        Ok(Outcome::Conflict)
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
        self.clock.is_stopping() || self.hold.read().is_some()
    }
}

/// Time between two looks for the marker during a wait.
const MARKER_CHECK_PERIOD: Duration = Duration::from_millis(200);
/// Conflicts in a row from which on they are a failure.
const CONFLICTS_MAX: u32 = 3;
