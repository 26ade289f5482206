//! What is drawn of a variant over time.

use super::time_axis::TimeAxis;
use crate::sim::{OverTime, Span};

/// What is drawn of a span.
pub(super) struct Quantity {
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) unit: &'static str,
    /// Of a span that is so many hours long, each interval so many; `None` where there is too little.
    value: fn(&Span, f64, f64) -> Option<f64>,
    pub(super) has_limit: bool,
}

/// A quantity in one span of time.
#[derive(Clone, Copy)]
pub(super) struct Point {
    /// Middle of the span, hours from the start.
    pub(super) hours: f64,
    pub(super) mean: Option<f64>,
    /// Lowest and highest of the runs.
    pub(super) range: Option<(f64, f64)>,
}

impl Quantity {
    /// The quantity in each span, over all runs.
    pub(super) fn points(&self, series: &OverTime, axis: &TimeAxis) -> Vec<Point> {
        let runs = &series.runs;
        let spans = runs.iter().map(Vec::len).max().unwrap_or(0);
        let value = |span: &Span, place: usize| {
            let (from, to) = axis.span(place);
            (self.value)(span, to - from, axis.interval_hours)
        };
        let of_span = |place: usize| {
            let each = || runs.iter().filter_map(|run| run.get(place));
            let mut sum = Span::default();
            for span in each() {
                sum.staffed += span.staffed;
                sum.busy += span.busy;
                sum.connected += span.connected;
                sum.abandoned += span.abandoned;
                sum.placed += span.placed;
            }
            let (from, to) = axis.span(place);
            #[expect(clippy::cast_precision_loss, reason = "a count of runs")]
            let hours = (to - from) * runs.len() as f64;
            let values = || each().filter_map(|span| value(span, place));
            let low = values().fold(f64::INFINITY, f64::min);
            let high = values().fold(f64::NEG_INFINITY, f64::max);
            Point {
                hours: f64::midpoint(from, to),
                mean: (self.value)(&sum, hours, axis.interval_hours),
                range: (low <= high).then_some((low, high)),
            }
        };
        (0..spans).map(of_span).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}

pub(super) const QUANTITIES: [Quantity; 4] = [
    Quantity {
        id: "busy",
        heading: "Agents busy",
        unit: "% of the agents",
        value: |span, _, _| Some(share(span.busy, span.staffed)? * 100.0),
        has_limit: false,
    },
    Quantity {
        id: "abandoned",
        heading: "People who answer and hear nobody",
        unit: "of 100 who answer",
        value: |span, _, _| {
            let live = span.connected + span.abandoned;
            let share = share(span.abandoned, live)? * 100.0;
            (live >= LIVE_ANSWERS_MIN).then_some(share)
        },
        has_limit: true,
    },
    Quantity {
        id: "conversations",
        heading: "Conversations",
        unit: "per agent and hour",
        value: |span, _, interval_hours| {
            let agent_hours = float(span.staffed) * interval_hours;
            (agent_hours > 0.0).then(|| float(span.connected) / agent_hours)
        },
        has_limit: false,
    },
    Quantity {
        id: "placed",
        heading: "Calls placed",
        unit: "per minute",
        value: |span, hours, _| (hours > 0.0).then(|| float(span.placed) / hours / 60.0),
        has_limit: false,
    },
];
/// Fewer live answers say nothing about a share of a few per cent.
const LIVE_ANSWERS_MIN: u64 = 20;
