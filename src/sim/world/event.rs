//! Events in order of time; of several at one time, the one made first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Events of one kind that are still to come.
#[derive(Clone)]
pub(super) struct EventQueue<T> {
    events: BinaryHeap<Event<T>>,
    /// Events made so far.
    made: u64,
}

#[derive(Clone)]
struct Event<T> {
    at: f64,
    number: u64,
    what: T,
}

impl<T> EventQueue<T> {
    pub(super) fn new() -> Self {
        Self {
            events: BinaryHeap::new(),
            made: 0,
        }
    }

    pub(super) fn push(&mut self, at: f64, what: T) {
        self.made += 1;
        let number = self.made;
        self.events.push(Event { at, number, what });
    }

    /// The time of the first event; infinity where there is none.
    pub(super) fn next_at(&self) -> f64 {
        self.events.peek().map_or(f64::INFINITY, |event| event.at)
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        self.events.pop().map(|event| event.what)
    }

    /// Removes the events up to `now` and returns how many they were.
    pub(super) fn remove_until(&mut self, now: f64) -> u32 {
        let mut removed = 0;
        while self.next_at() <= now {
            self.events.pop();
            removed += 1;
        }
        removed
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// The times of all events, in no order.
    pub(super) fn times(&self) -> impl Iterator<Item = f64> {
        self.events.iter().map(|event| event.at)
    }
}

impl<T> PartialEq for Event<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Event<T> {}

impl<T> PartialOrd for Event<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Event<T> {
    /// Reversed, since the heap gives its greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .at
            .total_cmp(&self.at)
            .then(other.number.cmp(&self.number))
    }
}
