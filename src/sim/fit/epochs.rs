//! Lasting steps of the answer rate, and exceptional days: epochs that each have a level of their own.
//!
//! A step looks like a slow drift. It is one where the likelihood of the whole history, with the drift
//! that suits it best, gains more from a level of its own than chance would give at the best of so many
//! times. Which time that is the sums of the residuals tell: a step by the best cut, exceptional days
//! by the best interval (circular binary segmentation, Olshen and others 2004).

use std::ops::Range;

use super::chance::{NORMAL_999, chi_square};
use super::levels::{Columns, Part, Structure};
use super::likelihood::{Block, Drift, Levels};
use crate::sim::scenario::LocalTime;

/// A time of the history with one level of the answer rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Its beginning.
    pub from: LocalTime,
    /// The mean level.
    pub rate: f64,
    /// True of the level that the scenario has.
    pub is_of_scenario: bool,
}

/// Parts in each epoch, in order; one epoch where there is no step.
pub(super) fn epochs(
    parts: &[Part],
    blocks: &[Block],
    part_secs: f64,
    days: usize,
) -> Vec<Range<usize>> {
    // One week does not tell an exceptional day from a weekday.
    let has_weeks = days >= WEEKS_DAYS_MIN;
    let search = Search {
        parts,
        blocks,
        part_secs,
        weekdays: if has_weeks { &[false, true] } else { &[false] },
        shortest: parts.len() * if has_weeks { 2 } else { 5 } / (4 * days.max(1)),
        has_exceptions: has_weeks,
    };
    let mut cuts = vec![0, parts.len()];
    while cuts.len() < CUTS_MAX {
        let Some(more) = search.best(&cuts) else {
            break;
        };
        cuts.extend(more);
        cuts.sort_unstable();
    }
    ranges(&cuts)
}

/// The epoch whose level is the scenario's: the last that is no exception, or else the longest.
pub(super) fn of_scenario(epochs: &[Range<usize>], parts: usize, days: usize) -> usize {
    let lasting = parts * 5 / (4 * days.max(1));
    let last = epochs.iter().rposition(|epoch| epoch.len() >= lasting);
    let longest = || (0..epochs.len()).max_by_key(|place| epochs.get(*place).map_or(0, Range::len));
    last.or_else(longest).unwrap_or(0)
}

fn ranges(cuts: &[usize]) -> Vec<Range<usize>> {
    let range = |pair: &[usize]| match pair {
        [from, to] => Some(*from..*to),
        _ => None,
    };
    cuts.windows(2).filter_map(range).collect()
}

/// For each part the number of its epoch.
fn numbered(cuts: &[usize]) -> Vec<Option<usize>> {
    let each = ranges(cuts).into_iter().enumerate();
    // The first is what the others are compared with.
    each.flat_map(|(epoch, range)| range.map(move |_| epoch.checked_sub(1)))
        .collect()
}

struct Search<'a> {
    parts: &'a [Part],
    blocks: &'a [Block],
    part_secs: f64,
    /// Whether each weekday may have a level, too: a weekday is no exception.
    weekdays: &'static [bool],
    /// Parts of an epoch at least.
    shortest: usize,
    has_exceptions: bool,
}

impl Search<'_> {
    /// The one or two cuts that gain most, if that is more than chance.
    fn best(&self, cuts: &[usize]) -> Option<Vec<usize>> {
        let before = self.log_likelihood(cuts)?;
        let mut candidates: Vec<Vec<usize>> = Vec::new();
        for by_weekday in self.weekdays {
            let residuals = self.residuals(cuts, *by_weekday)?;
            for range in ranges(cuts) {
                candidates.extend(self.best_cut(&residuals, &range));
                candidates.extend(self.best_interval(&residuals, &range));
            }
        }
        let mut found: Option<(f64, Vec<usize>)> = None;
        for candidate in candidates {
            let mut all = [cuts, &candidate].concat();
            all.sort_unstable();
            let Some(after) = self.log_likelihood(&all) else {
                continue;
            };
            // Each cut is the best of many, an interval the best of their pairs.
            let needed = EVIDENCE_MIN + EVIDENCE_OF_CUT * float(candidate.len());
            let gain = 2.0 * (after - before) - needed;
            if gain > found.as_ref().map_or(0.0, |(most, _)| *most) {
                found = Some((gain, candidate));
            }
        }
        found.map(|(_, cuts)| cuts)
    }

    fn columns(&self, cuts: &[usize], by_weekday: bool) -> Columns {
        let structure = Structure {
            bin_secs: Some(HOUR_SECS),
            by_weekday,
        };
        Columns::of(self.parts, structure, &numbered(cuts))
    }

    /// Sums of weights and of weighted residuals from the first part to each.
    fn residuals(&self, cuts: &[usize], by_weekday: bool) -> Option<Vec<(f64, f64)>> {
        let columns = self.columns(cuts, by_weekday);
        let none = self.drift(0.0, self.part_secs);
        let levels = Levels::of(self.blocks, &columns.of_parts, columns.size, none)?;
        let mut sums = vec![(0.0, 0.0)];
        let mut sum = (0.0, 0.0);
        for (block, columns) in self.blocks.iter().zip(&columns.of_parts) {
            let of = |column: &usize| levels.values.get(*column).copied().unwrap_or(0.0);
            let level: f64 = columns.iter().map(of).sum();
            sum.0 += 1.0 / block.variance;
            sum.1 += (block.rate - level) / block.variance;
            sums.push(sum);
        }
        Some(sums)
    }

    fn best_cut(&self, sums: &[(f64, f64)], range: &Range<usize>) -> Option<Vec<usize>> {
        let cuts = range.start + self.shortest..(range.end + 1).saturating_sub(self.shortest);
        let gain = |cut: usize| apart(sums, range, &(cut..range.end));
        let best = cuts.max_by(|a, b| gain(*a).total_cmp(&gain(*b)))?;
        Some(vec![best])
    }

    fn best_interval(&self, sums: &[(f64, f64)], range: &Range<usize>) -> Option<Vec<usize>> {
        if !self.has_exceptions {
            return None;
        }
        let last = (range.end + 1).saturating_sub(self.shortest);
        let mut best: Option<(f64, usize, usize)> = None;
        for from in range.start + self.shortest..last {
            for to in from + self.shortest..last {
                let gain = apart(sums, range, &(from..to));
                if best.is_none_or(|(most, ..)| gain > most) {
                    best = Some((gain, from, to));
                }
            }
        }
        best.map(|(_, from, to)| vec![from, to])
    }

    /// Of the drift that suits best, with levels of the weekdays where they are more than chance.
    fn log_likelihood(&self, cuts: &[usize]) -> Option<f64> {
        let of = |by_weekday: &bool| {
            let columns = self.columns(cuts, *by_weekday);
            let best = self.with_columns(&columns)?;
            let fewer = self.columns(cuts, false).size;
            let chance = match columns.size.saturating_sub(fewer) {
                0 => 0.0,
                more => chi_square(more, NORMAL_999) / 2.0,
            };
            Some(best - chance)
        };
        self.weekdays.iter().filter_map(of).max_by(f64::total_cmp)
    }

    fn with_columns(&self, columns: &Columns) -> Option<f64> {
        let of = |drift: Drift| {
            let levels = Levels::of(self.blocks, &columns.of_parts, columns.size, drift)?;
            Some(levels.full_log_likelihood).filter(|it| it.is_finite())
        };
        let mut best = of(self.drift(0.0, self.part_secs))?;
        for deviation in DEVIATIONS {
            for relaxation_secs in RELAXATIONS_SECS {
                best = best.max(of(self.drift(deviation, relaxation_secs))?);
            }
        }
        Some(best)
    }

    fn drift(&self, deviation: f64, relaxation_secs: f64) -> Drift {
        Drift {
            deviation,
            relaxation_secs,
            block_secs: self.part_secs,
        }
    }
}

/// What the sum of squares loses if a part of a range has a mean of its own.
fn apart(sums: &[(f64, f64)], range: &Range<usize>, part: &Range<usize>) -> f64 {
    let of = |range: &Range<usize>| match (sums.get(range.start), sums.get(range.end)) {
        (Some(from), Some(to)) => (to.0 - from.0, to.1 - from.1),
        _ => (0.0, 0.0),
    };
    let (all, inside) = (of(range), of(part));
    let outside = (all.0 - inside.0, all.1 - inside.1);
    let square = |(weight, sum): (f64, f64)| {
        if weight > 0.0 {
            sum * sum / weight
        } else {
            0.0
        }
    };
    square(inside) + square(outside) - square(all)
}

#[expect(clippy::cast_precision_loss, reason = "one or two")]
fn float(number: usize) -> f64 {
    number as f64
}

const HOUR_SECS: i64 = 3_600;
/// Days that have each weekday twice.
const WEEKS_DAYS_MIN: usize = 8;
/// Ends of epochs: four steps at most.
const CUTS_MAX: usize = 6;
/// Twice the log-likelihood that cuts have to gain, and as much more for each. At 16 for each cut 4 of
/// 42 simulated histories with a drift had a step; true ones of a quarter gain 27 and more.
const EVIDENCE_MIN: f64 = 12.0;
const EVIDENCE_OF_CUT: f64 = 12.0;
/// Drifts that are compared: the slowest are days that each have a level by chance.
const DEVIATIONS: [f64; 6] = [0.008, 0.014, 0.024, 0.04, 0.065, 0.1];
const RELAXATIONS_SECS: [f64; 6] = [300.0, 900.0, 2_700.0, 8_100.0, 24_300.0, 72_900.0];
