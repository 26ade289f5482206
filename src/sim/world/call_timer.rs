//! The call timer: when calls are placed at the dial rate, and the rate's sum over time.

use std::collections::VecDeque;

use crate::sim::draws::{Purpose, Stream, Streams};
use crate::sim::scenario::Spacing;

#[derive(Clone)]
pub(super) struct CallTimer {
    spacing: Spacing,
    draws: Stream,
    /// Calls per minute.
    rate: u32,
    /// Changes that take effect later, in order: time and rate.
    coming: VecDeque<(f64, u32)>,
    next_change_at: f64,
    last_call_at: f64,
    next_call_at: f64,
    /// The part of a gap between calls that does not depend on the rate: 1, or exponential with
    /// mean 1.
    gap: f64,
    /// Rate × time, in calls per minute × seconds, until `summed_until`.
    rate_secs: f64,
    summed_until: f64,
}

impl CallTimer {
    pub(super) fn new(spacing: Spacing, streams: Streams, counted_from_secs: f64) -> Self {
        let mut draws = streams.of(Purpose::Spacing, 0);
        Self {
            spacing,
            gap: gap(spacing, &mut draws),
            draws,
            rate: 0,
            coming: VecDeque::new(),
            next_change_at: f64::INFINITY,
            last_call_at: f64::NEG_INFINITY,
            next_call_at: f64::INFINITY,
            rate_secs: 0.0,
            summed_until: counted_from_secs,
        }
    }

    /// Calls per minute.
    pub(super) fn dial_rate(&self) -> u32 {
        self.rate
    }

    /// The time at which the next call is due.
    pub(super) fn next_call_at(&self) -> f64 {
        self.next_call_at
    }

    /// The time at which a change that was sent takes effect.
    pub(super) fn next_change_at(&self) -> f64 {
        self.next_change_at
    }

    /// Changes the rate. The gap that has begun is scaled, not drawn again.
    pub(super) fn set_dial_rate(&mut self, now: f64, rate: u32) {
        self.sum_until(now);
        self.rate = rate;
        self.schedule_call(now);
    }

    /// Changes the rate at a later time, after any change that is still to come.
    pub(super) fn set_dial_rate_later(&mut self, at: f64, rate: u32) {
        self.coming.push_back((at, rate));
        self.see_next_change();
    }

    /// The first change that was to come takes effect.
    pub(super) fn take_effect(&mut self, now: f64) {
        if let Some((_, rate)) = self.coming.pop_front() {
            self.see_next_change();
            self.set_dial_rate(now, rate);
        }
    }

    fn see_next_change(&mut self) {
        self.next_change_at = self.coming.front().map_or(f64::INFINITY, |(at, _)| *at);
    }

    /// A call is placed; the gap until the next one begins.
    pub(super) fn begin_gap(&mut self, now: f64) {
        self.last_call_at = now;
        self.gap = gap(self.spacing, &mut self.draws);
        self.schedule_call(now);
    }

    /// Rate × counted time, in calls per minute × seconds.
    pub(super) fn rate_secs(&mut self, now: f64) -> f64 {
        self.sum_until(now);
        self.rate_secs
    }

    fn sum_until(&mut self, now: f64) {
        if now > self.summed_until {
            self.rate_secs += f64::from(self.rate) * (now - self.summed_until);
            self.summed_until = now;
        }
    }

    fn schedule_call(&mut self, now: f64) {
        self.next_call_at = if self.rate == 0 {
            f64::INFINITY
        } else {
            (self.last_call_at + self.gap * 60.0 / f64::from(self.rate)).max(now)
        };
    }
}

fn gap(spacing: Spacing, draws: &mut Stream) -> f64 {
    match spacing {
        Spacing::Even => 1.0,
        Spacing::Poisson => draws.exponential(),
    }
}
