//! The result of a cycle.

use std::fmt;

use super::store::StateError;
use crate::base::units::UnixMillis;
use crate::http::{CallError, Request};
use crate::pacing::{Action, Decision, Setpoint};
use crate::warehouse::Record;

/// The result of a cycle.
#[derive(Debug)]
pub struct CycleReport {
    /// The decision.
    pub decision: Decision,
    /// Its outcome.
    pub outcome: Outcome,
    /// Records delivered in this cycle.
    pub exported: usize,
    /// Records that the warehouse refused for the last time in this cycle.
    pub refused: usize,
    /// Cause for which records wait, or are in the overflow file.
    pub export_problem: Option<String>,
    /// Records in the outbox.
    pub pending: usize,
    /// True where a warehouse is set.
    pub has_warehouse: bool,
    /// The setpoint of the open intent, which the next cycle settles.
    pub unsettled: Option<Setpoint>,
    /// The first failure, if any.
    pub error: Option<CycleError>,
}

/// The outcome of a decision.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was to be sent.
    Held,
    /// The campaign has the setpoint.
    Applied,
    /// The campaign was changed elsewhere during the cycle, so nothing was applied.
    Conflict,
    /// The platform accepted the change and has not confirmed it; the next cycle settles it.
    Pending,
    /// The setpoint was not sent, or without an answer that confirms it.
    NotApplied,
    /// A dry run: nothing was sent.
    WouldApply(Box<Withheld>),
}

/// The requests and the record that a dry run does not send.
#[derive(Debug)]
pub struct Withheld {
    /// The requests to the platform, in order.
    pub requests: Vec<Request>,
    /// The record of the change.
    pub record: Record,
}

/// A failure of a cycle.
#[derive(Debug)]
pub enum CycleError {
    /// A call failed.
    Call(CallError),
    /// The state could not be read or saved.
    State(StateError),
}

/// The failures of a cycle.
#[derive(Default)]
pub(super) struct Failures {
    /// The first failure, which is the cause of later ones.
    pub(super) first: Option<CycleError>,
    /// End of the longest pause that a failure asked for.
    pub(super) retry_at: Option<UnixMillis>,
}

impl Failures {
    pub(super) fn add(&mut self, error: CycleError) {
        if let CycleError::Call(error) = &error {
            self.retry_at = self.retry_at.max(error.retry_at);
        }
        self.first.get_or_insert(error);
    }
}

impl CycleReport {
    /// True where the cycle has a result to print besides an error: it did not fail, or a setpoint
    /// was applied.
    #[must_use]
    pub fn is_worth_a_line(&self) -> bool {
        self.error.is_none() || self.action() != Action::Hold
    }

    /// The action that was taken; in a dry run, the one that a real run would take.
    #[must_use]
    pub fn action(&self) -> Action {
        match self.outcome {
            Outcome::Applied | Outcome::WouldApply(..) => self.decision.action,
            Outcome::Held | Outcome::Conflict | Outcome::Pending | Outcome::NotApplied => {
                Action::Hold
            }
        }
    }

    /// The setpoint after the cycle; `None` where it is unknown.
    #[must_use]
    pub fn setpoint(&self) -> Option<Setpoint> {
        match self.action() {
            Action::Hold => self.decision.previous,
            _ => self.decision.setpoint,
        }
    }
}

impl fmt::Display for CycleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::State(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CycleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            Self::State(error) => error.source(),
        }
    }
}
