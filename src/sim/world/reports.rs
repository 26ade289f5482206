//! The reports of a platform whose counts of calls arrive late, or several intervals at once.

use std::collections::VecDeque;

use crate::sim::controller::PlatformMetrics;
use crate::sim::scenario::RatioDialing;

/// The counts that have not been reported yet. Counts of agents are never late.
#[derive(Clone)]
pub(super) struct Reports {
    lag_secs: f64,
    batch_secs: f64,
    /// Ends and counts of intervals, in order.
    waiting: VecDeque<(f64, PlatformMetrics)>,
}

impl Reports {
    pub(super) fn new(settings: &RatioDialing) -> Self {
        Self {
            lag_secs: settings.report_lag_secs,
            batch_secs: settings.report_batch_secs,
            waiting: VecDeque::new(),
        }
    }

    /// Takes the metrics of the interval that ends now. Returns what a poll is told: its counts of
    /// calls are all that have arrived since the last poll that succeeded.
    pub(super) fn report(
        &mut self,
        now: f64,
        metrics: PlatformMetrics,
        fails: bool,
    ) -> Option<PlatformMetrics> {
        self.waiting.push_back((now, metrics));
        if fails {
            return None;
        }
        let mut told = PlatformMetrics {
            ended: 0,
            answered: 0,
            abandoned: 0,
            ..metrics
        };
        let arrived = self.arrived_until(now);
        while let Some((_, counts)) = self.waiting.front().filter(|(end, _)| *end <= arrived) {
            told.ended += counts.ended;
            told.answered += counts.answered;
            told.abandoned += counts.abandoned;
            self.waiting.pop_front();
        }
        Some(told)
    }

    /// The time until which counts have arrived.
    fn arrived_until(&self, now: f64) -> f64 {
        let until = now - self.lag_secs + ROUNDING_SECS;
        if self.batch_secs > 0.0 {
            (until / self.batch_secs).floor() * self.batch_secs
        } else {
            until
        }
    }
}

/// Times that are sums of intervals may differ by a rounding.
const ROUNDING_SECS: f64 = 1e-6;
