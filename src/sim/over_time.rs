//! A variant over time: what happens in spans of equal length, run by run.

use super::controller::{Command, Controller, PlatformMetrics, ReferenceDialer, Snapshot};
use crate::pacing::{Setpoint, Unit};

/// Some runs of a variant, each in spans of equal length from the start.
#[derive(Clone, Debug, PartialEq)]
pub struct OverTime {
    /// Length of a span, seconds.
    pub span_secs: f64,
    /// The spans of each run.
    pub runs: Vec<Vec<Span>>,
}

/// What happens in one span of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// Staffed agents, added up over the ends of the intervals.
    pub staffed: u64,
    /// Of these, busy.
    pub busy: u64,
    /// Connected calls.
    pub connected: u64,
    /// Abandoned calls.
    pub abandoned: u64,
    /// Calls placed.
    pub placed: u64,
}

impl OverTime {
    /// A length that gives a day half hours or hours, and any time at most some hundred spans.
    #[must_use]
    pub fn span_secs(hours: f64, interval_secs: f64) -> f64 {
        let spans_max = if hours <= 24.0 { 24.0 } else { 96.0 };
        let least = (hours * 3600.0 / spans_max).max(interval_secs);
        let whole = SPANS_SECS.into_iter().find(|secs| *secs >= least);
        whole.unwrap_or((least / 86_400.0).ceil() * 86_400.0)
    }
}

/// A controller whose world is added up in spans. It leaves everything else to the controller.
pub(super) struct Watched<'a> {
    controller: &'a mut dyn Controller,
    span_secs: f64,
    spans: Vec<Span>,
    /// Before the end.
    last_secs: f64,
    /// Calls so far, connected, abandoned and placed.
    last: (u64, u64, u64),
}

impl<'a> Watched<'a> {
    pub(super) fn new(controller: &'a mut dyn Controller, span_secs: f64, hours: f64) -> Self {
        Self {
            controller,
            span_secs,
            last_secs: (hours * 3600.0).next_down(),
            spans: Vec::new(),
            last: (0, 0, 0),
        }
    }

    pub(super) fn into_spans(self) -> Vec<Span> {
        self.spans
    }

    fn add(&mut self, now: &Snapshot) {
        // Calls are those of the interval that ends now; agents are those from now on.
        let (calls, agents) = (now.at_secs.next_down(), now.at_secs.min(self.last_secs));
        let last = (now.connected, now.abandoned, now.placed);
        let before = std::mem::replace(&mut self.last, last);
        let span = self.span(calls);
        span.connected += now.connected - before.0;
        span.abandoned += now.abandoned - before.1;
        span.placed += now.placed - before.2;
        let span = self.span(agents);
        span.staffed += u64::from(now.logged_in);
        span.busy += u64::from(now.logged_in.saturating_sub(now.idle));
    }

    fn span(&mut self, at_secs: f64) -> &mut Span {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most some hundred spans"
        )]
        let place = (at_secs / self.span_secs) as usize;
        if place >= self.spans.len() {
            self.spans.resize(place + 1, Span::default());
        }
        #[expect(clippy::indexing_slicing, reason = "resized above")]
        &mut self.spans[place]
    }
}

impl Controller for Watched<'_> {
    fn poll(&mut self, now_secs: f64, metrics: Option<PlatformMetrics>) -> Command {
        self.controller.poll(now_secs, metrics)
    }

    fn applied(&mut self, now_secs: f64, setpoint: Setpoint) {
        self.controller.applied(now_secs, setpoint);
    }

    fn unit(&self) -> Unit {
        self.controller.unit()
    }

    fn observe(&mut self, snapshot: Snapshot) {
        self.add(&snapshot);
        self.controller.observe(snapshot);
    }

    fn reference_dialer(&self) -> Option<ReferenceDialer> {
        self.controller.reference_dialer()
    }
}

/// Lengths of a span that people count in, seconds.
const SPANS_SECS: [f64; 10] = [
    60.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 43_200.0, 86_400.0,
];
