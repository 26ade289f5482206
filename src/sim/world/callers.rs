//! The callers: people who answered and wait for an agent, until their patience ends.

use std::collections::VecDeque;

use super::call::AnsweredCall;
use crate::sim::figures::CallerCounts;

/// The people who wait, first come, first served.
#[derive(Clone)]
pub(super) struct Callers {
    waiting: VecDeque<Caller>,
    /// Abandoned calls since the start, counted or not.
    abandoned: u64,
    counted_from_secs: f64,
    counts: CallerCounts,
    interval_abandoned: u32,
}

#[derive(Clone)]
struct Caller {
    since: f64,
    gives_up_at: f64,
    call: AnsweredCall,
}

impl Callers {
    pub(super) fn new(counted_from_secs: f64) -> Self {
        Self {
            waiting: VecDeque::new(),
            abandoned: 0,
            counted_from_secs,
            counts: CallerCounts::default(),
            interval_abandoned: 0,
        }
    }

    /// A person begins to wait.
    pub(super) fn push(&mut self, now: f64, call: AnsweredCall) {
        self.waiting.push_back(Caller {
            since: now,
            gives_up_at: now + call.patience_secs,
            call,
        });
    }

    /// Takes the person who has waited longest off the queue.
    pub(super) fn pop(&mut self, now: f64) -> Option<AnsweredCall> {
        while let Some(caller) = self.waiting.pop_front() {
            if caller.gives_up_at > now {
                if now >= self.counted_from_secs {
                    self.counts.wait_secs += now - caller.since;
                }
                return Some(caller.call);
            }
            self.count_abandoned(caller.gives_up_at);
        }
        None
    }

    /// The number of people who wait. Those whose patience has ended are counted as abandoned.
    pub(super) fn waiting(&mut self, now: f64) -> usize {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|caller| {
            let still_waits = caller.gives_up_at > now;
            if !still_waits {
                self.count_abandoned(caller.gives_up_at);
            }
            still_waits
        });
        self.waiting = waiting;
        self.waiting.len()
    }

    /// Ends an interval and returns its abandoned calls.
    pub(super) fn end_interval(&mut self, now: f64) -> u32 {
        self.waiting(now);
        std::mem::take(&mut self.interval_abandoned)
    }

    /// Abandoned calls since the start.
    pub(super) fn abandoned(&self) -> u64 {
        self.abandoned
    }

    pub(super) fn counts(&self) -> CallerCounts {
        self.counts
    }

    fn count_abandoned(&mut self, at: f64) {
        self.interval_abandoned += 1;
        self.abandoned += 1;
        self.counts.abandoned += u64::from(at >= self.counted_from_secs);
    }
}
