//! One question of `check`, and its answer.

use std::error::Error;

use super::store::StateError;
use crate::base::subject::Subject;
use crate::http::{CallError, Problem};

/// One question and its answer.
#[derive(Debug)]
pub struct Check {
    /// The question, in a word or two.
    pub name: String,
    /// The answer.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// What to do; empty where nothing is to be done.
    pub advice: String,
    /// The error of a failed one, by which the exit code is found.
    pub error: Option<Box<dyn Error + Send + Sync>>,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, and may not be what is meant.
    Warn,
    /// It does not work.
    Fail,
    /// Not asked, since something before it failed or was not asked for.
    Skipped,
}

impl Check {
    /// The settings, which were read and understood.
    #[must_use]
    pub fn settings(subject: &Subject) -> Self {
        Self::ok("settings", format!("in order, for {subject}"))
    }

    /// Settings that cannot be used.
    #[must_use]
    pub fn unusable_settings(problem: String) -> Self {
        Self {
            status: Status::Fail,
            ..Self::ok("settings", problem)
        }
    }

    pub(super) fn ok(name: &str, detail: String) -> Self {
        Self {
            name: name.to_owned(),
            status: Status::Ok,
            detail,
            advice: String::new(),
            error: None,
        }
    }

    pub(super) fn warn(name: &str, detail: String, advice: &str) -> Self {
        Self {
            status: Status::Warn,
            advice: advice.to_owned(),
            ..Self::ok(name, detail)
        }
    }

    pub(super) fn skipped(name: &str) -> Self {
        Self {
            status: Status::Skipped,
            ..Self::ok(name, String::new())
        }
    }

    pub(super) fn fail(
        name: &str,
        detail: String,
        advice: &str,
        error: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            status: Status::Fail,
            error: Some(Box::new(error)),
            ..Self::warn(name, detail, advice)
        }
    }

    pub(super) fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    pub(super) fn of_state(error: StateError) -> Self {
        Self::fail("state", error.to_string(), "", error)
    }

    /// A call that failed: its problem, and the advice that it carries.
    pub(super) fn of_call(name: &str, before: &str, error: CallError) -> Self {
        let advice = error.advice.clone().unwrap_or_default();
        let bare = CallError {
            advice: None,
            ..error.clone()
        };
        let detail = match &error.problem {
            Problem::NotConnected(_) => format!("{before}{}", error.problem),
            _ => format!("{before}{bare}"),
        };
        Self::fail(name, detail, &advice, error)
    }
}
