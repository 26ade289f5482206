//! Levels of the answer rate by time of day and weekday: a column of the fit for each part of a day, and
//! one for each weekday that differs.

use std::collections::{BTreeMap, BTreeSet};

use super::drift::DriftFit;
use super::likelihood::Levels;
use super::observation::{NORMAL_95, Uncertain};
use super::segments::Tally;
use crate::sim::scenario::{LocalTime, Weekdays};

/// A level of the answer rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// When it holds.
    pub from: When,
    /// The level.
    pub rate: Uncertain,
}

/// The time from which a level holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// A time of day, in seconds from midnight, on some days.
    Clock(Weekdays, u32),
    /// A time of the history.
    At(LocalTime),
}

/// Attempts of some minutes, with their local time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its middle, in seconds since 1970.
    pub(super) at_secs: f64,
    /// The same on the campaign's clock.
    pub(super) local: LocalTime,
    /// Its attempts and answers.
    pub(super) tally: Tally,
}

/// What the levels depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Structure {
    /// Length of the parts of a day with a level each; `None`: the whole day has one.
    pub(super) bin_secs: Option<i64>,
    /// True where each weekday has a level of its own besides.
    pub(super) by_weekday: bool,
}

/// The columns of a structure.
pub(super) struct Columns {
    /// Number of columns.
    pub(super) size: usize,
    /// Of these, the columns of epochs with another level than the scenario has, which come last.
    pub(super) epochs: usize,
    /// The columns of each part.
    pub(super) of_parts: Vec<Vec<usize>>,
    bins: Vec<i64>,
    /// Weekdays from Monday, each with the column by which it differs; `None` for one that others are
    /// compared with.
    weekdays: Vec<(usize, Option<usize>)>,
}

impl Columns {
    /// `epochs` has for each part the number of the epoch with another level that it is in.
    pub(super) fn of(parts: &[Part], structure: Structure, epochs: &[Option<usize>]) -> Self {
        let bin = |part: &Part| {
            structure
                .bin_secs
                .map_or(0, |bin| part.local.secs_of_day() / bin)
        };
        let mut bins: Vec<i64> = parts.iter().map(bin).collect();
        bins.sort_unstable();
        bins.dedup();
        let weekdays = if structure.by_weekday {
            weekday_columns(parts, bin, bins.len())
        } else {
            Vec::new()
        };
        let levels = bins.len() + weekdays.iter().filter_map(|(_, column)| *column).count();
        let epoch_columns = epochs.iter().flatten().max().map_or(0, |last| last + 1);
        let epochs = epochs.iter().copied().chain(std::iter::repeat(None));
        let columns = |(part, epoch): (&Part, Option<usize>)| {
            let of_weekday = weekdays
                .iter()
                .find(|(day, _)| *day == part.local.weekday());
            let of_bin = bins.binary_search(&bin(part)).ok();
            let of_weekday = of_weekday.and_then(|(_, column)| *column);
            let of_epoch = epoch.map(|epoch| levels + epoch);
            of_bin
                .into_iter()
                .chain(of_weekday)
                .chain(of_epoch)
                .collect()
        };
        Self {
            size: levels + epoch_columns,
            epochs: epoch_columns,
            of_parts: parts.iter().zip(epochs).map(columns).collect(),
            bins,
            weekdays,
        }
    }

    /// By how much an epoch differs from the levels.
    pub(super) fn epoch(&self, levels: &Levels, drift: &DriftFit, epoch: usize) -> Uncertain {
        let mut weights = vec![0.0; self.size];
        let column = self.size - self.epochs + epoch;
        if let Some(weight) = weights.get_mut(column) {
            *weight = 1.0;
        }
        let value = levels.values.get(column).copied().unwrap_or(0.0);
        let half = NORMAL_95 * drift.error(&weights);
        Uncertain {
            value,
            low: value - half,
            high: value + half,
        }
    }

    /// The mean over the attempts, had all been in the epoch of the levels.
    pub(super) fn mean(&self, levels: &Levels, drift: &DriftFit, parts: &[Part]) -> Uncertain {
        let mut weights = vec![0.0; self.size];
        let total: f64 = parts.iter().map(|part| part.tally.attempts).sum();
        for (part, columns) in parts.iter().zip(&self.of_parts) {
            let of_levels = |column: &&usize| **column < self.size - self.epochs;
            for column in columns.iter().filter(of_levels) {
                if let Some(weight) = weights.get_mut(*column) {
                    *weight += part.tally.attempts / total;
                }
            }
        }
        combined(levels, drift, &weights)
    }

    /// The level of each part of the day, and of each weekday where they differ.
    pub(super) fn levels(
        &self,
        levels: &Levels,
        drift: &DriftFit,
        structure: Structure,
    ) -> Vec<Level> {
        let weekdays: Vec<(Weekdays, Option<usize>)> = if self.weekdays.is_empty() {
            vec![(Weekdays::default(), None)]
        } else {
            let each = self.weekdays.iter();
            each.map(|(day, column)| (Weekdays::one(*day), *column))
                .collect()
        };
        let mut all = Vec::new();
        for (days, weekday_column) in weekdays {
            for (column, bin) in self.bins.iter().enumerate() {
                let mut weights = vec![0.0; self.size];
                for column in [Some(column), weekday_column].into_iter().flatten() {
                    if let Some(weight) = weights.get_mut(column) {
                        *weight = 1.0;
                    }
                }
                let secs = bin * structure.bin_secs.unwrap_or(0);
                all.push(Level {
                    from: When::Clock(days, u32::try_from(secs).unwrap_or(0)),
                    rate: combined(levels, drift, &weights),
                });
            }
        }
        all
    }
}

/// The weekdays, and the columns after `first` of those that differ from another one. Only weekdays with
/// calls at the same times of day can be compared, or over others that have: where Saturday alone has
/// evenings, and nothing else, its level is that of the evenings.
fn weekday_columns(
    parts: &[Part],
    bin: impl Fn(&Part) -> i64,
    first: usize,
) -> Vec<(usize, Option<usize>)> {
    let mut bins: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    for part in parts {
        bins.entry(part.local.weekday())
            .or_default()
            .insert(bin(part));
    }
    // Times of day of weekdays that can be compared.
    let mut groups: Vec<BTreeSet<i64>> = Vec::new();
    for of_day in bins.values() {
        let (joined, others) = std::mem::take(&mut groups)
            .into_iter()
            .partition::<Vec<_>, _>(|group| !group.is_disjoint(of_day));
        groups = others;
        groups.push(
            joined
                .into_iter()
                .flatten()
                .chain(of_day.iter().copied())
                .collect(),
        );
    }
    let mut next = first;
    let mut compared: Vec<bool> = vec![false; groups.len()];
    let mut column = |of_day: &BTreeSet<i64>| {
        let group = groups.iter().position(|group| !group.is_disjoint(of_day))?;
        if !std::mem::replace(compared.get_mut(group)?, true) {
            return None;
        }
        next += 1;
        Some(next - 1)
    };
    bins.iter()
        .map(|(day, of_day)| (*day, column(of_day)))
        .collect()
}

fn combined(levels: &Levels, drift: &DriftFit, weights: &[f64]) -> Uncertain {
    let value = levels
        .values
        .iter()
        .zip(weights)
        .map(|(level, weight)| level * weight)
        .sum();
    Uncertain::of(value, drift.error(weights))
}
