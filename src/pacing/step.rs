//! One step, within the calling hours. It is a guard of every policy: it never raises anything.

use super::decision::Decision;
use super::hours::{CallingHours, OutsideHours};
use super::pacer::Pacer;
use super::sample::Sample;
use super::setpoint::{Setpoint, Unit};
use super::state::PacerState;
use crate::base::units::UnixMillis;

impl Pacer {
    /// Adds one poll to the window and decides. `poll` is `None` when the poll failed.
    ///
    /// The poll stays in the window whether or not the decision is carried out. The shell writes the
    /// setpoint to `state.applied` once it is applied.
    pub fn step(&self, state: &mut PacerState, poll: Option<Sample>, now: UnixMillis) -> Decision {
        let Some(hours) = self.hours() else {
            return self.step_at_any_hour(state, poll, now);
        };
        let decision = match hours.cap(now, self.limits().actuator.unit) {
            Some(cap) => self.bounded(cap).step_at_any_hour(state, poll, now),
            None => self.step_at_any_hour(state, poll, now),
        };
        match hours.why_closed(now) {
            Some(why) => decision.outside_hours(self.lowest_outside(hours), why),
            None => decision,
        }
    }

    /// True where it stops a dialer that dials by itself outside calling hours.
    #[must_use]
    pub fn stops_outside_hours(&self) -> bool {
        let hours = self.hours();
        hours.is_some_and(|hours| self.lowest_outside(hours) == Setpoint::Stopped)
    }

    /// The setpoint outside calling hours.
    fn lowest_outside(&self, hours: &CallingHours) -> Setpoint {
        match (self.limits().actuator.unit, hours.outside) {
            (Unit::CallsPerAgent, OutsideHours::Minimum) => self.limits().actuator.min,
            _ => Setpoint::Stopped,
        }
    }
}
