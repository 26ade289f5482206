//! The placing of calls: at the rate of the timer, by the ratio dialer at every event, or by the level
//! dialer at its ticks.

use super::ratio::RatioInputs;
use super::{World, count};
use crate::sim::level::LevelInputs;

impl World {
    /// The time of the next event that only a ratio dialer follows: the end of a call or a line, or a
    /// change of the ratio.
    pub(super) fn next_ratio_event_at(&self) -> f64 {
        match &self.ratio {
            Some(ratio) => ratio
                .next_change_at()
                .min(self.dialer.next_unanswered_at())
                .min(self.dialer.next_conversation_end_at()),
            None => f64::INFINITY,
        }
    }

    pub(super) fn follow_ratio(&mut self) {
        self.dialer.end_calls(self.now);
        if let Some(ratio) = &mut self.ratio {
            ratio.take_effect(self.now, self.staff.staffed());
        }
    }

    /// Places calls while fewer ring than the ratio asks for.
    pub(super) fn keep_ringing(&mut self) {
        let Some(ratio) = &self.ratio else {
            return;
        };
        if ratio.limits_abandonment() {
            self.callers.waiting(self.now);
        }
        let inputs = RatioInputs {
            available: self.staff.idle(),
            staffed: self.staff.staffed(),
            connected: self.staff.connected(),
            abandoned: self.callers.abandoned(),
        };
        let wanted = ratio.wanted(self.now, inputs);
        for _ in self.dialer.ringing()..wanted {
            if !self.place_call() {
                break;
            }
        }
    }

    /// Places a call and returns true, unless no line is free.
    pub(super) fn place_call(&mut self) -> bool {
        let waiting = if self.dialer.limits_lines() {
            self.callers.waiting(self.now)
        } else {
            0
        };
        self.dialer.place_call(self.now, waiting)
    }

    pub(super) fn tick_level_dialer(&mut self) {
        let waiting = self.callers.waiting(self.now);
        let dropped = self.callers.abandoned();
        let inputs = LevelInputs {
            available: count(self.staff.idle()),
            staffed: self.staff.staffed(),
            talking: count(self.dialer.conversations(self.now)),
            waiting: count(waiting),
            ringing: count(self.dialer.ringing_after(self.now)),
            placed: self.dialer.placed(),
            answered: self.staff.connected() + dropped,
            dropped,
        };
        let wanted = self.level.as_mut().map_or(0, |level| level.tick(inputs));
        for _ in 0..wanted {
            self.place_call();
        }
    }
}
