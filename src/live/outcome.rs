//! What a cycle came to.

use std::fmt;

use super::store::StateError;
use crate::http::{CallError, Request};
use crate::pacing::{Action, Decision, Setpoint};
use crate::warehouse::Record;

/// What a cycle came to.
#[derive(Debug)]
pub struct CycleReport {
    /// What was decided.
    pub decision: Decision,
    /// What became of it.
    pub outcome: Outcome,
    /// Records delivered in this cycle.
    pub exported: usize,
    /// True where the warehouse refused records; they wait, or are in the overflow file.
    pub export_failed: bool,
    /// Records that wait.
    pub pending: usize,
    /// True where there is a warehouse.
    pub has_warehouse: bool,
    /// A setpoint that was sent, or about to be, without an answer: the next cycle looks it up.
    pub unsettled: Option<Setpoint>,
    /// What went wrong first, if anything did.
    pub error: Option<CycleError>,
}

/// What became of a decision.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was to be sent.
    Held,
    /// The campaign has the rate.
    Applied,
    /// The campaign had changed, so nothing was applied.
    Conflict,
    /// The platform took the change and has not applied it yet; the next cycle looks it up.
    Pending,
    /// The rate was to be sent, and was not, or not for certain.
    NotApplied,
    /// A dry run: nothing was sent.
    WouldApply(Box<Withheld>),
}

/// What a dry run does not send.
#[derive(Debug)]
pub struct Withheld {
    /// The requests to the platform, in order.
    pub requests: Vec<Request>,
    /// The record of the change.
    pub record: Record,
}

/// Why a cycle did not come to its end.
#[derive(Debug)]
pub enum CycleError {
    /// A call failed.
    Call(CallError),
    /// The state could not be kept.
    State(StateError),
}

impl CycleReport {
    /// True where there is more to tell than the error: a setpoint was applied, or nothing went
    /// wrong.
    #[must_use]
    pub fn is_worth_a_line(&self) -> bool {
        self.error.is_none() || self.action() != Action::Hold
    }

    /// The action that was taken; for a dry run, the one that would have been.
    #[must_use]
    pub fn action(&self) -> Action {
        match self.outcome {
            Outcome::Applied | Outcome::WouldApply(..) => self.decision.action,
            Outcome::Held | Outcome::Conflict | Outcome::Pending | Outcome::NotApplied => {
                Action::Hold
            }
        }
    }

    /// The dial rate that holds after the cycle, as far as it is known; calls per minute.
    #[must_use]
    pub fn dial_rate(&self) -> u32 {
        match self.action() {
            Action::Hold => self.decision.previous_dial_rate(),
            _ => self.decision.dial_rate(),
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
