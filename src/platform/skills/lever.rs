//! The change of a skill's lever: read, compare, write, read, compare.

use serde_json::{Map, Value};
use std::time::Duration;
use ureq::http::Method;

use super::calls::SETTINGS_PUT;
use super::general::GeneralSettings;
use super::memory::{Memory, NotTaken};
use super::paced::{Call, PacedSkill};
use super::settings::SettingsWrite;
use super::sight::{SECOND_LOOK, SETTINGS_PATH, Whose, shown};
use crate::base::clock::Deadline;
use crate::http::{CallError, Problem};
use crate::pacing::Setpoint;
use crate::platform::Applied;

/// What came of a write that may be repeated.
pub(super) enum Written {
    /// It was accepted, perhaps after a try without a certain answer.
    Accepted { after_uncertain_try: bool },
    /// The settings have it already; likewise.
    Stands { after_uncertain_try: bool },
    /// Before it, somebody else had set the lever, or damage of an earlier write was found.
    Found(Whose),
}

impl PacedSkill<'_> {
    /// Sets the ratio, if it has not that position already.
    pub(super) fn set(
        &self,
        memory: &mut Memory,
        setpoint: Setpoint,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        // One call per agent is no raise of anything.
        let here = memory.lever.position.unwrap_or(Setpoint::ONE_PER_AGENT);
        let is_raise = setpoint > here;
        if is_raise && !memory.run.is_ours {
            self.see_what_raises_need(memory, deadline)?;
        }
        let fields = self.fields_of(setpoint, memory.staffed);
        let names = self.lever_names();
        let wish = GeneralSettings::kept(fields.clone());
        let written = self.write(memory, deadline, true, |memory, fresh| {
            if wish.agrees(fresh, names) {
                return Ok(None);
            }
            match self.no_authority(memory).filter(|_| is_raise) {
                Some(why) => Err(why),
                None => Ok(Some(fields.clone())),
            }
        });
        let written = match written {
            Ok(Ok(written)) => written,
            Ok(Err(why)) => return Ok(Applied::NoAuthority(why)),
            Err(error) => return Err(error),
        };
        match written {
            Written::Found(Whose::Damaged(what)) => Ok(Applied::Damaged(what)),
            Written::Found(whose) => {
                let why = match whose {
                    Whose::Foreign(why) => why,
                    Whose::Own | Whose::Damaged(_) => String::new(),
                };
                let found = memory.lever.position;
                Ok(match found {
                    Some(found) => Applied::ChangedElsewhere { found, why },
                    None => Applied::NoAuthority(why),
                })
            }
            Written::Stands {
                after_uncertain_try,
            } => {
                memory.lever.settle(setpoint);
                memory.lever.position = Some(setpoint);
                Ok(Applied::Yes {
                    after_uncertain_try,
                })
            }
            Written::Accepted {
                after_uncertain_try,
            } => self.verify(memory, setpoint, after_uncertain_try, deadline),
        }
    }

    /// Reads what a raise needs to be allowed, unless this cycle did.
    fn see_what_raises_need(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<(), CallError> {
        let polled_at = memory.polled_at;
        if memory.unit.as_ref().is_none_or(|unit| unit.at < polled_at) {
            self.see_unit(memory, deadline)?;
        }
        if memory
            .skill
            .as_ref()
            .is_none_or(|skill| skill.at < polled_at)
        {
            self.see_skill(memory, deadline)?;
        }
        Ok(())
    }

    /// Reads the settings after a write, and compares all of them.
    pub(super) fn verify(
        &self,
        memory: &mut Memory,
        setpoint: Setpoint,
        after_uncertain_try: bool,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let unknown = CallError::with_unknown_effect;
        let names = self.lever_names();
        let before = GeneralSettings::kept(memory.lever.known.clone().unwrap_or_default());
        let old = memory.lever.position;
        let mut after = self.settings(deadline).map_err(unknown)?;
        if !before.differences(&after, names).is_empty() {
            deadline.clock().sleep(SECOND_LOOK);
            after = self.settings(deadline).map_err(unknown)?;
        }
        let damaged = before.differences(&after, names);
        let wish = GeneralSettings::kept(self.fields_of(setpoint, memory.staffed));
        let has_taken = wish.agrees(&after, names);
        let now = memory.polled_at;
        let unusable = |problem: String| unknown(CallError::unusable(SETTINGS_PUT, problem));
        let lever = &mut memory.lever;
        lever.read_at = deadline.clock().now();
        if !damaged.is_empty() {
            let what = self.damage(lever, &before, &after, damaged, old, setpoint);
            lever.known = Some(after.fields().clone());
            if has_taken {
                lever.position = Some(setpoint);
            }
            return Ok(Applied::Damaged(what));
        }
        lever.known = Some(after.fields().clone());
        if has_taken {
            if !after_uncertain_try {
                lever.sent.clear();
            }
            lever.settle(setpoint);
            lever.position = Some(setpoint);
            lever.changed_at = Some(now);
            lever.not_taken = None;
            return Ok(Applied::Yes {
                after_uncertain_try,
            });
        }
        let found = self.position_in(&after, memory.staffed).map_err(unusable)?;
        // It may still show, late.
        let lever = &mut memory.lever;
        if found != lever.position {
            lever.changed_at = Some(now);
        }
        lever.position = found;
        let why = format!(
            "the platform accepted a ratio of {} and has {}: it is clamped or restricted; tried again after the time that a raise waits",
            shown(setpoint),
            found.map_or("none".to_owned(), shown)
        );
        self.warn(format!("skill {}: {why}", self.skill_id));
        lever.not_taken = Some(NotTaken {
            setpoint,
            at: now,
            why: why.clone(),
        });
        Ok(Applied::NotTaken { found, why })
    }

    /// Writes what `fields_for` makes of the settings just read; nothing where that is nothing. Each
    /// try begins with a read, so that what somebody else changed meanwhile is kept. The inner error
    /// is that of `fields_for`.
    pub(super) fn write(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
        is_repeated: bool,
        fields_for: impl Fn(&Memory, &GeneralSettings) -> Result<Option<Map<String, Value>>, String>,
    ) -> Result<Result<Written, String>, CallError> {
        let retry = self.account.retry();
        let retries = if is_repeated { retry.retries } else { 0 };
        let mut tries = 0;
        let mut is_uncertain = false;
        let mut was_renewed = false;
        loop {
            let told = |error: CallError| {
                if is_uncertain {
                    error.with_unknown_effect()
                } else {
                    error
                }
            };
            match self.see_settings(memory, deadline).map_err(told)? {
                Whose::Own => {}
                whose => return Ok(Ok(Written::Found(whose))),
            }
            let fresh = GeneralSettings::kept(memory.lever.known.clone().unwrap_or_default());
            let fields = match fields_for(memory, &fresh) {
                Ok(Some(fields)) => fields,
                Ok(None) => {
                    return Ok(Ok(Written::Stands {
                        after_uncertain_try: is_uncertain,
                    }));
                }
                Err(why) => return Ok(Err(why)),
            };
            memory.lever.write(deadline.clock().now());
            match self.call(&self.put(&fresh, &fields), true, deadline) {
                Ok(_) => {
                    return Ok(Ok(Written::Accepted {
                        after_uncertain_try: is_uncertain,
                    }));
                }
                Err(error) if error.status() == Some(401) && !was_renewed => was_renewed = true,
                Err(error) => {
                    is_uncertain |= error.uncertain;
                    // An answer without a meaning is as good as none, since a read comes first.
                    let is_unclear = matches!(error.problem, Problem::Unusable(_));
                    let again = (error.problem.is_passing() || is_unclear) && tries < retries;
                    tries += 1;
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
                }
            }
        }
    }

    /// Waits before the next try, or gives the error back where the deadline leaves no time for it.
    pub(super) fn back_off(
        &self,
        error: CallError,
        wait: Duration,
        retry: u32,
        deadline: &Deadline,
    ) -> Result<(), CallError> {
        let clock = deadline.clock();
        let now = clock.now();
        let asked = error.retry_at.filter(|at| *at > now);
        let wait = wait.max(asked.map_or(Duration::ZERO, |at| at.distance(now)));
        if wait >= deadline.remaining() {
            return Err(error);
        }
        self.tell_retry(&error, wait, retry);
        clock.sleep(wait);
        Ok(())
    }

    /// The write of `fields`, with all else as it was read.
    pub(super) fn put(&self, read: &GeneralSettings, fields: &Map<String, Value>) -> Call {
        let is_partial = self.settings.write == SettingsWrite::Partial;
        Call {
            name: SETTINGS_PUT,
            method: Method::PUT,
            version: self.settings.versions.settings,
            path: self.path(SETTINGS_PATH),
            body: Some(read.body_with(fields, is_partial)),
        }
    }

    /// The write of a position, as it would be sent now.
    pub(super) fn put_of(&self, memory: &Memory, setpoint: Setpoint) -> Option<Call> {
        let known = GeneralSettings::kept(memory.lever.known.clone().unwrap_or_default());
        let fields = self.fields_of(setpoint, memory.staffed);
        let wish = GeneralSettings::kept(fields.clone());
        let stands = wish.agrees(&known, self.lever_names());
        (!stands).then(|| self.put(&known, &fields))
    }
}
