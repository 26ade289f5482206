//! The answer rate: its level by time, and its drift.

use std::ops::Range;

use super::chance::{NORMAL_999, chi_square};
use super::drift::DriftFit;
use super::epochs::{self, Epoch};
use super::levels::{Columns, Level, Part, Structure, When};
use super::likelihood::{Block, Levels};
use super::observation::{Prepared, Uncertain, median};
use super::segments::{Tally, segments};

/// The answer rate of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerFit {
    /// Mean over the attempts.
    pub base: Uncertain,
    /// Levels by time; one for all times where they do not differ by more than chance.
    pub levels: Vec<Level>,
    /// Times between which the level steps; one where it does not, none of fewer days than a typical
    /// day needs.
    pub epochs: Vec<Epoch>,
    /// True where levels differ between weekdays.
    pub by_weekday: bool,
    /// The drift; `None` where there is none beyond chance, or too few days to tell it from levels.
    pub drift: Option<(Uncertain, Uncertain)>,
    /// The highest deviation of a drift that would look like this.
    pub drift_max: f64,
}

/// The answer rate of a history with attempts.
pub(super) fn answer_rate(history: &Prepared) -> Option<AnswerFit> {
    let part_secs = PART_SECS.max(history.interval_secs);
    let parts = parts(history, part_secs);
    let blocks = blocks(&parts);
    if history.has_typical_day() {
        typical(&parts, &blocks, part_secs, history.days.len())
    } else {
        of_these_days(&parts, &blocks, part_secs)
    }
}

fn parts(history: &Prepared, part_secs: f64) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for (row, counts) in history.steady() {
        let number = ((row.at_secs - history.interval_secs / 2.0) / part_secs).floor();
        let at_secs = (number + 0.5) * part_secs;
        if number > last {
            last = number;
            parts.push(Part {
                at_secs,
                local: row.local.plus(at_secs - row.at_secs),
                tally: Tally::default(),
            });
        }
        if let Some(part) = parts.last_mut() {
            part.tally.attempts += counts.attempts;
            part.tally.answered += counts.answered;
        }
    }
    // A part with few attempts is the end of a shift, of which only calls that ring out are left.
    let mut attempts: Vec<f64> = parts.iter().map(|part| part.tally.attempts).collect();
    let few = median(&mut attempts).unwrap_or(0.0) * ATTEMPTS_SHARE_MIN;
    parts.retain(|part| part.tally.attempts >= few);
    parts
}

fn blocks(parts: &[Part]) -> Vec<Block> {
    let mut by_hour = [Tally::default(); 24];
    let hour = |part: &Part| usize::try_from(part.local.secs_of_day() / HOUR_SECS).unwrap_or(0);
    for part in parts {
        if let Some(sum) = by_hour.get_mut(hour(part)) {
            *sum = sum.plus(part.tally);
        }
    }
    let block = |part: &Part| {
        let share = by_hour.get(hour(part)).map_or(0.5, |sum| sum.share());
        Block {
            at_secs: part.at_secs,
            rate: part.tally.answered / part.tally.attempts,
            variance: share * (1.0 - share) / part.tally.attempts,
        }
    };
    parts.iter().map(block).collect()
}

/// Levels of the days as they were. A drift cannot be told from them, so it is bounded only.
fn of_these_days(parts: &[Part], blocks: &[Block], part_secs: f64) -> Option<AnswerFit> {
    let one = vec![vec![0]; blocks.len()];
    let drift = DriftFit::of(blocks, &one, 1, part_secs)?;
    let all: Tally = parts
        .iter()
        .fold(Tally::default(), |sum, part| sum.plus(part.tally));
    let tallies: Vec<Tally> = parts.iter().map(|part| part.tally).collect();
    let found = segments(&tallies);
    let level_of = |range: &Range<usize>| {
        let parts = parts.get(range.clone())?;
        let sum = parts
            .iter()
            .fold(Tally::default(), |sum, part| sum.plus(part.tally));
        let share = sum.share();
        let error = libm::sqrt(share * (1.0 - share) / sum.attempts);
        Some(Level {
            from: When::At(parts.first()?.local.plus(-part_secs / 2.0)),
            rate: Uncertain::of(share, error),
        })
    };
    Some(AnswerFit {
        base: Uncertain::of(all.share(), drift.error(&[1.0])),
        levels: found.iter().filter_map(level_of).collect(),
        epochs: Vec::new(),
        by_weekday: false,
        drift: None,
        drift_max: drift.deviation.high,
    })
}

/// Levels of a typical day or week, and the drift around them, of the epoch that the scenario has.
fn typical(parts: &[Part], blocks: &[Block], part_secs: f64, days: usize) -> Option<AnswerFit> {
    let found = epochs::epochs(parts, blocks, part_secs, days);
    let of_scenario = epochs::of_scenario(&found, parts.len(), days);
    let mut others: Vec<usize> = (0..found.len()).filter(|it| *it != of_scenario).collect();
    let fit = |others: &[usize]| {
        let number = |(epoch, range): (usize, &Range<usize>)| {
            let number = others.iter().position(|other| *other == epoch);
            std::iter::repeat_n(number, range.len())
        };
        let numbers: Vec<Option<usize>> = found.iter().enumerate().flat_map(number).collect();
        levels_and_drift(parts, blocks, part_secs, days, &numbers)
    };
    let mut fitted = fit(&others)?;
    let differs = |fitted: &LevelsAndDrift, number| {
        let epoch = fitted.columns.epoch(&fitted.levels, &fitted.drift, number);
        !epoch.contains(0.0)
    };
    let different = others.iter().enumerate();
    let different = different.filter(|(number, _)| differs(&fitted, *number));
    let different: Vec<usize> = different.map(|(_, other)| *other).collect();
    if different.len() < others.len() {
        others = different;
        fitted = fit(&others)?;
    }
    let LevelsAndDrift {
        structure,
        columns,
        levels,
        drift,
        is_there,
    } = fitted;
    // The cut that looks best makes a step look larger than it is.
    let factor = if others.is_empty() {
        1.0
    } else {
        STEP_ERROR_FACTOR
    };
    let base = columns.mean(&levels, &drift, parts).widened(factor);
    let mut of_times = columns.levels(&levels, &drift, structure);
    for level in &mut of_times {
        level.rate = level.rate.widened(factor);
    }
    let epoch = |(place, range): (usize, &Range<usize>)| {
        let number = others.iter().position(|other| *other == place);
        let apart = number.map_or(0.0, |it| columns.epoch(&levels, &drift, it).value);
        Some(Epoch {
            from: parts.get(range.start)?.local.plus(-part_secs / 2.0),
            rate: base.value + apart,
            is_of_scenario: number.is_none(),
        })
    };
    let mut epochs: Vec<Epoch> = found.iter().enumerate().filter_map(epoch).collect();
    epochs.dedup_by(|next, epoch| next.is_of_scenario && epoch.is_of_scenario);
    Some(AnswerFit {
        base,
        levels: of_times,
        epochs,
        by_weekday: structure.by_weekday,
        drift: is_there.then_some((drift.deviation, drift.relaxation_secs)),
        drift_max: drift.deviation.high,
    })
}

/// What levels depend on, the levels, and the drift around them.
struct LevelsAndDrift {
    structure: Structure,
    columns: Columns,
    levels: Levels,
    drift: DriftFit,
    is_there: bool,
}

/// The levels that the parts need, and the drift, with the epochs of another level taken out.
fn levels_and_drift(
    parts: &[Part],
    blocks: &[Block],
    part_secs: f64,
    days: usize,
    epochs: &[Option<usize>],
) -> Option<LevelsAndDrift> {
    let bins = BINS_SECS.into_iter().filter(|bin| float(*bin) >= part_secs);
    let mut choices: Vec<Option<i64>> = bins.map(Some).chain([None]).collect();
    let finest = Structure {
        bin_secs: choices.remove(0),
        by_weekday: weekdays_are_seen(parts, epochs),
    };
    let columns = Columns::of(parts, finest, epochs);
    let rough = DriftFit::of(blocks, &columns.of_parts, columns.size, part_secs)?;
    // By more than chance: the noise and the drift left by the finest levels.
    let needs = |fine: Structure, coarse: Structure, rarity: f64| {
        let of = |structure| {
            let columns = Columns::of(parts, structure, epochs);
            let levels = Levels::of(blocks, &columns.of_parts, columns.size, rough.likeliest)?;
            Some((levels.squares, columns.size))
        };
        let ((fine, more), (coarse, fewer)) = (of(fine)?, of(coarse)?);
        Some(more > fewer && coarse - fine > chi_square(more - fewer, rarity))
    };
    let mut structure = finest;
    for bin_secs in choices {
        let coarser = Structure {
            bin_secs,
            ..structure
        };
        if needs(structure, coarser, NORMAL_999)? {
            break;
        }
        structure = coarser;
    }
    let any_day = Structure {
        by_weekday: false,
        ..structure
    };
    // A weekday that came once may have been another day for another reason.
    let rarity = if days > 7 { NORMAL_99 } else { NORMAL_999 };
    if structure.by_weekday && !needs(structure, any_day, rarity)? {
        structure = any_day;
    }
    let columns = Columns::of(parts, structure, epochs);
    let drift = DriftFit::of(blocks, &columns.of_parts, columns.size, part_secs)?;
    let levels = Levels::of(blocks, &columns.of_parts, columns.size, drift.likeliest)?;
    Some(LevelsAndDrift {
        is_there: drift.is_there && rough.is_there,
        structure,
        columns,
        levels,
        drift,
    })
}

/// True where every weekday is in the epoch of the levels: else the level of an epoch and that of its
/// weekdays look the same.
fn weekdays_are_seen(parts: &[Part], epochs: &[Option<usize>]) -> bool {
    let seen = |weekday: usize| {
        let mut of_epoch = parts.iter().zip(epochs);
        of_epoch.any(|(part, epoch)| epoch.is_none() && part.local.weekday() == weekday)
    };
    parts.iter().all(|part| seen(part.local.weekday()))
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn float(number: i64) -> f64 {
    number as f64
}

/// Shortest time whose attempts are taken together: calls that are answered end some 10 s before
/// those that ring out, which is little against it. At one or two intervals it looks like a drift.
const PART_SECS: f64 = 300.0;
/// A part with a smaller share of the usual attempts tells nothing.
const ATTEMPTS_SHARE_MIN: f64 = 0.05;
/// Parts of a day with a level each, from the finest.
const BINS_SECS: [i64; 3] = [900, 1_800, 3_600];
const HOUR_SECS: i64 = 3_600;
/// Standard errors of levels beside a step, of those with steps at known times.
const STEP_ERROR_FACTOR: f64 = 1.5;
/// The value that a normal variable exceeds with probability 1 %.
const NORMAL_99: f64 = 2.33;
