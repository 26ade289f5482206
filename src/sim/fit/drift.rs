//! The drift of the answer rate: how likely each deviation and relaxation time is.

use super::likelihood::{Block, Drift, Levels};
use super::observation::Uncertain;

/// What the blocks tell about a drift.
pub(super) struct DriftFit {
    /// The most likely drift, which may be no more than chance.
    pub(super) likeliest: Drift,
    /// True where it is more than chance.
    pub(super) is_there: bool,
    pub(super) deviation: Uncertain,
    pub(super) relaxation_secs: Uncertain,
    /// The levels under each drift, with how likely it is.
    weighted: Vec<(f64, Levels)>,
}

impl DriftFit {
    /// Standard error of a combination of levels: the mean variance over all drifts, each as likely as
    /// the blocks make it.
    pub(super) fn error(&self, weights: &[f64]) -> f64 {
        let total: f64 = self.weighted.iter().map(|(likely, _)| likely).sum();
        let of = |(likely, levels): &(f64, Levels)| likely * levels.variance(weights);
        libm::sqrt(self.weighted.iter().map(of).sum::<f64>() / total)
    }

    /// Compares drifts on a grid, with the levels of the cells taken out.
    #[expect(clippy::cast_precision_loss, reason = "a count of blocks")]
    pub(super) fn of(
        blocks: &[Block],
        cells: &[Vec<usize>],
        size: usize,
        part_secs: f64,
    ) -> Option<Self> {
        let none = Drift {
            deviation: 0.0,
            relaxation_secs: part_secs,
            block_secs: part_secs,
        };
        let without = Levels::of(blocks, cells, size, none)?;
        let reference = without.log_likelihood;
        let mut weighted = vec![(0.0, without)];
        let deviations = grid(DEVIATION_MIN, DEVIATION_RATIO, DEVIATIONS);
        let mut relaxations = grid(RELAXATION_MIN_SECS, RELAXATION_RATIO, RELAXATIONS);
        let slowest = blocks.len() as f64 * part_secs * RELAXATION_SHARE;
        relaxations.retain(|secs| *secs < slowest.max(RELAXATION_MIN_SECS * 2.0));
        let mut by_deviation = vec![f64::NEG_INFINITY; deviations.len()];
        let mut by_relaxation = vec![f64::NEG_INFINITY; relaxations.len()];
        for (deviation, of_deviation) in deviations.iter().zip(&mut by_deviation) {
            for (relaxation_secs, of_relaxation) in relaxations.iter().zip(&mut by_relaxation) {
                let drift = Drift {
                    deviation: *deviation,
                    relaxation_secs: *relaxation_secs,
                    block_secs: part_secs,
                };
                let levels = Levels::of(blocks, cells, size, drift)?;
                let likelihood = levels.log_likelihood - reference;
                *of_deviation = of_deviation.max(likelihood);
                *of_relaxation = of_relaxation.max(likelihood);
                weighted.push((likelihood, levels));
            }
        }
        let mut deviation = profile(&deviations, &by_deviation);
        let relaxation_secs = profile(&relaxations, &by_relaxation);
        let highest = by_deviation.iter().copied().fold(0.0, f64::max);
        let is_there = 2.0 * highest > EVIDENCE_MIN;
        // No drift at all is within the interval while it is less unlikely than its end.
        if highest < HALF_CHI_SQUARE_95 {
            deviation.low = 0.0;
        }
        let likeliest = if highest > 0.0 {
            Drift {
                deviation: deviation.value,
                relaxation_secs: relaxation_secs.value,
                block_secs: part_secs,
            }
        } else {
            none
        };
        weighted.retain(|(likelihood, _)| *likelihood > highest - NEGLIGIBLE);
        for (likelihood, _) in &mut weighted {
            *likelihood = libm::exp(*likelihood - highest);
        }
        Some(Self {
            likeliest,
            is_there,
            deviation,
            relaxation_secs,
            weighted,
        })
    }
}

fn grid(first: f64, ratio: f64, count: u32) -> Vec<f64> {
    (0..count)
        .map(|n| first * libm::pow(ratio, f64::from(n)))
        .collect()
}

/// The most likely value on a geometric grid and the ends of its likelihood interval, by parabola and
/// by lines between the points.
fn profile(values: &[f64], likelihoods: &[f64]) -> Uncertain {
    let points: Vec<(f64, f64)> = values
        .iter()
        .copied()
        .zip(likelihoods.iter().copied())
        .collect();
    let best = points
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let Some((place, (mut value, mut highest))) = best.map(|(place, point)| (place, *point)) else {
        return Uncertain::exact(0.0);
    };
    let around = place
        .checked_sub(1)
        .and_then(|before| points.get(before..=place + 1));
    if let Some([(low, a), (_, b), (high, c)]) = around {
        let bend = a - 2.0 * b + c;
        if bend < 0.0 {
            let shift = 0.5 * (a - c) / bend;
            let ratio = libm::sqrt(high / low);
            value *= libm::pow(ratio, shift);
            highest = b - 0.125 * (a - c) * (a - c) / bend;
        }
    }
    let needed = highest - HALF_CHI_SQUARE_95;
    let crossing = |pair: &[(f64, f64)]| match pair {
        [(x, a), (y, b)] if (a < &needed) != (b < &needed) => {
            let share = (needed - a) / (b - a);
            Some(x * libm::pow(y / x, share))
        }
        _ => None,
    };
    let crossings: Vec<f64> = points.windows(2).filter_map(crossing).collect();
    let ends = (values.first().copied(), values.last().copied());
    let below = crossings.iter().copied().find(|crossing| *crossing < value);
    let above = crossings
        .iter()
        .copied()
        .rev()
        .find(|crossing| *crossing > value);
    Uncertain {
        value,
        low: below.or(ends.0).unwrap_or(value),
        high: above.or(ends.1).unwrap_or(value),
    }
}

/// Half the value that chi-square with one degree of freedom exceeds with probability 5 %.
const HALF_CHI_SQUARE_95: f64 = 1.92;
/// Twice the log-likelihood by which a drift has to be better than none: in 152 simulated histories
/// without one none was found, and in 64 with one none was missed (scripts/fit-check).
const EVIDENCE_MIN: f64 = 12.0;
/// A slower drift than this share of the dialed time cannot be told from a level.
const RELAXATION_SHARE: f64 = 1.0 / 6.0;
/// Log-likelihood below the highest of drifts that count for nothing.
const NEGLIGIBLE: f64 = 5.0;
/// Deviations compared: 0.004 to 0.2.
const DEVIATION_MIN: f64 = 0.004;
const DEVIATION_RATIO: f64 = 1.17;
const DEVIATIONS: u32 = 26;
/// Relaxation times compared: 2 minutes to 9 hours.
const RELAXATION_MIN_SECS: f64 = 120.0;
const RELAXATION_RATIO: f64 = 1.5;
const RELAXATIONS: u32 = 15;
