//! How many exchanges may be under way at once, in a fair order.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::clock::Deadline;

/// Shared by all who use one client. Whoever asks first is served first, so that one campaign that
/// asks for much does not keep another waiting for more than one exchange at a time.
#[derive(Debug)]
pub(super) struct Budget {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug)]
struct Queue {
    free: usize,
    waiting: VecDeque<u64>,
    next_ticket: u64,
}

/// Leave for one exchange; given back when it is dropped.
pub(super) struct Permit<'a>(&'a Budget);

impl Budget {
    pub(super) fn new(exchanges_max: usize) -> Self {
        Self {
            queue: Mutex::new(Queue {
                free: exchanges_max,
                waiting: VecDeque::new(),
                next_ticket: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits for leave; `None` when the deadline passes first.
    pub(super) fn acquire(&self, deadline: &Deadline) -> Option<Permit<'_>> {
        let mut queue = self.queue();
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.waiting.push_back(ticket);
        loop {
            if queue.free > 0 && queue.waiting.front() == Some(&ticket) {
                queue.free -= 1;
                queue.waiting.pop_front();
                self.changed.notify_all();
                return Some(Permit(self));
            }
            let left = deadline.remaining();
            if left.is_zero() {
                queue.waiting.retain(|waiting| *waiting != ticket);
                self.changed.notify_all();
                return None;
            }
            queue = self
                .changed
                .wait_timeout(queue, left.min(LOOK_AFTER))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.queue().free += 1;
        self.0.changed.notify_all();
    }
}

/// How long a wait goes on before the deadline is looked at again.
const LOOK_AFTER: Duration = Duration::from_millis(50);
