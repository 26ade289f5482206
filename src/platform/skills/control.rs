//! The skill's own stop and start. Neither is ever sent again blindly.

use ureq::http::Method;

use super::calls::{START_CALL, STOP_CALL};
use super::memory::Memory;
use super::paced::{Call, PacedSkill};
use crate::base::clock::Deadline;
use crate::http::CallError;
use crate::pacing::Setpoint;
use crate::platform::{Applied, Change};

/// What came of a stop or a start.
enum Switched {
    /// It was accepted.
    Accepted,
    /// The skill is in that state already; true where an earlier try without an answer may have done
    /// it.
    Already(bool),
}

impl PacedSkill<'_> {
    /// Lowers the ratio to 1, and then stops the skill, whatever came of the ratio.
    pub(super) fn stop(
        &self,
        memory: &mut Memory,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let lowered = if change.is_latched {
            None
        } else {
            // A stop does not wait for settings that cannot be written.
            let half = deadline.reserving(deadline.limit() / 2);
            Some(self.lower_for_stop(memory, &half))
        };
        let damage = match lowered {
            Some(Ok(Applied::Damaged(what))) => Some(what),
            Some(Err(error)) => {
                self.warn(format!(
                    "the ratio was not set to 1 before the stop: {error}"
                ));
                None
            }
            _ => None,
        };
        // This change itself was noted before.
        let mut sent = memory.lever.sent.iter();
        let was_uncertain = sent.any(|sent| sent.setpoint == Setpoint::Stopped && sent.times > 1);
        match self.switch(memory, &stop_call(self), true, deadline) {
            Ok(Switched::Accepted) => {
                memory.run.is_ours = true;
                // Only to tell whether it still runs.
                let _ = self.see_skill(memory, deadline);
            }
            Ok(Switched::Already(by_us)) => {
                memory.run.is_ours |= by_us || change.was_stopped || was_uncertain;
            }
            Err(error) => return Err(error),
        }
        memory.run.refusals = 0;
        memory.run.polls = 0;
        memory.run.started_at = None;
        memory.lever.settle(Setpoint::Stopped);
        Ok(match damage {
            Some(what) => Applied::Damaged(what),
            None => Applied::Yes {
                after_uncertain_try: false,
            },
        })
    }

    /// Sets the ratio to 1, also where somebody else sets it just then.
    fn lower_for_stop(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let one = Setpoint::ONE_PER_AGENT;
        match self.set(memory, one, deadline)? {
            Applied::ChangedElsewhere { .. } => self.set(memory, one, deadline),
            applied => Ok(applied),
        }
    }

    /// Starts the skill that this pacer stopped.
    pub(super) fn start(&self, memory: &mut Memory, deadline: &Deadline) -> Result<(), CallError> {
        self.switch(memory, &start_call(self), false, deadline)?;
        memory.run.started_at = Some(deadline.clock().now());
        memory.run.is_ours = false;
        Ok(())
    }

    /// Sends a stop or a start until it is certain what came of it.
    fn switch(
        &self,
        memory: &mut Memory,
        call: &Call,
        is_stop: bool,
        deadline: &Deadline,
    ) -> Result<Switched, CallError> {
        let retry = self.account.retry();
        let mut tries = 0;
        let mut is_uncertain = false;
        let mut was_renewed = false;
        loop {
            let Err(error) = self.call(call, true, deadline) else {
                return Ok(Switched::Accepted);
            };
            match error.status() {
                Some(401) if !was_renewed => {
                    was_renewed = true;
                    continue;
                }
                // An earlier stop of ours may just have ended.
                Some(409) if !is_stop && memory.is_stopping() => {
                    let refused =
                        self.after_refusal(memory, error, is_stop, is_uncertain, deadline);
                    if refused.is_err() && memory.is_at_rest() {
                        continue;
                    }
                    return refused;
                }
                Some(404 | 409) => {
                    return self.after_refusal(memory, error, is_stop, is_uncertain, deadline);
                }
                _ => {}
            }
            is_uncertain |= error.uncertain;
            tries += 1;
            let again = error.problem.is_passing() && tries <= retry.retries;
            let error = CallError { tries, ..error };
            let error = if is_uncertain {
                error.with_unknown_effect()
            } else {
                error
            };
            if !again {
                return Err(error);
            }
            self.back_off(error, retry.back_off(tries), tries, deadline)?;
            if is_uncertain
                && self.see_skill(memory, deadline).is_ok()
                && memory.is_at_rest() == is_stop
            {
                return Ok(Switched::Already(true));
            }
        }
    }

    /// A refusal of what is so already is none.
    fn after_refusal(
        &self,
        memory: &mut Memory,
        error: CallError,
        is_stop: bool,
        is_uncertain: bool,
        deadline: &Deadline,
    ) -> Result<Switched, CallError> {
        let seen = self.see_skill(memory, deadline);
        let is_done = match (seen, &memory.skill) {
            (Ok(()), Some(skill)) => skill.is_running == Some(!is_stop),
            _ => false,
        };
        if is_done && (is_stop || error.status() == Some(409)) {
            return Ok(Switched::Already(is_uncertain));
        }
        if is_stop {
            memory.run.refusals = memory.run.refusals.saturating_add(1);
        }
        Err(error)
    }
}

pub(super) fn stop_call(skill: &PacedSkill) -> Call {
    Call {
        name: STOP_CALL,
        method: Method::POST,
        version: skill.settings.versions.control,
        path: skill.path("/stop?force=false"),
        body: None,
    }
}

pub(super) fn start_call(skill: &PacedSkill) -> Call {
    Call {
        name: START_CALL,
        method: Method::POST,
        version: skill.settings.versions.control,
        path: skill.path("/start"),
        body: None,
    }
}
