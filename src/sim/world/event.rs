//! Events in order of time, and of several at one time in the order in which they were made.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// An event and its time. The earliest comes first, and of several at one time the first made.
#[derive(Clone)]
pub(super) struct Timed<T> {
    pub(super) at: f64,
    pub(super) sequence: u64,
    pub(super) what: T,
}

/// The time of the first event; never, where there is none.
pub(super) fn next_of<T>(events: &BinaryHeap<Timed<T>>) -> f64 {
    events.peek().map_or(f64::INFINITY, |event| event.at)
}

impl<T> PartialEq for Timed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Timed<T> {}

impl<T> PartialOrd for Timed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Timed<T> {
    /// Reversed, since the heap gives its greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .at
            .total_cmp(&self.at)
            .then(other.sequence.cmp(&self.sequence))
    }
}
