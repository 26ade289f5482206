//! A series over time reduced to the lowest and the highest value of every span of time.

use crate::base::units::UnixMillis;

/// A series of rates over time. Spans grow with the series, so that their number stays bounded.
#[derive(Debug, Default)]
pub struct DownsampledSeries {
    span_millis: i64,
    buckets: Vec<Bucket>,
}

/// The values of one span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Number of the span, counted from 1970.
    number: i64,
    /// The first of the lowest values.
    pub low: RateAt,
    /// The first of the highest values.
    pub high: RateAt,
    /// Time of the first value.
    pub first_at: UnixMillis,
    /// Time of the last value.
    pub last_at: UnixMillis,
}

/// A rate at a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateAt {
    /// The point in time.
    pub at: UnixMillis,
    /// Calls per minute.
    pub rate: u32,
}

impl DownsampledSeries {
    pub(super) fn add(&mut self, at: UnixMillis, rate: u32) {
        self.span_millis = self.span_millis.max(SPAN_MILLIS_MIN);
        let value = RateAt { at, rate };
        let bucket = Bucket {
            number: at.0.div_euclid(self.span_millis),
            low: value,
            high: value,
            first_at: at,
            last_at: at,
        };
        push(&mut self.buckets, bucket);
        while self.buckets.len() > BUCKETS_MAX {
            self.double_spans();
        }
    }

    /// The buckets, in the order of time.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Length of a span.
    #[must_use]
    pub fn span_millis(&self) -> i64 {
        self.span_millis
    }

    fn double_spans(&mut self) {
        self.span_millis = self.span_millis.saturating_mul(2);
        let mut wide = Vec::with_capacity(BUCKETS_MAX + 1);
        for mut bucket in self.buckets.drain(..) {
            bucket.number = bucket.number.div_euclid(2);
            push(&mut wide, bucket);
        }
        self.buckets = wide;
    }
}

/// Adds `later` at the end, or to the last bucket where that is of the same span.
fn push(buckets: &mut Vec<Bucket>, later: Bucket) {
    match buckets.last_mut() {
        Some(last) if last.number == later.number => {
            if later.low.rate < last.low.rate {
                last.low = later.low;
            }
            if later.high.rate > last.high.rate {
                last.high = later.high;
            }
            last.last_at = later.last_at;
        }
        _ => buckets.push(later),
    }
}

/// Buckets of one series: more than a chart has pixels.
const BUCKETS_MAX: usize = 1_600;
/// The shortest span: polls are not closer than this.
const SPAN_MILLIS_MIN: i64 = 15_000;
