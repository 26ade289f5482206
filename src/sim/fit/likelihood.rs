//! The likelihood of blocks of answer rates: a level for each cell, binomial noise, and a drift.
//!
//! A block's rate is its level + drift + noise. The drift is an Ornstein–Uhlenbeck process, so that a
//! Kalman filter gives the covariance's inverse in one pass. The filter runs on the rates and on the
//! columns of the levels alike (de Jong 1988), which gives the levels by generalised least squares,
//! and the restricted likelihood (Patterson and Thompson 1971), which does not take the levels'
//! freedom for a lack of drift.

use super::matrix::Cholesky;

/// Attempts of some minutes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Its middle.
    pub(super) at_secs: f64,
    /// Answered ÷ attempts.
    pub(super) rate: f64,
    /// Variance of the rate by chance.
    pub(super) variance: f64,
}

/// A drift of the answer rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drift {
    pub(super) deviation: f64,
    pub(super) relaxation_secs: f64,
    /// Length of a block, of which a rate has the mean drift.
    pub(super) block_secs: f64,
}

impl Drift {
    /// Variances of the mean of the drift over a block: of the part that the next blocks share, as if
    /// it were the drift in the middle of each, and of the rest, which is below 0.
    fn variances(self) -> (f64, f64) {
        let x = self.block_secs / self.relaxation_secs;
        let all = self.deviation * self.deviation;
        let shared = 2.0 * libm::sinh(x / 2.0) / x;
        let own = 2.0 * (x - 1.0 + libm::exp(-x)) / (x * x);
        (all * shared * shared, all * (own - shared * shared))
    }
}

/// The levels under a drift.
pub(super) struct Levels {
    /// The level of each column.
    pub(super) values: Vec<f64>,
    information: Cholesky,
    /// Restricted log-likelihood.
    pub(super) log_likelihood: f64,
    /// Log-likelihood that can be compared between different columns.
    pub(super) full_log_likelihood: f64,
    /// Weighted sum of squares that the levels leave.
    pub(super) squares: f64,
}

impl Levels {
    /// The levels of `blocks`, whose cells are the columns that hold 1 in each block's row.
    pub(super) fn of(
        blocks: &[Block],
        cells: &[Vec<usize>],
        size: usize,
        drift: Drift,
    ) -> Option<Self> {
        let mut sums = Sums::new(size);
        let mut filter = Filter::new(size, drift);
        for (block, cells) in blocks.iter().zip(cells) {
            filter.add(block, cells, &mut sums);
        }
        let information = Cholesky::of(&sums.information, size)?;
        let values = information.solve(&sums.score);
        let explained: f64 = values.iter().zip(&sums.score).map(|(a, b)| a * b).sum();
        let squares = sums.squares - explained;
        Some(Self {
            log_likelihood: -0.5 * (sums.log_variance + information.log_determinant() + squares),
            full_log_likelihood: -0.5 * (sums.log_variance + squares),
            values,
            information,
            squares,
        })
    }

    /// Variance of a combination of levels.
    pub(super) fn variance(&self, weights: &[f64]) -> f64 {
        let solved = self.information.solve(weights);
        solved.iter().zip(weights).map(|(a, b)| a * b).sum()
    }
}

struct Sums {
    information: Vec<f64>,
    score: Vec<f64>,
    squares: f64,
    log_variance: f64,
}

impl Sums {
    fn new(size: usize) -> Self {
        Self {
            information: vec![0.0; size * size],
            score: vec![0.0; size],
            squares: 0.0,
            log_variance: 0.0,
        }
    }
}

/// Predictions of the drift from the blocks so far, for the rates and for each column.
struct Filter {
    drift: Drift,
    size: usize,
    at_secs: f64,
    variance: f64,
    rate: f64,
    columns: Vec<f64>,
}

impl Filter {
    fn new(size: usize, drift: Drift) -> Self {
        Self {
            drift,
            size,
            at_secs: f64::NEG_INFINITY,
            variance: 0.0,
            rate: 0.0,
            columns: vec![0.0; size],
        }
    }

    fn add(&mut self, block: &Block, cells: &[usize], sums: &mut Sums) {
        let keep = libm::exp((self.at_secs - block.at_secs) / self.drift.relaxation_secs);
        self.at_secs = block.at_secs;
        let (long_run, rest) = self.drift.variances();
        let before = self.variance * keep * keep + long_run * (1.0 - keep * keep);
        let total = before + (block.variance + rest).max(block.variance * NOISE_SHARE_MIN);
        let gain = before / total;
        self.variance = before * (1.0 - gain);
        let predicted = self.rate * keep;
        let error = block.rate - predicted;
        self.rate = predicted + gain * error;
        let mut errors: Vec<(usize, f64)> = Vec::new();
        for (column, value) in self.columns.iter_mut().enumerate() {
            let predicted = *value * keep;
            let holds = if cells.contains(&column) { 1.0 } else { 0.0 };
            let error = holds - predicted;
            *value = predicted + gain * error;
            if error.abs() > NEGLIGIBLE {
                errors.push((column, error));
            }
        }
        sums.squares += error * error / total;
        sums.log_variance += libm::log(total);
        for (row, of_row) in &errors {
            if let Some(score) = sums.score.get_mut(*row) {
                *score += of_row * error / total;
            }
            for (column, of_column) in &errors {
                if let Some(slot) = sums.information.get_mut(row * self.size + column) {
                    *slot += of_row * of_column / total;
                }
            }
        }
    }
}

/// Share of the noise by chance that is left at least.
const NOISE_SHARE_MIN: f64 = 0.1;
/// Weights of a column that has been over for long.
const NEGLIGIBLE: f64 = 1e-12;
