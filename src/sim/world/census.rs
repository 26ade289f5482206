//! What is counted of the world at any time: its calls since the start, and its agents.

use super::{World, count};

/// Calls that have ended since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Attempts.
    pub ended: u64,
    /// Of these, answered by a person.
    pub answered: u64,
    /// Of these, abandoned.
    pub abandoned: u64,
}

/// The agents at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentStates {
    /// Available.
    pub idle: u32,
    /// In a conversation.
    pub talking: u32,
    /// In wrap-up.
    pub in_wrap_up: u32,
    /// On a break.
    pub on_break: u32,
}

impl World {
    /// The calls that have ended since the start.
    pub(in crate::sim) fn totals(&mut self) -> Totals {
        self.callers.waiting(self.now);
        let abandoned = self.callers.abandoned();
        let ringing = self.dialer.ringing_after(self.now);
        Totals {
            ended: self.dialer.placed() - u64::from(count(ringing)),
            answered: self.staff.connected() + abandoned,
            abandoned,
        }
    }

    /// The agents now.
    pub(in crate::sim) fn agents(&mut self) -> AgentStates {
        let (idle, staffed) = (count(self.staff.idle()), self.staff.staffed());
        let busy = staffed.saturating_sub(idle);
        let talking = count(self.dialer.conversations(self.now)).min(busy);
        AgentStates {
            idle,
            talking,
            in_wrap_up: busy - talking,
            on_break: self.staff.on_break(),
        }
    }
}
