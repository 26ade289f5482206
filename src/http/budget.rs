//! A bound on concurrent exchanges, granted in the order of the requests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::clock::{Clock as _, Deadline, SystemClock};

/// The exchanges that the users of one client share. First come, first served, so that a campaign
/// with many requests delays another by one exchange at a time at most. One that gets no answer for
/// a while no longer counts: a campaign whose server hangs keeps no other one waiting.
#[derive(Debug)]
pub(super) struct Budget {
    exchanges_max: usize,
    clock: SystemClock,
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug)]
struct Queue {
    /// The exchanges in progress, and when each began.
    running: BTreeMap<u64, Duration>,
    waiting: VecDeque<u64>,
    next_ticket: u64,
}

/// Permission for one exchange; returned when it is dropped.
pub(super) struct Permit<'a> {
    budget: &'a Budget,
    ticket: u64,
}

impl Budget {
    pub(super) fn new(exchanges_max: usize) -> Self {
        Self {
            exchanges_max,
            clock: SystemClock::start(),
            queue: Mutex::new(Queue {
                running: BTreeMap::new(),
                waiting: VecDeque::new(),
                next_ticket: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits for a permit; `None` when the deadline passes first.
    pub(super) fn acquire(&self, deadline: &Deadline) -> Option<Permit<'_>> {
        let mut queue = self.queue();
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.waiting.push_back(ticket);
        loop {
            let now = self.clock.monotonic();
            if queue.waiting.front() == Some(&ticket) && queue.busy_at(now) < self.exchanges_max {
                queue.running.insert(ticket, now);
                queue.waiting.pop_front();
                self.changed.notify_all();
                return Some(Permit {
                    budget: self,
                    ticket,
                });
            }
            let left = deadline.remaining();
            if left.is_zero() {
                queue.waiting.retain(|waiting| *waiting != ticket);
                self.changed.notify_all();
                return None;
            }
            queue = self
                .changed
                .wait_timeout(queue, left.min(DEADLINE_CHECK_PERIOD))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Exchanges in progress that count.
    fn busy_at(&self, now: Duration) -> usize {
        let running = self.running.values();
        running
            .filter(|began| now.saturating_sub(**began) < COUNTS_FOR)
            .count()
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.budget.queue().running.remove(&self.ticket);
        self.budget.changed.notify_all();
    }
}

/// Time for which an exchange counts: longer than a server takes that answers.
const COUNTS_FOR: Duration = Duration::from_secs(1);
/// Time between two checks of the deadline during a wait.
const DEADLINE_CHECK_PERIOD: Duration = Duration::from_millis(50);
