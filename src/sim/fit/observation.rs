//! Exported intervals in the form that the estimates use.

use crate::sim::scenario::LocalTime;

/// One poll of the history: the interval that ends at its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Seconds since 1970, UTC.
    pub at_secs: f64,
    /// The same time on the campaign's clock.
    pub local: LocalTime,
    /// The counts; `None` where the poll failed.
    pub counts: Option<Counts>,
    /// Dial rate from then on, calls per minute.
    pub dial_rate: Option<u32>,
    /// Dial ratio from then on, hundredths of a call per available agent.
    pub ratio: Option<u32>,
}

/// Counts of one interval, and agents at its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Attempts that ended.
    pub attempts: f64,
    /// Of these, answered by a person.
    pub answered: f64,
    /// Of these, abandoned.
    pub abandoned: Option<f64>,
    /// Available agents.
    pub available: f64,
    /// Staffed agents.
    pub logged_in: Option<f64>,
}

impl Counts {
    /// Answered less abandoned calls. Below 0 where calls that were answered in the interval before
    /// are abandoned in this one; the sum over many is right.
    pub(super) fn connected(&self) -> f64 {
        self.answered - self.abandoned.unwrap_or(0.0)
    }
}

/// A value and the ends of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uncertain {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Uncertain {
    /// `value` ± 1.96 standard errors, not below 0.
    pub(super) fn of(value: f64, error: f64) -> Self {
        Self {
            value,
            low: (value - NORMAL_95 * error).max(0.0),
            high: value + NORMAL_95 * error,
        }
    }

    /// The same value with an interval so many times as wide.
    pub(super) fn widened(&self, factor: f64) -> Self {
        Self {
            value: self.value,
            low: (self.value - (self.value - self.low) * factor).max(0.0),
            high: self.value + (self.high - self.value) * factor,
        }
    }

    /// True for a value between the ends.
    pub(super) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// A value without an error.
    pub(super) fn exact(value: f64) -> Self {
        Self::of(value, 0.0)
    }
}

/// The history in order of time, with what all estimates need of it.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) rows: Vec<Observation>,
    /// Time from one poll to the next: the median.
    pub(super) interval_secs: f64,
    /// True where the export counts abandoned calls.
    pub(super) counts_abandoned: bool,
    /// Local days with attempts, in order.
    pub(super) days: Vec<i64>,
}

impl Prepared {
    pub(super) fn new(rows: &[Observation]) -> Self {
        let mut gaps: Vec<f64> = rows.windows(2).filter_map(gap_secs).collect();
        let interval_secs = median(&mut gaps).unwrap_or(DEFAULT_INTERVAL_SECS).max(1.0);
        let dialed = |row: &&Observation| row.counts.is_some_and(|counts| counts.attempts > 0.0);
        let mut days: Vec<i64> = rows
            .iter()
            .filter(dialed)
            // The interval before 00:00 is one of the day that ends then.
            .map(|row| row.local.plus(-interval_secs / 2.0).day())
            .collect();
        days.dedup();
        Self {
            counts_abandoned: rows
                .iter()
                .filter_map(|row| row.counts)
                .any(|counts| counts.abandoned.is_some()),
            rows: rows.to_vec(),
            interval_secs,
            days,
        }
    }

    /// The same history with this share of the answered calls abandoned.
    pub(super) fn with_abandoned(&self, share: f64) -> Self {
        let mut history = self.clone();
        for counts in history
            .rows
            .iter_mut()
            .filter_map(|row| row.counts.as_mut())
        {
            counts.abandoned = Some(counts.answered * share);
        }
        history
    }

    /// True where the history has a typical day: five or more.
    pub(super) fn has_typical_day(&self) -> bool {
        self.days.len() >= TYPICAL_DAYS_MIN
    }

    /// Rows with attempts that are not at an edge of the dialing: there the attempts that end are
    /// answers first and calls that ring out last.
    pub(super) fn steady(&self) -> Vec<(&Observation, Counts)> {
        let dialed = |row| match row {
            &Observation {
                counts: Some(counts),
                ..
            } if counts.attempts > 0.0 => Some(counts),
            _ => None,
        };
        let rows: Vec<(&Observation, Counts)> = self
            .rows
            .iter()
            .filter_map(|row| Some((row, dialed(row)?)))
            .collect();
        let mut steady = Vec::new();
        for run in rows.chunk_by(|(a, _), (b, _)| {
            b.at_secs - a.at_secs < PAUSE_SECS.max(self.interval_secs * 2.0)
        }) {
            let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else {
                continue;
            };
            let edge = EDGE_SECS.max(self.interval_secs * 0.5);
            let inside = |row: &Observation| {
                row.at_secs - first.at_secs > edge && last.at_secs - row.at_secs > edge
            };
            steady.extend(run.iter().filter(|(row, _)| inside(row)));
        }
        if steady.is_empty() { rows } else { steady }
    }

    /// Share of the answered calls in some hours of the day for which nobody is available at the polls
    /// before and after them. A pacer dials less then, so that not more are abandoned.
    pub(super) fn unmet_share(&self, hours: [bool; 24]) -> f64 {
        let (mut met_nobody, mut answered) = (0.0, 0.0);
        for (row, before, after) in self.pairs() {
            let middle = row.local.plus(-self.interval_secs / 2.0);
            let hour = usize::try_from(middle.secs_of_day() / 3_600).unwrap_or(0);
            if hours.get(hour).copied().unwrap_or(false) {
                answered += after.answered;
                met_nobody += after.answered * unmet(before.available, after.available);
            }
        }
        met_nobody / f64::max(answered, 1.0)
    }

    /// Pairs of rows that follow each other without a gap, both with counts.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Observation, Counts, Counts)> {
        self.rows.windows(2).filter_map(|pair| match pair {
            [first, second]
                if second.at_secs - first.at_secs < self.interval_secs * GAP_INTERVALS =>
            {
                Some((second, first.counts?, second.counts?))
            }
            _ => None,
        })
    }
}

/// Share of an interval with nobody available, from the available agents at both ends.
pub(super) fn unmet(before: f64, after: f64) -> f64 {
    let is_nobody = |available: f64| if available < 1.0 { 0.5 } else { 0.0 };
    is_nobody(before) + is_nobody(after)
}

fn gap_secs(pair: &[Observation]) -> Option<f64> {
    match pair {
        [first, second] => Some(second.at_secs - first.at_secs),
        _ => None,
    }
}

/// The median, of an even number the lower of the two in the middle.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// The value that a normal variable exceeds, in either direction, with probability 5 %.
pub(super) const NORMAL_95: f64 = 1.96;
/// A gap: no row within this many intervals. Timers are late by a share of one.
pub(super) const GAP_INTERVALS: f64 = 1.5;
/// Days that have a typical one: HISTORY.md.
const TYPICAL_DAYS_MIN: usize = 5;
/// A pause between two times of dialing.
const PAUSE_SECS: f64 = 600.0;
/// Time at an edge of the dialing: calls ring out within 22 to 60 s.
const EDGE_SECS: f64 = 60.0;
/// The interval of a history of one row.
const DEFAULT_INTERVAL_SECS: f64 = 30.0;
