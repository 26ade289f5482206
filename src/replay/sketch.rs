//! What a report draws of a replay, in memory that does not grow with the rows.

use crate::history::Row;
use crate::pacing::Decision;

/// Pictures of one pacer's decisions.
#[derive(Debug, Default)]
pub struct Sketch {
    /// The dial rates of each of the first campaigns.
    lines: Vec<Lines>,
    /// Of every campaign, what its row before was.
    before: Vec<Before>,
    week: Vec<Hour>,
}

/// The dial rates of one campaign over time.
#[derive(Debug, Default)]
pub struct Lines {
    /// As decided.
    pub decided: Thinned,
    /// As history had them.
    pub history: Thinned,
}

/// One hour of one weekday, over all weeks and campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hour {
    /// Sum of answer rate − SLA threshold.
    pub deviations: f64,
    /// Rows with an answer rate.
    pub judged: u32,
    /// Of these, such with the answer rate outside the band.
    pub outside: u32,
    /// Changes of the dial rate decided.
    pub changes: u32,
    /// Changes of history's dial rate.
    pub history_changes: u32,
    /// How often such an hour was there, in one campaign or another.
    pub visits: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Before {
    hour: Option<i64>,
    history: Option<u32>,
}

impl Sketch {
    /// Takes the decision on one row in. `campaign` is its number.
    pub fn add(&mut self, campaign: usize, row: &Row, decision: &Decision) {
        if campaign >= self.before.len() {
            self.before.resize(campaign + 1, Before::default());
            self.lines
                .resize_with((campaign + 1).min(LINES_MAX), Lines::default);
            self.week.resize(WEEK, Hour::default());
        }
        if let Some(lines) = self.lines.get_mut(campaign) {
            lines.decided.add(row.at.0, decision.dial_rate());
            if let Some(history) = row.dial_rate {
                lines.history.add(row.at.0, history);
            }
        }
        let hour = row.at.0.div_euclid(HOUR_MILLIS);
        let (Some(before), Some(cell)) = (
            self.before.get_mut(campaign),
            self.week.get_mut(hour_of_week(hour)),
        ) else {
            return;
        };
        if let (Some(deviation), Some(outside)) =
            (decision.evidence.deviation, decision.is_outside_band())
        {
            cell.deviations += deviation;
            cell.judged += 1;
            cell.outside += u32::from(outside);
        }
        cell.visits += u32::from(before.hour != Some(hour));
        cell.changes += u32::from(decision.dial_rate() != decision.previous_dial_rate());
        let changed = matches!((before.history, row.dial_rate), (Some(a), Some(b)) if a != b);
        cell.history_changes += u32::from(changed);
        before.hour = Some(hour);
        before.history = row.dial_rate.or(before.history);
    }

    /// The dial rates of the first campaigns, in their order.
    #[must_use]
    pub fn lines(&self) -> &[Lines] {
        &self.lines
    }

    /// The hours of the week, from Monday midnight in UTC.
    #[must_use]
    pub fn week(&self) -> &[Hour] {
        &self.week
    }
}

/// From Monday midnight; 1970 began on a Thursday.
fn hour_of_week(hour: i64) -> usize {
    usize::try_from((hour + 3 * 24).rem_euclid(168)).unwrap_or(0)
}

/// A line over time of which the lowest and the highest value of every span are kept, the spans
/// growing as the line does.
#[derive(Debug, Default)]
pub struct Thinned {
    width_millis: i64,
    buckets: Vec<Bucket>,
}

/// One span of a thinned line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    slot: i64,
    /// The lowest value, and when it was first there.
    pub low: (i64, u32),
    /// The highest value, and when it was first there.
    pub high: (i64, u32),
    /// The first and the last point in time.
    pub span: (i64, i64),
}

impl Thinned {
    fn add(&mut self, at: i64, value: u32) {
        self.width_millis = self.width_millis.max(WIDTH_MILLIS);
        let slot = at.div_euclid(self.width_millis);
        let one = Bucket {
            slot,
            low: (at, value),
            high: (at, value),
            span: (at, at),
        };
        match self.buckets.last_mut() {
            Some(last) if last.slot == slot => last.merge(&one),
            _ => self.buckets.push(one),
        }
        while self.buckets.len() > BUCKETS_MAX {
            self.widen();
        }
    }

    fn widen(&mut self) {
        self.width_millis = self.width_millis.saturating_mul(2);
        let mut wide: Vec<Bucket> = Vec::with_capacity(BUCKETS_MAX + 1);
        for bucket in &self.buckets {
            let bucket = Bucket {
                slot: bucket.slot.div_euclid(2),
                ..*bucket
            };
            match wide.last_mut() {
                Some(last) if last.slot == bucket.slot => last.merge(&bucket),
                _ => wide.push(bucket),
            }
        }
        self.buckets = wide;
    }

    /// The spans, in the order of time.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The length of a span.
    #[must_use]
    pub fn width_millis(&self) -> i64 {
        self.width_millis
    }
}

impl Bucket {
    fn merge(&mut self, later: &Self) {
        if later.low.1 < self.low.1 {
            self.low = later.low;
        }
        if later.high.1 > self.high.1 {
            self.high = later.high;
        }
        self.span.1 = later.span.1;
    }
}

/// Campaigns whose lines are kept.
const LINES_MAX: usize = 12;
/// Spans of one line: more than a picture has pixels.
const BUCKETS_MAX: usize = 1_600;
/// The shortest span; polls are not closer than this.
const WIDTH_MILLIS: i64 = 15_000;
const HOUR_MILLIS: i64 = 3_600_000;
/// Hours.
const WEEK: usize = 168;
