//! The time that attempts take, from how they follow the dial rate.
//!
//! A call that takes t seconds ends, on average over when it was placed, t ÷ interval polls later.
//! So the mean time of the attempts is what the mean lag of the attempts behind the rates comes to,
//! whatever becomes of them.

use super::matrix::Cholesky;
use super::observation::{GAP_INTERVALS, NORMAL_95, Observation, Prepared, Uncertain};
use crate::sim::scenario::Calls;

/// How long attempts take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RingFit {
    /// Mean time of an attempt until it ends, answered or not, in seconds.
    pub attempt_secs: Uncertain,
    /// That of the attempts that no person answers, if people answer after the default time.
    pub unanswered_secs: Uncertain,
}

/// The mean times; `None` without dial rates, or where these change too little to tell.
pub(super) fn ring_times(history: &Prepared, answer_rate: f64) -> Option<RingFit> {
    let points: Vec<Option<Point>> = history
        .rows
        .windows(LAGS + 1)
        .map(|window| point(window, history.interval_secs))
        .collect();
    // A pacer that sees many answers lowers the rate, and calls that were answered are missing among
    // those that ring out later: answers beyond those expected are a cause of their own.
    let first = Squares::of(
        points
            .iter()
            .flatten()
            .map(|point| (point.rates.to_vec(), point.answered)),
    )?;
    let surprise = |place: usize| {
        let point = points.get(place)?.as_ref()?;
        Some(point.answered - first.expected(&point.rates))
    };
    let row = |place: usize| {
        let point = points.get(place)?.as_ref()?;
        let mut causes = point.rates.to_vec();
        for back in 1..=SURPRISES {
            causes.push(surprise(place.checked_sub(back)?)?);
        }
        Some((causes, point.attempts))
    };
    let attempts = Squares::of((0..points.len()).filter_map(row))?;
    let rates = points.iter().flatten();
    let rates = rates.map(|point| point.rates.first().copied().unwrap_or(0.0));
    let (sum, count) = rates.fold((0.0, 0.0), |(sum, count), rate| (sum + rate, count + 1.0));
    // With even spacing a new rate also moves the call that is due next: by half a gap in the mean.
    let half_gap = 30.0 * count / f64::max(sum, 1.0);
    let attempt_secs = attempts.lag(history.interval_secs, half_gap);
    let answered_secs = Calls::default().time_to_answer.mean_secs();
    let unanswered = |attempt_secs: f64, answered_secs: f64| {
        ((attempt_secs - answer_rate * answered_secs) / (1.0 - answer_rate)).max(0.0)
    };
    let is_told = attempt_secs.high - attempt_secs.low < RANGE_MAX_SECS && attempt_secs.value > 0.0;
    is_told.then_some(RingFit {
        attempt_secs,
        unanswered_secs: Uncertain {
            value: unanswered(attempt_secs.value, answered_secs),
            low: unanswered(attempt_secs.low, answered_secs + ANSWERED_ERROR_SECS),
            high: unanswered(attempt_secs.high, answered_secs - ANSWERED_ERROR_SECS),
        },
    })
}

/// The counts of an interval and the dial rates that they come from.
struct Point {
    /// The rate of the interval, and of those before it.
    rates: [f64; LAGS],
    answered: f64,
    attempts: f64,
}

fn point(window: &[Observation], interval: f64) -> Option<Point> {
    let (last, before) = window.split_last()?;
    let first = before.first()?;
    if last.at_secs - first.at_secs > interval * (GAP_INTERVALS + 3.0) {
        return None;
    }
    let counts = last.counts?;
    let mut rates = [0.0; LAGS];
    // A rate holds from its poll on: the last one is that of this interval.
    for (slot, row) in rates.iter_mut().zip(before.iter().rev()) {
        *slot = f64::from(row.dial_rate?);
    }
    (rates.iter().any(|rate| *rate > 0.0)).then_some(Point {
        rates,
        answered: counts.answered,
        attempts: counts.attempts,
    })
}

/// Least squares.
struct Squares {
    factor: Cholesky,
    shares: Vec<f64>,
    /// Variance that is left.
    noise: f64,
}

impl Squares {
    fn of(rows: impl Iterator<Item = (Vec<f64>, f64)>) -> Option<Self> {
        let mut matrix = Vec::new();
        let mut right = Vec::new();
        let (mut squares, mut points) = (0.0, 0.0);
        for (causes, count) in rows {
            let size = causes.len();
            matrix.resize(size * size, 0.0);
            right.resize(size, 0.0);
            squares += count * count;
            points += 1.0;
            for (row, of_row) in causes.iter().enumerate() {
                for (column, of_column) in causes.iter().enumerate() {
                    if let Some(slot) = matrix.get_mut(row * size + column) {
                        *slot += of_row * of_column;
                    }
                }
                if let Some(slot) = right.get_mut(row) {
                    *slot += of_row * count;
                }
            }
        }
        let factor = Cholesky::of(&matrix, right.len()).filter(|_| points > POINTS_MIN)?;
        let shares = factor.solve(&right);
        let explained: f64 = shares.iter().zip(&right).map(|(a, b)| a * b).sum();
        Some(Self {
            factor,
            shares,
            noise: (squares - explained).max(0.0) / points,
        })
    }

    fn expected(&self, causes: &[f64]) -> f64 {
        self.shares
            .iter()
            .zip(causes)
            .map(|(share, cause)| share * cause)
            .sum()
    }

    /// Mean lag behind the rates, in seconds.
    fn lag(&self, interval_secs: f64, half_gap: f64) -> Uncertain {
        let of_rates = self.shares.iter().take(LAGS);
        let total: f64 = of_rates.clone().sum();
        let lags = || (0..4_u32).map(f64::from);
        let mean = of_rates
            .zip(lags())
            .map(|(share, lag)| share * lag)
            .sum::<f64>()
            / total;
        // The derivative of the mean lag by each share.
        let mut slopes: Vec<f64> = lags().map(|lag| (lag - mean) / total).collect();
        slopes.resize(self.shares.len(), 0.0);
        let solved = self.factor.solve(&slopes);
        let variance: f64 = solved.iter().zip(&slopes).map(|(a, b)| a * b).sum();
        let half = NORMAL_95 * libm::sqrt(variance * self.noise) * interval_secs + half_gap / 2.0;
        let value = mean * interval_secs + half_gap / 2.0;
        Uncertain {
            value,
            low: (value - half).max(0.0),
            high: value + half,
        }
    }
}

/// Intervals that an attempt may last into, this one included.
const LAGS: usize = 4;
/// Intervals that tell something.
const POINTS_MIN: f64 = 100.0;
/// Intervals before whose answers tell what is still to come.
const SURPRISES: usize = 2;
/// People may answer so much earlier or later than by default.
const ANSWERED_ERROR_SECS: f64 = 3.0;
/// A wider range tells nothing.
const RANGE_MAX_SECS: f64 = 12.0;
