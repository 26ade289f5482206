//! What a cycle sees before it decides: the outcome of open intents, the poll, and the lever.

use super::mending::mend;
use super::state::State;
use super::store::Store;
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::http::CallError;
use crate::pacing::{CallingHours, Sample, Setpoint, Unit};
use crate::platform::{Applied, Bounds, Change, Platform, Standing};

/// What a cycle saw.
pub(super) struct Sight {
    /// The poll; without a sample where the platform has no data yet.
    pub(super) sample: Result<Option<Sample>, CallError>,
    /// What bounds the lever now.
    pub(super) bounds: Bounds,
    /// A change was found to have damaged other settings.
    pub(super) damage: Option<CallError>,
    /// The lever, where it was read in this cycle.
    pub(super) standing: Option<Standing>,
    /// Why the lever could not be read although an intent is open or its version is needed: the
    /// lever may only be lowered.
    pub(super) unreadable: Option<CallError>,
    /// The setpoint last confirmed, where the lever was found above it.
    pub(super) exceeded: Option<Setpoint>,
}

/// Everything that seeing works with.
pub(super) struct Seeing<'a> {
    pub(super) platform: &'a dyn Platform,
    pub(super) store: &'a Store,
    pub(super) notices: &'a dyn Notices,
    pub(super) unit: Unit,
    pub(super) hours: Option<&'a CallingHours>,
}

impl Seeing<'_> {
    /// Settles what is open, polls, and looks at the lever where that is due. An error means that
    /// nothing was seen and nothing may be sent.
    pub(super) fn see(&self, state: &mut State, deadline: &Deadline) -> Result<Sight, CallError> {
        let mut exceeded = None;
        let mut standing = None;
        let mut unreadable = None;
        let mut damage = None;
        if is_open(state) {
            // A lever that cannot be read leaves time for the poll.
            let half = deadline.reserving(deadline.limit() / 2);
            let read = self.platform.read(&mut state.cursor, &half);
            let read = read.map(|read| self.mended(state, read, &mut damage, deadline));
            match read.and_then(|read| self.settle(state, read, deadline)) {
                Ok(settled) => (standing, exceeded) = settled,
                // The platform wants no further call, or nothing is known that could be lowered.
                Err(error) if error.retry_at.is_some() || state.pacer.recovering => {
                    return Err(error);
                }
                Err(error) => unreadable = Some(error),
            }
        }
        let poll = self.platform.poll(&mut state.cursor, deadline);
        let read = poll
            .standing
            .map(|read| read.map(|read| self.mended(state, read, &mut damage, deadline)));
        match read {
            Some(Ok(read)) if is_open(state) => {
                unreadable = match self.settle(state, read, deadline) {
                    Ok(settled) => {
                        (standing, exceeded) = settled;
                        None
                    }
                    Err(error) => Some(error),
                };
            }
            Some(Ok(read)) => {
                exceeded = exceeded.or(self.take(state, &read));
                standing = Some(read);
            }
            Some(Err(error)) => unreadable = Some(error),
            None => {}
        }
        // Whether a platform that tells nothing has nothing to tell depends on the lever.
        let matters = poll.unless_stopped.is_some() && state.last_known().is_none();
        let is_due = matters || self.is_look_due(state, deadline);
        if is_due && standing.is_none() && unreadable.is_none() {
            match self.platform.read(&mut state.cursor, deadline) {
                Ok(read) => {
                    exceeded = self.look(state, read.setpoint);
                    standing = Some(read);
                }
                Err(error) => {
                    state.looks.missed();
                    let problem = error.to_string();
                    self.notices.tell(&Notice::NotLookedAt { problem });
                }
            }
        }
        if standing.is_some() {
            state.sighted();
        }
        let sample = match poll.unless_stopped {
            Some(error) if state.highest_in_force() != Some(Setpoint::Stopped) => {
                poll.sample.and(Err(error))
            }
            _ => poll.sample,
        };
        Ok(Sight {
            sample,
            bounds: poll.bounds,
            damage,
            standing,
            unreadable,
            exceeded,
        })
    }

    /// True where a lever whose position is known is to be looked at. Where nobody may be called, what
    /// somebody else set may not stand for long.
    fn is_look_due(&self, state: &State, deadline: &Deadline) -> bool {
        let now = deadline.clock().now();
        let is_closed = self.hours.is_some_and(|hours| !hours.is_inside(now));
        state.pacer.applied.is_some() && (is_closed || state.looks.is_due())
    }

    /// Settles the open intents by the lever's position, and continues from there. Returns it with
    /// the setpoint last confirmed, where the lever is above that and no intent explains it.
    fn settle(
        &self,
        state: &mut State,
        read: Standing,
        deadline: &Deadline,
    ) -> Result<(Option<Standing>, Option<Setpoint>), CallError> {
        let ours = state.pacer.applied;
        let actual = read.setpoint;
        let is_intended = state
            .unsettled
            .iter()
            .any(|intent| intent.setpoint == actual);
        // Where the lever may have had this position before the intent, it proves nothing. Sending
        // it again changes nothing, and the answer makes the record true.
        let proves_nothing = state.last_known().is_none_or(|known| known == actual);
        if is_intended && proves_nothing {
            if actual > Setpoint::Stopped && self.store.hold().stands() {
                // What is open is overtaken by the stop, which comes next.
                return Ok((Some(read), None));
            }
            if !self.send_again(state, &read, deadline)? {
                state.unsettled.retain(|intent| intent.setpoint != actual);
            }
        }
        let had_intent = !state.unsettled.is_empty();
        let settled = state.settle_at(actual);
        if let Some(setpoint) = settled.applied {
            let setpoint = self.unit.show(setpoint);
            self.notices.tell(&Notice::IntentApplied { setpoint });
        } else if had_intent && let Some(intended) = settled.not_applied {
            let (intended, actual) = (self.unit.show(intended), self.unit.show(actual));
            self.notices
                .tell(&Notice::IntentNotApplied { intended, actual });
        }
        for setpoint in settled.overtaken {
            let setpoint = self.unit.show(setpoint);
            self.notices.tell(&Notice::OutcomeUnknown { setpoint });
        }
        let exceeded = ours.filter(|ours| settled.applied.is_none() && actual > *ours);
        Ok((Some(read), exceeded))
    }

    fn send_again(
        &self,
        state: &mut State,
        read: &Standing,
        deadline: &Deadline,
    ) -> Result<bool, CallError> {
        let change = Change {
            setpoint: read.setpoint,
            previous: Some(read.setpoint),
            version: read.version.clone(),
            is_latched: self.store.latch().stands(),
            was_stopped: false,
        };
        let applied = self.platform.apply(&mut state.cursor, &change, deadline)?;
        Ok(matches!(
            applied,
            Applied::Yes { .. } | Applied::Pending | Applied::Withheld(_)
        ))
    }

    /// The lever as it stands once what an earlier change damaged is repaired.
    fn mended(
        &self,
        state: &mut State,
        read: Standing,
        failure: &mut Option<CallError>,
        deadline: &Deadline,
    ) -> Standing {
        let Some(damage) = &read.damage else {
            return read;
        };
        let (found, error) = mend(self.platform, self.store, state, damage, deadline);
        failure.get_or_insert(error);
        Standing {
            setpoint: found.unwrap_or(read.setpoint),
            damage: None,
            ..read
        }
    }

    /// Continues from the lever as it was read, see [`adopt`](Self::adopt).
    pub(super) fn take(&self, state: &mut State, read: &Standing) -> Option<Setpoint> {
        if read.is_own {
            if state.pacer.applied != Some(read.setpoint) {
                self.take_late(state, read.setpoint);
            }
            state.seen = None;
            state.pacer.applied = Some(read.setpoint);
            return None;
        }
        self.adopt(state, read.setpoint)
    }

    /// Takes in a look at the lever. A lower position is told, and is no reason to raise it; a
    /// higher one is adopted, so that it is lowered.
    fn look(&self, state: &mut State, actual: Setpoint) -> Option<Setpoint> {
        match state.pacer.applied {
            Some(ours) if actual >= ours => return self.adopt(state, actual),
            Some(ours) if state.seen != Some(actual) => {
                let (expected, actual) = (self.unit.show(ours), self.unit.show(actual));
                self.notices
                    .tell(&Notice::LoweredElsewhere { expected, actual });
            }
            _ => {}
        }
        state.seen = Some(actual);
        None
    }

    /// Continues from the lever's actual position. Returns the setpoint last confirmed, where the
    /// lever is above it.
    fn adopt(&self, state: &mut State, actual: Setpoint) -> Option<Setpoint> {
        state.seen = None;
        let expected = state.pacer.applied.replace(actual)?;
        if actual == expected {
            return None;
        }
        if !self.take_late(state, actual) {
            let (expected, actual) = (self.unit.show(expected), self.unit.show(actual));
            self.notices
                .tell(&Notice::RateChangedElsewhere { expected, actual });
        }
        Some(expected).filter(|expected| actual > *expected)
    }

    /// True where the lever's position is that of a change that seemed not to be applied: it was, and
    /// has its record.
    fn take_late(&self, state: &mut State, actual: Setpoint) -> bool {
        let Some(late) = state.late.take_if(|late| late.setpoint == actual) else {
            return false;
        };
        state.outbox.extend(late.record);
        let setpoint = self.unit.show(actual);
        self.notices.tell(&Notice::AppliedLate { setpoint });
        true
    }
}

/// True where the lever must be read before the pacer decides.
fn is_open(state: &State) -> bool {
    !state.unsettled.is_empty() || state.pacer.recovering
}
