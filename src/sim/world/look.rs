//! What the level dialer sees, and the calls that it places.

use super::super::level::{Look, TICK_SECS};
use super::World;
use super::event::next_of;

impl World {
    /// The level dialer looks at the world, and places what it wants.
    pub(super) fn look(&mut self) {
        self.next_tick += TICK_SECS;
        let in_use = self.lines_in_use();
        while next_of(&self.talks) <= self.now {
            self.talks.pop();
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (waiting, talking) = (count(self.waiting.len()), count(self.talks.len()));
        let look = Look {
            ready: count(self.idle.len()),
            logged_in: self.working,
            talking,
            waiting,
            ringing: count(in_use).saturating_sub(waiting + talking),
            placed: self.calls,
            answered: self.tally.connected + self.tally.abandoned,
            dropped: self.tally.abandoned,
        };
        let wanted = self.level.as_mut().map_or(0, |level| level.tick(look));
        for _ in 0..wanted {
            self.place_call();
        }
    }
}
