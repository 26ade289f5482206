//! A platform of which everything may be asked and nothing changed: the last step of a dry run.

use super::{Applied, Change, Cursor, Platform, Poll, Standing};
use crate::base::clock::Deadline;
use crate::http::{CallError, Request};
use crate::pacing::Actuator;

/// Passes every question on, and withholds every change.
pub struct ReadOnly<'a>(pub &'a dyn Platform);

impl Platform for ReadOnly<'_> {
    fn actuator(&self) -> Actuator {
        self.0.actuator()
    }

    fn poll(&self, cursor: &mut Cursor, deadline: &Deadline) -> Poll {
        self.0.poll(cursor, deadline)
    }

    fn read(&self, deadline: &Deadline) -> Result<Standing, CallError> {
        self.0.read(deadline)
    }

    fn requests(&self, change: &Change) -> Vec<Request> {
        self.0.requests(change)
    }

    fn apply(&self, change: &Change, _: &Deadline) -> Result<Applied, CallError> {
        Ok(Applied::Withheld(self.requests(change)))
    }
}
