//! One cycle, shared by every command that drives a live campaign.
//!
//! The order is what makes a crash harmless at any point: settle what an earlier run left open →
//! poll → decide → save the intent → send it → save outcome and record in one replacement →
//! deliver the outbox → save. A setpoint is absolute and a record has one id for one body, so what
//! is repeated after a crash changes nothing.
//!
//! A dry run is the same cycle on a platform, a store and a warehouse that withhold what they are
//! told to write.

use std::time::Duration;

use super::outcome::{CycleError, CycleReport, Outcome, Withheld};
use super::state::{Intent, State};
use super::store::{Loaded, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices};
use crate::base::units::UnixMillis;
use crate::http::{CallError, bounded_retry_at};
use crate::pacing::{Decision, Pacer, Sample, Setpoint};
use crate::platform::{Applied, Change, Platform, Standing};
use crate::warehouse::{Record, Warehouse};

/// Everything a cycle works with.
pub struct Cycle<'a> {
    /// The pacer that decides.
    pub pacer: &'a Pacer,
    /// The campaign's identifier, for the records.
    pub campaign_id: &'a str,
    /// The campaign.
    pub platform: &'a dyn Platform,
    /// Where records go, if anywhere.
    pub warehouse: Option<&'a Warehouse<'a>>,
    /// Where the state is.
    pub store: &'a Store,
    /// How many records may wait; the oldest beyond go to a file of their own.
    pub outbox_capacity: usize,
    /// Where notices go.
    pub notices: &'a dyn Notices,
}

impl Cycle<'_> {
    /// Reads the state, setting a damaged one aside; a cycle may follow, and then another.
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

    /// Runs one cycle and leaves in `state` what the state file holds.
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
        let now = deadline.clock().now();
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
            .save_and_export(state, deadline)
            .unwrap_or_else(|error| {
                failures.add(CycleError::State(error));
                Exported::default()
            });
        CycleReport {
            decision,
            outcome,
            exported: exported.records,
            export_failed: exported.failed,
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

    /// Finds out what became of a setpoint that an earlier run was about to send, and where the
    /// lever stands when the state was lost.
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
                // The lever stood there before. To send it again changes nothing, and only an
                // answer makes its record true.
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
            // What a change depends on is not known, so none may be sent.
            Some(Err(error)) => Polled::blocked(match poll.sample {
                Ok(_) => error,
                Err(first) => first.with_later_retry(&error),
            }),
        }
    }

    /// Goes on from where the lever stands, and tells if somebody else has moved it.
    fn adopt(&self, state: &mut State, actual: Setpoint) {
        let expected = state.pacer.applied.replace(actual);
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            let (expected, actual) = (self.show(expected), self.show(actual));
            self.notices
                .tell(&Notice::RateChangedElsewhere { expected, actual });
        }
    }

    /// Sends a setpoint that was decided without a poll. It is meant to be lower than where the
    /// lever stands, which somebody may have moved: so that is read first.
    fn send_blind(
        &self,
        state: &mut State,
        decision: &Decision,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Outcome, CycleError> {
        let standing = self.platform.read(deadline).map_err(CycleError::Call)?;
        if standing.setpoint > change.setpoint {
            return self.send(state, decision, change, deadline);
        }
        self.adopt(state, standing.setpoint);
        Ok(Outcome::Held)
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
            // Nothing is sent that could not be remembered.
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
            // The intent stays open where it may be applied: the next cycle finds out.
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

    /// Saves, delivers the outbox, and saves what is left of it. Tells what became of it.
    fn save_and_export(
        &self,
        state: &mut State,
        deadline: &Deadline,
    ) -> Result<Exported, StateError> {
        self.store.save(state)?;
        let pending = state.outbox.len();
        if pending == 0 {
            return Ok(Exported::default());
        }
        let Some(warehouse) = self.warehouse else {
            self.notices
                .tell(&Notice::RecordsWithoutWarehouse { pending });
            return Ok(Exported::default());
        };
        let delivery = warehouse.deliver(&mut state.outbox, deadline);
        self.spill(state, deadline)?;
        self.store.save(state)?;
        let failed = delivery.problem.is_some();
        if let Some(problem) = delivery.problem {
            let pending = state.outbox.len();
            self.notices
                .tell(&Notice::ExportFailed { problem, pending });
        }
        Ok(Exported {
            records: delivery.delivered,
            failed,
        })
    }

    /// Moves the oldest records of a full outbox to a file of their own.
    fn spill(&self, state: &mut State, deadline: &Deadline) -> Result<(), StateError> {
        let Some((rows, lines)) = state.outbox.overflow(self.outbox_capacity) else {
            return Ok(());
        };
        let now = deadline.clock().now();
        if let Some(path) = self.store.append_overflow(&lines, now)? {
            state.outbox.forget_oldest(rows);
            let path = path.display().to_string();
            self.notices.tell(&Notice::OutboxSpilled { rows, path });
        }
        Ok(())
    }

    fn show(&self, setpoint: Setpoint) -> String {
        self.pacer.limits().actuator.unit.show(setpoint)
    }
}

impl Polled {
    /// No poll: something has to be found out or waited for first.
    fn blocked(error: CallError) -> Self {
        Self {
            sample: Err(error),
            standing: None,
            may_send: false,
        }
    }
}

/// What went wrong in a cycle.
#[derive(Default)]
struct Failures {
    /// The first failure, which is the cause; those after it follow from it.
    first: Option<CycleError>,
    /// The latest moment that any failure asked to wait for.
    retry_at: Option<UnixMillis>,
}

impl Failures {
    fn add(&mut self, error: CycleError) {
        if let CycleError::Call(error) = &error {
            self.retry_at = self.retry_at.max(error.retry_at);
        }
        self.first.get_or_insert(error);
    }
}

/// What became of the outbox.
#[derive(Default)]
struct Exported {
    records: usize,
    failed: bool,
}

/// A poll, and whether a setpoint may be sent after it.
struct Polled {
    sample: Result<Sample, CallError>,
    standing: Option<Standing>,
    may_send: bool,
}

/// What a poll leaves of the cycle's deadline, so that a setpoint can still be sent after it: the
/// time that one call may take.
const SEND_RESERVE: Duration = Duration::from_secs(8);
