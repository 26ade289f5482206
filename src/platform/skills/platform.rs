//! A skill as a platform.

use std::time::Duration;

use super::calls::SETTINGS_CALL;
use super::control::{start_call, stop_call};
use super::memory::{Memory, Sent};
use super::paced::PacedSkill;
use super::sight::{Whose, standing as standing_of};
use crate::base::clock::Deadline;
use crate::http::{CallError, Request};
use crate::pacing::{Actuator, Setpoint};
use crate::platform::{
    Applied, Bounds, Change, Cursor, Look, MustNot, Obstacle, Platform, Poll, Repaired,
    RequestsADay, Standing,
};

impl Platform for PacedSkill<'_> {
    fn actuator(&self) -> Actuator {
        self.limits.actuator
    }

    fn poll(&self, cursor: &mut Cursor, deadline: &Deadline) -> Poll {
        let mut memory = Memory::of(cursor);
        memory.polled_at = deadline.clock().now();
        let polled = self.sample(&mut memory, deadline);
        memory.claim_stop();
        let mut obstacle = None;
        let mut standing = None;
        if polled.is_ok() {
            match self.see_settings(&mut memory, deadline) {
                Ok(whose) => {
                    standing = standing_of(&memory, &whose).map(Ok);
                    if let Whose::Foreign(why) = whose {
                        obstacle = Some(Obstacle::ChangedElsewhere(why));
                    }
                }
                Err(error) => standing = Some(Err(error)),
            }
        } else if memory.run.is_ours && memory.is_at_rest() {
            standing = standing_of(&memory, &Whose::Own).map(Ok);
        }
        let (sample, shortage) = match polled {
            Ok(polled) => (Ok(polled.sample), polled.shortage),
            Err(error) => (Err(error), None),
        };
        memory.run.polls = if memory.is_stopping() {
            memory.run.polls.saturating_add(1)
        } else {
            0
        };
        if memory.run.polls > STOPPING_POLLS + 1 {
            // No stop was repeated meanwhile, so that nobody wants it stopped any more.
            memory.run.is_ours = false;
            memory.run.polls = 0;
        }
        let authority = self.no_authority(&memory).map(Obstacle::NoAuthority);
        let obstacle = obstacle.or(authority).or(shortage);
        let bounds = Bounds {
            ceiling: Some(self.ceiling(&memory)),
            reach: self.reach(&memory),
            not_taken: self.not_taken(&memory),
            obstacle,
            start: (memory.run.is_ours && memory.is_at_rest()).then_some(Setpoint::ONE_PER_AGENT),
            resists_stop: memory.run.polls > STOPPING_POLLS,
            is_at_rest: memory.is_at_rest(),
        };
        memory.keep(cursor);
        Poll {
            sample,
            unless_stopped: None,
            standing,
            bounds,
        }
    }

    fn read(&self, cursor: &mut Cursor, deadline: &Deadline) -> Result<Standing, CallError> {
        let mut memory = Memory::of(cursor);
        let standing = self.read_into(&mut memory, deadline);
        memory.keep(cursor);
        standing
    }

    fn look(&self, cursor: &mut Cursor, deadline: &Deadline) -> Vec<Look> {
        let mut memory = Memory::of(cursor);
        let looks = self.looks(&mut memory, deadline);
        memory.keep(cursor);
        looks
    }

    fn rewrite(
        &self,
        cursor: &mut Cursor,
        must_not: MustNot,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let mut memory = Memory::of(cursor);
        let applied = self.send_again(&mut memory, must_not, deadline);
        memory.keep(cursor);
        applied
    }

    fn prepare(&self, cursor: &mut Cursor, change: &Change, deadline: &Deadline) {
        let mut memory = Memory::of(cursor);
        let (at, staffed) = (deadline.clock().now(), memory.staffed);
        let lever = &mut memory.lever;
        if lever.before.is_none() {
            lever.before.clone_from(&lever.known);
        }
        lever.send(Sent {
            setpoint: change.setpoint,
            at,
            staffed,
            times: 1,
        });
        memory.keep(cursor);
    }

    fn requests(&self, cursor: &Cursor, change: &Change) -> Vec<Request> {
        let memory = Memory::of(cursor);
        let (setpoint, switch) = match change.setpoint {
            Setpoint::Stopped => (Setpoint::ONE_PER_AGENT, Some(stop_call(self))),
            at @ Setpoint::At(_) if memory.run.is_ours => (at, Some(start_call(self))),
            at @ Setpoint::At(_) => (at, None),
        };
        let put = self.put_of(&memory, setpoint);
        let put = put.filter(|_| !change.is_latched);
        let calls = put.into_iter().chain(switch);
        calls.map(|call| self.shown(&call)).collect()
    }

    fn apply(
        &self,
        cursor: &mut Cursor,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let mut memory = Memory::of(cursor);
        let applied = match change.setpoint {
            Setpoint::Stopped => self.stop(&mut memory, change, deadline),
            at @ Setpoint::At(_) => self.move_to(&mut memory, at, deadline),
        };
        let is_certain = matches!(&applied, Err(error) if !error.uncertain)
            || matches!(
                &applied,
                Ok(Applied::ChangedElsewhere { .. } | Applied::NoAuthority(_))
            );
        if is_certain {
            memory.lever.settle(change.setpoint);
        }
        memory.keep(cursor);
        applied
    }

    fn repair(&self, cursor: &mut Cursor, deadline: &Deadline) -> Repaired {
        let mut memory = Memory::of(cursor);
        let repaired = self.repair_damage(&mut memory, deadline);
        memory.keep(cursor);
        repaired
    }

    fn restore(
        &self,
        cursor: &mut Cursor,
        deadline: &Deadline,
    ) -> Result<Option<String>, CallError> {
        let mut memory = Memory::of(cursor);
        let restored = self.restore_settings(&mut memory, deadline);
        memory.keep(cursor);
        restored
    }

    fn is_stopping(&self, cursor: &Cursor) -> bool {
        Memory::of(cursor).is_stopping()
    }

    fn requests_a_day(&self, cursor: &Cursor, interval: Duration) -> Option<RequestsADay> {
        let each = |every: Duration| DAY_SECS / every.as_secs().max(1);
        let polls = each(interval) * CALLS_A_POLL;
        let skill = each(interval.max(SKILL_EVERY));
        let writes = 24 * u64::from(self.limits.writes_per_hour) * CALLS_A_WRITE;
        let unit = Memory::of(cursor).unit;
        Some(RequestsADay {
            estimate: polls + skill + writes + CALLS_AN_HOUR * 24,
            limit: unit.and_then(|unit| unit.published_limit),
        })
    }
}

impl PacedSkill<'_> {
    fn read_into(&self, memory: &mut Memory, deadline: &Deadline) -> Result<Standing, CallError> {
        let mut sent = memory.lever.sent.iter();
        let was_switched = sent.any(|sent| sent.setpoint == Setpoint::Stopped);
        if memory.run.is_ours || was_switched || memory.skill.is_none() {
            self.see_skill(memory, deadline)?;
        }
        let whose = self.see_settings(memory, deadline)?;
        memory.claim_stop();
        let standing = standing_of(memory, &whose);
        standing.ok_or_else(|| {
            CallError::unusable(
                SETTINGS_CALL,
                "maximumRatio is null, so nobody decided on it",
            )
        })
    }

    /// Sets the ratio, and starts the skill where this pacer stopped it.
    fn move_to(
        &self,
        memory: &mut Memory,
        setpoint: Setpoint,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let applied = self.set(memory, setpoint, deadline)?;
        if memory.run.is_ours && matches!(applied, Applied::Yes { .. }) {
            self.start(memory, deadline)?;
        }
        Ok(applied)
    }
}

const DAY_SECS: u64 = 86_400;
/// Polls at which a skill may still run after a stop that was accepted: it ends its calls first, which
/// takes up to 90 s.
const STOPPING_POLLS: u32 = 3;
/// Activity, summary and settings.
const CALLS_A_POLL: u64 = 3;
/// Time between two reads of the skill.
const SKILL_EVERY: Duration = Duration::from_secs(60);
/// Business unit and skill, settings, the write, and settings again.
const CALLS_A_WRITE: u64 = 5;
/// Login, the tenant's hosts, and the business unit.
const CALLS_AN_HOUR: u64 = 3;
