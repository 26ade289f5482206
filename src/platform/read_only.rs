//! A platform that is read and never changed: the last step of a dry run.

use std::time::Duration;

use super::{Applied, Change, Cursor, Look, MustNot, Platform, Poll, RequestsADay, Standing};
use crate::base::clock::Deadline;
use crate::http::{CallError, Request};
use crate::pacing::Actuator;

/// Forwards every read, and withholds every change.
pub struct ReadOnly<'a>(pub &'a dyn Platform);

impl Platform for ReadOnly<'_> {
    fn actuator(&self) -> Actuator {
        self.0.actuator()
    }

    fn poll(&self, cursor: &mut Cursor, deadline: &Deadline) -> Poll {
        let poll = self.0.poll(cursor, deadline);
        Poll {
            standing: poll.standing.map(|standing| standing.map(undamaged)),
            ..poll
        }
    }

    fn read(&self, cursor: &mut Cursor, deadline: &Deadline) -> Result<Standing, CallError> {
        self.0.read(cursor, deadline).map(undamaged)
    }

    fn requests(&self, cursor: &Cursor, change: &Change) -> Vec<Request> {
        self.0.requests(cursor, change)
    }

    fn apply(
        &self,
        cursor: &mut Cursor,
        change: &Change,
        _: &Deadline,
    ) -> Result<Applied, CallError> {
        Ok(Applied::Withheld(self.requests(cursor, change)))
    }

    fn look(&self, cursor: &mut Cursor, deadline: &Deadline) -> Vec<Look> {
        self.0.look(cursor, deadline)
    }

    fn rewrite(&self, _: &mut Cursor, _: MustNot, _: &Deadline) -> Result<Applied, CallError> {
        Ok(Applied::Withheld(Vec::new()))
    }

    fn requests_a_day(&self, cursor: &Cursor, interval: Duration) -> Option<RequestsADay> {
        self.0.requests_a_day(cursor, interval)
    }
}

/// Nothing is repaired here.
fn undamaged(standing: Standing) -> Standing {
    Standing {
        damage: None,
        ..standing
    }
}
