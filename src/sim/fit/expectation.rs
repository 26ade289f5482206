//! The answers that are expected, and those beyond: pure chance, which no dial rate follows.

use std::ops::Range;

use super::matrix::Cholesky;
use super::observation::{Counts, Observation};

/// Rows that follow each other without a gap.
pub(super) type Run<'a> = Vec<(&'a Observation, Counts)>;

/// What answers are expected from: the dial rates of the last intervals, or else the attempts.
pub(super) struct Expectation {
    by_rate: bool,
    /// Answers for each unit of each cause.
    shares: Vec<f64>,
}

impl Expectation {
    /// Least squares of the answers on their causes. Calls are answered some seconds after they are
    /// placed, so that a rise of the rate shows in the answers before it shows in the attempts that
    /// end: expected from those, answers would rise with the rate, which follows the agents.
    pub(super) fn of(runs: &[Run]) -> Option<Self> {
        let has_rate = |run: &Run| run.iter().any(|(row, _)| row.dial_rate.is_some());
        let mut found = Self {
            by_rate: runs.iter().any(has_rate),
            shares: vec![0.0; CAUSES],
        };
        let mut matrix = vec![0.0; CAUSES * CAUSES];
        let mut right = vec![0.0; CAUSES];
        for run in runs {
            for place in 0..run.len() {
                let (Some(causes), Some((_, counts))) = (found.causes(run, place), run.get(place))
                else {
                    continue;
                };
                for (row, of_row) in causes.iter().enumerate() {
                    for (column, of_column) in causes.iter().enumerate() {
                        if let Some(slot) = matrix.get_mut(row * CAUSES + column) {
                            *slot += of_row * of_column;
                        }
                    }
                    if let Some(slot) = right.get_mut(row) {
                        *slot += of_row * counts.answered;
                    }
                }
            }
        }
        // A rate that never changes has the same cause thrice; a little is added so that it can be
        // solved.
        for place in 0..CAUSES {
            if let Some(slot) = matrix.get_mut(place * CAUSES + place) {
                *slot = *slot * (1.0 + 1e-6) + 1e-9;
            }
        }
        found.shares = Cholesky::of(&matrix, CAUSES)?.solve(&right);
        Some(found)
    }

    /// The causes of the answers of an interval.
    fn causes(&self, run: &Run, place: usize) -> Option<Vec<f64>> {
        let cause = |back: usize| {
            let (row, counts) = run.get(place.checked_sub(back)?)?;
            if self.by_rate {
                row.dial_rate.map(f64::from)
            } else {
                Some(counts.attempts)
            }
        };
        // A rate holds from its poll on.
        let first = usize::from(self.by_rate);
        (first..first + CAUSES).map(cause).collect()
    }

    fn expected(&self, run: &Run, place: usize) -> Option<f64> {
        let causes = self.causes(run, place)?;
        Some(causes.iter().zip(&self.shares).map(|(a, b)| a * b).sum())
    }

    /// Answers of each interval beyond those expected at the answer rate of that time.
    pub(super) fn surprises(&self, run: &Run) -> Vec<Option<f64>> {
        let expected: Vec<Option<f64>> = (0..run.len())
            .map(|place| self.expected(run, place))
            .collect();
        let sums = |range: Range<usize>| {
            let expected: f64 = expected
                .get(range.clone())
                .unwrap_or_default()
                .iter()
                .flatten()
                .sum();
            let rows = run.get(range).unwrap_or_default();
            (
                expected,
                rows.iter().map(|(_, counts)| counts.answered).sum::<f64>(),
            )
        };
        let of = |place: usize| {
            let half = LEVEL_INTERVALS / 2;
            let (all, answered) = sums(place.saturating_sub(half)..(place + half).min(run.len()));
            let expected = (*expected.get(place)?)?;
            (all > 0.0).then(|| {
                run.get(place)
                    .map(|(_, counts)| counts.answered - expected * answered / all)
            })?
        };
        (0..run.len()).map(of).collect()
    }
}

/// Intervals whose dial rates or attempts answers come from.
const CAUSES: usize = 3;
/// Intervals that tell the answer rate of their time.
const LEVEL_INTERVALS: usize = 60;
