//! One cycle, shared by every command that drives a live campaign.
//!
//! The order is what makes a crash harmless at any point: settle what an earlier run left open →
//! poll → decide → save the intent → send it → save outcome and record in one replacement →
//! deliver the outbox → save. The rate is absolute and a record has one id for one body, so what
//! is repeated after a crash changes nothing.

use std::time::Duration;

use super::outcome::{CycleError, CycleReport, Outcome};
use super::state::{Intent, Loaded, State, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::notice::{Notice, Notices};
use crate::base::timestamp::file_stamp;
use crate::base::units::UnixMillis;
use crate::http::{CallError, bounded_retry_at};
use crate::pacing::{Decision, Pacer, Sample};
use crate::platform::{Applied, Campaign, IfMatch, Platform, RateChange};
use crate::warehouse::{Record, Warehouse};

/// Everything a cycle works with.
pub struct Cycle<'a> {
    /// What decides.
    pub pacer: &'a Pacer,
    /// The campaign's identifier, for the records.
    pub campaign_id: &'a str,
    /// Where the campaign is.
    pub platform: &'a dyn Platform,
    /// Where records go, if anywhere.
    pub warehouse: Option<&'a Warehouse<'a>>,
    /// Where the state is.
    pub store: &'a Store,
    /// Whether the campaign must be unchanged between reading and writing it.
    pub if_match: IfMatch,
    /// How many records may wait; the oldest beyond go to a file of their own.
    pub outbox_capacity: usize,
    /// Whether everything is done but writing.
    pub dry_run: bool,
    /// Who is told what happens on the way.
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
        if self.dry_run {
            self.notices.tell(&Notice::StateDamaged { path, problem });
            return Ok(state);
        }
        let aside = self.store.set_aside(&state, clock.now())?;
        let aside = aside.display().to_string();
        self.notices.tell(&Notice::StateSetAside {
            path,
            aside,
            problem,
        });
        Ok(state)
    }

    /// Runs one cycle and leaves in `state` what the state file holds.
    pub fn run(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        let mut trouble = Trouble::default();
        let polling = deadline.reserving(SEND_RESERVE.min(deadline.limit() / 3));
        let polled = self
            .wait_out_pause(state, &polling)
            .and_then(|()| self.settle(state, &polling))
            .map_or_else(Polled::blocked, |()| self.poll(state, &polling));
        let sample = polled
            .sample
            .map_err(|error| trouble.add(CycleError::Call(error)))
            .ok();
        let decision = self
            .pacer
            .step(&mut state.pacer, sample, deadline.clock().now());
        let outcome = match (decision.sends(), polled.may_send) {
            (false, _) => Outcome::Held,
            (true, false) => Outcome::NotApplied,
            (true, true) => {
                let campaign = polled.campaign.as_ref();
                let is_blind = sample.is_none() && campaign.is_none();
                let change = RateChange {
                    dial_rate: decision.dial_rate,
                    previous_dial_rate: decision.previous_dial_rate,
                    etag: campaign.and_then(|campaign| campaign.etag.clone()),
                };
                let sent = if is_blind {
                    self.send_blind(state, &decision, &change, deadline)
                } else {
                    self.send(state, &decision, &change, deadline)
                };
                sent.unwrap_or_else(|error| {
                    trouble.add(error);
                    Outcome::NotApplied
                })
            }
        };
        let now = deadline.clock().now();
        state.quiet_until = trouble.retry_at.map(|at| bounded_retry_at(at, now));
        let mut exported = Exported::default();
        if !self.dry_run {
            match self.save_and_export(state, deadline) {
                Ok(done) => exported = done,
                Err(error) => trouble.add(CycleError::State(error)),
            }
        }
        CycleReport {
            decision,
            outcome,
            exported: exported.records,
            export_failed: exported.failed,
            pending: state.outbox.len(),
            has_warehouse: self.warehouse.is_some(),
            dry_run: self.dry_run,
            unsettled: state.intent.as_ref().map(|intent| intent.dial_rate),
            error: trouble.first,
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

    /// Finds out what became of a rate that an earlier run was about to send, and which rate the
    /// campaign has when the state was lost.
    fn settle(&self, state: &mut State, deadline: &Deadline) -> Result<(), CallError> {
        if state.intent.is_none() && !state.pacer.recovering {
            return Ok(());
        }
        let campaign = self.platform.campaign(deadline)?;
        let actual = campaign.dial_rate;
        if let Some(intent) = &state.intent {
            let intended = intent.dial_rate;
            let proves_nothing = state.pacer.dial_rate == intended;
            let applied = match actual == intended {
                // The campaign had this rate before. To send it again changes nothing, and only
                // an answer makes its record true.
                true if proves_nothing && !self.dry_run => {
                    self.send_again(intent, campaign, deadline)?
                }
                is_there => is_there,
            };
            self.notices.tell(&if applied {
                Notice::IntentApplied { dial_rate: actual }
            } else {
                Notice::IntentNotApplied { intended, actual }
            });
            let record = state.intent.take().and_then(|intent| intent.record);
            if let Some(record) = record.filter(|_| applied) {
                state.outbox.push(record);
            }
        }
        state.pacer.applied(actual);
        Ok(())
    }

    fn send_again(
        &self,
        intent: &Intent,
        campaign: Campaign,
        deadline: &Deadline,
    ) -> Result<bool, CallError> {
        let change = RateChange {
            dial_rate: intent.dial_rate,
            previous_dial_rate: campaign.dial_rate,
            etag: campaign.etag.filter(|_| self.if_match == IfMatch::Etag),
        };
        let applied = self.platform.apply(&change, deadline)?;
        Ok(applied == Applied::Yes)
    }

    fn poll(&self, state: &mut State, deadline: &Deadline) -> Polled {
        let poll = self.platform.poll(self.if_match == IfMatch::Etag, deadline);
        match poll.campaign {
            None => Polled {
                // Without the version that was to guard it, nothing may be sent.
                may_send: self.if_match == IfMatch::Any,
                sample: poll.sample,
                campaign: None,
            },
            Some(Ok(campaign)) if campaign.etag.is_none() => Polled {
                sample: Err(CallError::unusable(
                    "campaign request",
                    "it has no ETag header, which --if-match etag needs",
                )),
                campaign: None,
                may_send: false,
            },
            Some(Ok(campaign)) => {
                let expected = state.pacer.dial_rate;
                if campaign.dial_rate != expected && !state.pacer.window.is_empty() {
                    self.notices.tell(&Notice::RateChangedElsewhere {
                        expected,
                        actual: campaign.dial_rate,
                    });
                }
                state.pacer.applied(campaign.dial_rate);
                Polled {
                    sample: poll.sample,
                    campaign: Some(campaign),
                    may_send: true,
                }
            }
            Some(Err(error)) => Polled {
                sample: Err(match poll.sample {
                    Ok(_) => error,
                    Err(first) => first.pausing_with(&error),
                }),
                campaign: None,
                may_send: false,
            },
        }
    }

    /// Sends a rate that was decided without a poll. It is meant to be lower than what the
    /// campaign has, which somebody may have changed by hand: so the campaign is read first.
    fn send_blind(
        &self,
        state: &mut State,
        decision: &Decision,
        change: &RateChange,
        deadline: &Deadline,
    ) -> Result<Outcome, CycleError> {
        let campaign = self.platform.campaign(deadline).map_err(CycleError::Call)?;
        if campaign.dial_rate > decision.dial_rate {
            return self.send(state, decision, change, deadline);
        }
        self.notices.tell(&Notice::RateChangedElsewhere {
            expected: state.pacer.dial_rate,
            actual: campaign.dial_rate,
        });
        state.pacer.applied(campaign.dial_rate);
        Ok(Outcome::Held)
    }

    fn send(
        &self,
        state: &mut State,
        decision: &Decision,
        change: &RateChange,
        deadline: &Deadline,
    ) -> Result<Outcome, CycleError> {
        let record = Record::of(decision, self.campaign_id);
        if self.dry_run {
            let request = self.platform.request(change);
            return Ok(Outcome::WouldApply(Box::new((request, record))));
        }
        state.intent = Some(Intent {
            dial_rate: decision.dial_rate,
            record: self.warehouse.is_some().then_some(record),
        });
        if let Err(error) = self.store.save(state) {
            // Nothing is sent that could not be remembered.
            state.intent = None;
            return Err(CycleError::State(error));
        }
        match self.platform.apply(change, deadline) {
            Ok(Applied::Yes) => {
                state.pacer.applied(decision.dial_rate);
                let record = state.intent.take().and_then(|intent| intent.record);
                if let Some(record) = record {
                    state.outbox.push(record);
                }
                Ok(Outcome::Applied)
            }
            Ok(Applied::Conflict) => {
                state.intent = None;
                let dial_rate = decision.dial_rate;
                self.notices.tell(&Notice::Conflict { dial_rate });
                Ok(Outcome::Conflict)
            }
            Err(error) => {
                // The intent stays where it may have been applied: the next cycle finds out.
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
        let day = file_stamp(deadline.clock().now());
        let day = day.split('T').next().unwrap_or(&day);
        let path = files::sibling(self.store.path(), &format!(".overflow-{day}.ndjson"));
        files::append_durably(&path, &lines).map_err(|error| StateError::Io {
            doing: "write",
            path: path.clone(),
            error,
        })?;
        state.outbox.forget_oldest(rows);
        let path = path.display().to_string();
        self.notices.tell(&Notice::OutboxSpilled { rows, path });
        Ok(())
    }
}

impl Polled {
    /// No poll: something has to be found out or waited for first.
    fn blocked(error: CallError) -> Self {
        Self {
            sample: Err(error),
            campaign: None,
            may_send: false,
        }
    }
}

/// What went wrong in a cycle.
#[derive(Default)]
struct Trouble {
    /// The first failure, which is the cause; those after it follow from it.
    first: Option<CycleError>,
    /// The latest moment that any failure asked to wait for.
    retry_at: Option<UnixMillis>,
}

impl Trouble {
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

/// A poll, and whether a rate may be sent after it.
struct Polled {
    sample: Result<Sample, CallError>,
    campaign: Option<Campaign>,
    may_send: bool,
}

/// What a poll leaves of the cycle's deadline, so that a rate can still be sent after it: the time
/// that one call may take.
const SEND_RESERVE: Duration = Duration::from_secs(8);
