//! People who answered and wait for an agent, until their patience ends.

use std::collections::VecDeque;

use super::call::AnsweredCall;
use crate::sim::figures::CallerCounts;

/// The people who wait, first come, first served.
#[derive(Clone)]
pub(super) struct Callers {
    waiting: VecDeque<Caller>,
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

    /// The person who has waited longest stops waiting, since an agent is free.
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

    /// How many people wait, without those who have given up.
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

    /// How many people gave up since this was last asked.
    pub(super) fn end_interval(&mut self, now: f64) -> u32 {
        self.waiting(now);
        std::mem::take(&mut self.interval_abandoned)
    }

    pub(super) fn counts(&self) -> CallerCounts {
        self.counts
    }

    fn count_abandoned(&mut self, at: f64) {
        self.interval_abandoned += 1;
        self.counts.abandoned += u64::from(at >= self.counted_from_secs);
    }
}
