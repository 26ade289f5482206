//! A skill of an account, and its calls.

use std::time::Duration;

use serde_json::Value;
use ureq::http::Method;

use super::account::SkillAccount;
use super::calls::advise;
use super::settings::{SkillId, SkillSettings};
use crate::base::clock::Deadline;
use crate::base::notice::{Level, Notice};
use crate::http::{Answer, Body, CallError, Request};
use crate::pacing::{Actuator, RatioLever};

/// Limits of a skill's lever, whatever the policy.
#[derive(Clone, Copy, Debug)]
pub struct LeverLimits {
    /// The ratio and its bounds.
    pub actuator: Actuator,
    /// Least time from a change to the next raise.
    pub raise_dwell: Duration,
    /// Writes in an hour; one that lowers the ratio is sent in any case.
    pub writes_per_hour: u32,
}

/// One skill of an account.
pub struct PacedSkill<'a> {
    pub(super) account: SkillAccount<'a>,
    pub(super) skill_id: SkillId,
    pub(super) settings: SkillSettings,
    pub(super) limits: LeverLimits,
}

/// A call about a skill.
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) version: u32,
    /// Behind the version, with the query.
    pub(super) path: String,
    pub(super) body: Option<String>,
}

impl<'a> PacedSkill<'a> {
    /// A skill of `account`. Sends nothing.
    #[must_use]
    pub fn new(
        account: SkillAccount<'a>,
        skill_id: SkillId,
        settings: SkillSettings,
        limits: LeverLimits,
    ) -> Self {
        Self {
            account,
            skill_id,
            settings,
            limits,
        }
    }

    /// The ratios that the skill can be set to.
    pub(super) fn ratio_lever(&self) -> RatioLever {
        if self.settings.overdial_lever {
            RatioLever::Overdial
        } else {
            RatioLever::Whole
        }
    }

    /// The path of this skill, with what is behind it.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("skills/{}{rest}", self.skill_id)
    }

    /// Reads, with the retries of any call.
    pub(super) fn get(
        &self,
        name: &'static str,
        version: u32,
        path: &str,
        deadline: &Deadline,
    ) -> Result<Answer, CallError> {
        let call = Call {
            name,
            method: Method::GET,
            version,
            path: path.to_owned(),
            body: None,
        };
        self.call(&call, false, deadline)
    }

    /// Reads JSON; `None` where there is no content.
    pub(super) fn get_json(
        &self,
        name: &'static str,
        version: u32,
        path: &str,
        deadline: &Deadline,
    ) -> Result<(Answer, Option<Value>), CallError> {
        let answer = self.get(name, version, path, deadline)?;
        if answer.status == NO_CONTENT {
            return Ok((answer, None));
        }
        let value: Value = answer.json(name)?;
        if !(value.is_object() || value.is_array() || value.is_null()) {
            let problem = format!("it is {value}, and an object was expected");
            return Err(CallError::unusable(name, problem));
        }
        Ok((answer, (!value.is_null()).then_some(value)))
    }

    /// Sends a call with a token, which is renewed once if it is refused. `is_once`: without any
    /// other retry, since it must be made anew for each try.
    pub(super) fn call(
        &self,
        call: &Call,
        is_once: bool,
        deadline: &Deadline,
    ) -> Result<Answer, CallError> {
        let access = self.account.open(deadline)?;
        let origin = self.account.data_host(&access)?;
        let request = request(origin.origin(), call);
        let sent = match self.account.send(&access, &request, is_once, deadline) {
            // A call that is made anew begins with a read, which renews the token.
            Err(refused) if refused.status() == Some(401) && !is_once => {
                match self.account.renew(&access, deadline)? {
                    Some(access) => self.account.send(&access, &request, is_once, deadline),
                    None => Err(refused),
                }
            }
            Err(refused) if refused.status() == Some(401) => {
                self.account.renew(&access, deadline)?;
                Err(refused)
            }
            sent => sent,
        };
        sent.map_err(|error| advise(error, self.skill_id))
    }

    /// A call as it is shown where nothing is sent.
    pub(super) fn shown(&self, call: &Call) -> Request {
        let host = self.account.known_host();
        request(&host, call)
    }

    pub(super) fn tell_retry(&self, error: &CallError, wait: Duration, retry: u32) {
        self.account.notices.tell(&Notice::Retry {
            call: error.call,
            problem: error.problem.to_string(),
            wait,
            retry,
            retries: self.account.retry().retries,
        });
    }

    pub(super) fn warn(&self, text: String) {
        let level = Level::Warning;
        self.account.notices.tell(&Notice::Platform { level, text });
    }
}

fn request(origin: &str, call: &Call) -> Request {
    let (version, path) = (call.version, &call.path);
    let content = ("Content-Type", "application/json".to_owned());
    Request {
        call: call.name,
        method: call.method.clone(),
        url: format!("{origin}/incontactapi/services/v{version}.0/{path}"),
        headers: call.body.iter().map(|_| content.clone()).collect(),
        authorised: true,
        reads_answer: call.method == Method::GET,
        body: call.body.clone().map(Body::Plain),
    }
}

/// No content (RFC 9110, 15.3.5).
const NO_CONTENT: u16 = 204;
