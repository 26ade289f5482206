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
use super::outcome::{CycleError, CycleReport, Failures, Outcome, Withheld};
use super::state::{Intent, State};
use super::store::{Loaded, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices};
use crate::http::{CallError, bounded_retry_at};
use crate::pacing::{Decision, Pacer, Sample, Setpoint};
use crate::platform::{Applied, Change, Platform, Standing};
use crate::warehouse::{Record, Warehouse};

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
        let problem = match self.store.load()? {
            Loaded::Earlier(state) => return Ok(*state),
            Loaded::None => return Ok(State::cold(self.campaign_id)),
            Loaded::Damaged(problem) => problem,
        };
        let mut state = State::cold(self.campaign_id);
        state.pacer.recovering = true;
        let path = self.store.path().display().to_string();
        let aside = self.store.set_aside(&state, clock.now())?;
        self.notices.tell(&match aside {
            None => Notice::StateDamaged { path, problem },
            Some(aside) => Notice::StateSetAside {
                path,
                aside: aside.display().to_string(),
                problem,
            },
        });
        Ok(state)
    }

    /// Runs one cycle. Afterwards `state` equals the state file.
    pub fn run(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        let mut failures = Failures::default();
        let polling = deadline.reserving(SEND_RESERVE.min(deadline.limit() / 3));
        let polled = self
            .wait_out_pause(state, &polling)
            .and_then(|()| self.settle(state, &polling))
            .map_or_else(Polled::blocked, |()| self.poll(state, &polling));
        let sample = polled
            .sample
            .map_err(|error| failures.add(CycleError::Call(error)))
            .ok();
        // The moment of the poll, so that a replay of what was polled decides the same.
        let now = sample.map_or_else(|| deadline.clock().now(), |sample| sample.at);
        let decision = self.pacer.step(&mut state.pacer, sample, now);
        let outcome = match decision.order() {
            None => Outcome::Held,
            Some(_) if !polled.may_send => Outcome::NotApplied,
            Some(setpoint) => {
                let is_blind = sample.is_none() && polled.standing.is_none();
                let change = Change {
                    setpoint,
                    previous: decision.previous,
                    version: polled.standing.and_then(|standing| standing.version),
                };
                let sent = if is_blind {
                    self.send_blind(state, &decision, &change, deadline)
                } else {
                    self.send(state, &decision, &change, deadline)
                };
                sent.unwrap_or_else(|error| {
                    failures.add(error);
                    Outcome::NotApplied
                })
            }
        };
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
            unsettled: state.intent.as_ref().map(|intent| intent.setpoint),
            error: failures.first,
        }
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

    /// Reads the lever where an intent is open or the state was lost. An intent whose setpoint the
    /// lever has counts as applied, and its record goes to the outbox.
    fn settle(&self, state: &mut State, deadline: &Deadline) -> Result<(), CallError> {
        if state.intent.is_none() && !state.pacer.recovering {
            return Ok(());
        }
        let standing = self.platform.read(deadline)?;
        let actual = standing.setpoint;
        if let Some(intent) = &state.intent {
            let intended = intent.setpoint;
            let stood_there = state.pacer.applied == Some(intended);
            let applied = match actual == intended {
                // The lever had this position before the intent, so its position proves nothing.
                // Sending it again changes nothing, and the answer makes the record true.
                true if stood_there => self.send_again(intended, standing, deadline)?,
                is_there => is_there,
            };
            self.notices.tell(&if applied {
                let setpoint = self.show(actual);
                Notice::IntentApplied { setpoint }
            } else {
                let (intended, actual) = (self.show(intended), self.show(actual));
                Notice::IntentNotApplied { intended, actual }
            });
            let record = state.intent.take().and_then(|intent| intent.record);
            state.outbox.extend(record.filter(|_| applied));
        }
        state.pacer.applied = Some(actual);
        Ok(())
    }

    fn send_again(
        &self,
        setpoint: Setpoint,
        standing: Standing,
        deadline: &Deadline,
    ) -> Result<bool, CallError> {
        let change = Change {
            setpoint,
            previous: Some(standing.setpoint),
            version: standing.version,
        };
        let applied = self.platform.apply(&change, deadline)?;
        Ok(!matches!(applied, Applied::Conflict))
    }

    fn poll(&self, state: &mut State, deadline: &Deadline) -> Polled {
        let poll = self.platform.poll(&mut state.cursor, deadline);
        match poll.standing {
            None => Polled {
                sample: poll.sample,
                standing: None,
                may_send: true,
            },
            Some(Ok(standing)) => {
                self.adopt(state, standing.setpoint);
                Polled {
                    sample: poll.sample,
                    standing: Some(standing),
                    may_send: true,
                }
            }
            // The version that a change depends on is unknown, so none may be sent.
            Some(Err(error)) => Polled::blocked(match poll.sample {
                Ok(_) => error,
                Err(first) => first.with_later_retry(&error),
            }),
        }
    }

    /// Continues from the lever's actual position, with a notice where it was changed elsewhere.
    fn adopt(&self, state: &mut State, actual: Setpoint) {
        let expected = state.pacer.applied.replace(actual);
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            let (expected, actual) = (self.show(expected), self.show(actual));
            self.notices
                .tell(&Notice::RateChangedElsewhere { expected, actual });
        }
    }

    /// Sends a setpoint that was decided without a poll, if it lowers the lever. The lever is read
    /// first, since it may have been changed elsewhere.
    fn send_blind(
        &self,
        state: &mut State,
        decision: &Decision,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Outcome, CycleError> {
        // Nothing is lower than standing still, so a stop never waits for what cannot be read.
        if change.setpoint > Setpoint::Stopped {
            let standing = self.platform.read(deadline).map_err(CycleError::Call)?;
            if standing.setpoint <= change.setpoint {
                self.adopt(state, standing.setpoint);
                return Ok(Outcome::Held);
            }
        }
        self.send(state, decision, change, deadline)
    }

    fn send(
        &self,
        state: &mut State,
        decision: &Decision,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Outcome, CycleError> {
        let record = Record::of(decision, self.campaign_id);
        state.intent = Some(Intent {
            setpoint: change.setpoint,
            record: self.warehouse.is_some().then(|| record.clone()),
        });
        if let Err(error) = self.store.save(state) {
            // A setpoint whose intent could not be saved is not sent.
            state.intent = None;
            return Err(CycleError::State(error));
        }
        match self.platform.apply(change, deadline) {
            Ok(Applied::Yes) => {
                state.pacer.applied = Some(change.setpoint);
                let record = state.intent.take().and_then(|intent| intent.record);
                state.outbox.extend(record);
                Ok(Outcome::Applied)
            }
            Ok(Applied::Conflict) => {
                state.intent = None;
                let setpoint = self.show(change.setpoint);
                self.notices.tell(&Notice::Conflict { setpoint });
                Ok(Outcome::Conflict)
            }
            // The intent stays open; the next cycle settles it.
            Ok(Applied::Pending) => Ok(Outcome::Pending),
            Ok(Applied::Withheld(requests)) => {
                state.intent = None;
                Ok(Outcome::WouldApply(Box::new(Withheld { requests, record })))
            }
            Err(error) => {
                if !error.uncertain {
                    state.intent = None;
                }
                Err(CycleError::Call(error))
            }
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

    fn show(&self, setpoint: Setpoint) -> String {
        self.pacer.limits().actuator.unit.show(setpoint)
    }
}

impl Polled {
    /// No poll was made, or no setpoint may be sent after it, because of `error`.
    fn blocked(error: CallError) -> Self {
        Self {
            sample: Err(error),
            standing: None,
            may_send: false,
        }
    }
}

/// A poll, and whether a setpoint may be sent after it.
struct Polled {
    sample: Result<Sample, CallError>,
    standing: Option<Standing>,
    may_send: bool,
}

/// Time of the cycle that the poll leaves for sending a setpoint: the time of one call.
const SEND_RESERVE: Duration = Duration::from_secs(8);
