//! The history's dial rates in a simulation.
//!
//! A pacer lowers the rate when few agents are available and raises it when many are. Its rates would
//! be out of step with other agents, who are available at other moments: calls would meet nobody
//! where the pacer would have slowed down. So the rates follow the simulated agents as far as they
//! followed the agents of the history, and make up for each other as they did there: a pacer that
//! counts the calls that still ring dials less after it has dialed much. A dial ratio follows the
//! agents by itself.

use super::matrix::Cholesky;
use super::observation::{Counts, Observation, Prepared};
use super::seen::{CAUSES, Seen, mean};
use crate::pacing::Unit;

/// The dial rates or ratios of a history, and how they followed its available agents.
#[derive(Clone, Debug)]
pub(super) struct DialRates {
    /// In order of time.
    pub(super) rates: Vec<RateAt>,
    /// What they count.
    pub(super) unit: Unit,
    /// Calls per minute for each unit of each of the [`Seen`].
    response: [f64; CAUSES],
    /// The highest of them.
    highest: f64,
}

/// A dial rate of the history, with the agents that it was set for.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateAt {
    /// Seconds from the start.
    pub(super) at_secs: f64,
    /// Calls per minute from then on, or hundredths of a call per agent.
    pub(super) rate: f64,
    /// Available agents then; `None` where the poll failed.
    pub(super) available: Option<f64>,
    /// True where no calls were dialed for a while, whoever was available.
    pub(super) is_still: bool,
}

/// The rate of a simulation that follows its own agents.
#[derive(Clone, Debug, Default)]
pub(super) struct Following {
    simulated: Seen,
    history: Seen,
}

impl Following {
    /// The rate where the history had `rate`, and this simulation has `available` agents.
    pub(super) fn rate(&mut self, rates: &DialRates, at: RateAt, available: f64) -> f64 {
        let Some(of_history) = at.available else {
            return at.rate;
        };
        self.simulated.see(available);
        self.history.see(of_history);
        if at.is_still {
            self.simulated.dial(0.0);
            self.history.dial(0.0);
            return 0.0;
        }
        let apart = match (self.simulated.causes(), self.history.causes()) {
            (Some(simulated), Some(history)) => simulated
                .iter()
                .zip(history)
                .zip(rates.response)
                .map(|((simulated, history), response)| response * (simulated - history))
                .sum(),
            _ => 0.0,
        };
        let rate = (at.rate + apart).clamp(0.0, rates.highest);
        self.simulated.dial(rate);
        self.history.dial(at.rate);
        rate
    }
}

impl DialRates {
    /// The ratios or rates of the rows; where these have none, the rates that their attempts come from.
    /// An attempt lasts `attempt_secs` in the mean.
    pub(super) fn of(
        history: &Prepared,
        since: &dyn Fn(&Observation) -> f64,
        attempt_secs: f64,
    ) -> Self {
        let rows = &history.rows;
        let of_rows = |rate: fn(&Observation) -> Option<u32>| -> Vec<RateAt> {
            let at = |row: &Observation| {
                Some(RateAt {
                    at_secs: since(row),
                    rate: f64::from(rate(row)?),
                    available: row.counts.map(|counts| counts.available),
                    is_still: false,
                })
            };
            with_standstills(rows.iter().filter_map(at).collect())
        };
        let ratios = of_rows(|row| row.ratio);
        if !ratios.is_empty() {
            return Self::unmoved(ratios, Unit::CallsPerAgent);
        }
        let rates = of_rows(|row| row.dial_rate);
        if rates.is_empty() {
            return Self::of_attempts(history, since, attempt_secs);
        }
        Self {
            response: response(&rates),
            ..Self::unmoved(rates, Unit::CallsPerMinute)
        }
    }

    /// The rates that the attempts come from.
    fn of_attempts(
        history: &Prepared,
        since: &dyn Fn(&Observation) -> f64,
        attempt_secs: f64,
    ) -> Self {
        let of = |steps: u32| rates_of_attempts(history, since, attempt_secs, steps);
        let rates = with_standstills(of(LANDWEBER_STEPS));
        let response = response(&rates);
        if response.iter().all(|it| it.abs() <= 0.0) {
            // Nothing but chance would be sharpened.
            return Self::unmoved(of(0), Unit::CallsPerMinute);
        }
        Self {
            response,
            ..Self::unmoved(rates, Unit::CallsPerMinute)
        }
    }

    fn unmoved(rates: Vec<RateAt>, unit: Unit) -> Self {
        Self {
            highest: rates.iter().map(|at| at.rate).fold(0.0, f64::max),
            rates,
            unit,
            response: [0.0; CAUSES],
        }
    }

    /// Calls per minute by which a rate differs in the end for each agent more.
    pub(super) fn follows(&self) -> f64 {
        let [now, before, mean, last, other] = self.response;
        (now + before + mean) / (1.0 - last - other).max(LASTING_MIN)
    }
}

/// Least squares of the rate on what was seen and dialed before, within each half hour.
fn response(rates: &[RateAt]) -> [f64; CAUSES] {
    // So many polls that the causes do not explain them all.
    let interval_secs = match rates {
        [first, .., last] => (last.at_secs - first.at_secs) / float(rates.len() - 1),
        _ => return [0.0; CAUSES],
    };
    let part_secs = HALF_HOUR_SECS.max(PART_POLLS * interval_secs);
    let mut seen = Seen::default();
    let mut points: Vec<(f64, [f64; CAUSES], f64)> = Vec::new();
    for rate in rates {
        let Some(available) = rate.available else {
            continue;
        };
        seen.see(available);
        if rate.is_still {
            seen.dial(0.0);
            continue;
        }
        let part = (rate.at_secs / part_secs).floor();
        points.extend(seen.causes().map(|causes| (part, causes, rate.rate)));
        seen.dial(rate.rate);
    }
    let mut matrix = vec![0.0; CAUSES * CAUSES];
    let mut right = vec![0.0; CAUSES];
    let mut squares = 0.0;
    for part in points.chunk_by(|a, b| (a.0 - b.0).abs() < 0.5) {
        let centre: Vec<f64> = (0..CAUSES)
            .map(|place| mean(part.iter().filter_map(|(_, causes, _)| causes.get(place))))
            .collect();
        let rate_mean = mean(part.iter().map(|(_, _, rate)| rate));
        for (_, causes, rate) in part {
            let less: Vec<f64> = causes.iter().zip(&centre).map(|(a, b)| a - b).collect();
            for (row, of_row) in matrix.chunks_mut(CAUSES).zip(&less) {
                for (slot, of_column) in row.iter_mut().zip(&less) {
                    *slot += of_row * of_column;
                }
            }
            for (slot, of_row) in right.iter_mut().zip(&less) {
                *slot += of_row * (rate - rate_mean);
            }
            squares += (rate - rate_mean) * (rate - rate_mean);
        }
    }
    if points.len() < POINTS_MIN {
        return [0.0; CAUSES];
    }
    // Causes that go together share what they explain.
    for place in 0..CAUSES {
        if let Some(slot) = matrix.get_mut(place * CAUSES + place) {
            *slot = *slot * (1.0 + RIDGE) + 1e-9;
        }
    }
    let found = Cholesky::of(&matrix, CAUSES).map(|factor| factor.solve(&right));
    let explains = |found: &Vec<f64>| {
        let explained: f64 = found.iter().zip(&right).map(|(a, b)| a * b).sum();
        explained > EXPLAINED_MIN * squares
    };
    found
        .filter(explains)
        .and_then(|found| found.try_into().ok())
        .unwrap_or([0.0; CAUSES])
}

/// The rates whose calls end as the attempts did: calls of an interval end so much later, some of them
/// in the next one. Found step by step (Landweber 1951), few enough to leave the noise out.
fn rates_of_attempts(
    history: &Prepared,
    since: &dyn Fn(&Observation) -> f64,
    attempt_secs: f64,
    steps: u32,
) -> Vec<RateAt> {
    let rows = &history.rows;
    let per_minute = 60.0 / history.interval_secs;
    let attempts: Vec<Option<f64>> = rows
        .iter()
        .map(|row| Some(row.counts?.attempts * per_minute))
        .collect();
    let late = attempt_secs / history.interval_secs;
    let (whole, part) = (late.floor(), late.fract());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few intervals"
    )]
    let whole = whole as usize;
    // The rate before row n ends in this row and later ones.
    let shares = [(whole, 1.0 - part), (whole + 1, part)];
    let mut rates: Vec<f64> = attempts.iter().map(|it| it.unwrap_or(0.0)).collect();
    for _ in 0..steps {
        let missing = |row: usize| {
            let came = |(back, share): (usize, f64)| {
                let rate = row.checked_sub(back).and_then(|row| rates.get(row));
                rate.map_or(0.0, |rate| rate * share)
            };
            let came: f64 = shares.into_iter().map(came).sum();
            attempts.get(row).copied().flatten().map(|it| it - came)
        };
        let missing: Vec<f64> = (0..rows.len())
            .map(|row| missing(row).unwrap_or(0.0))
            .collect();
        for (row, rate) in rates.iter_mut().enumerate() {
            let more = |(later, share): (usize, f64)| {
                missing.get(row + later).map_or(0.0, |it| it * share)
            };
            let more: f64 = shares.into_iter().map(more).sum();
            *rate = (*rate + more).max(0.0);
        }
    }
    let at = |(place, rate): (usize, f64)| {
        let row = rows.get(place)?;
        let before = place.checked_sub(1).and_then(|before| rows.get(before));
        Some(RateAt {
            at_secs: since(row) - history.interval_secs,
            rate,
            available: before.and_then(|row| Some(row.counts?.available)),
            is_still: false,
        })
    };
    rates.into_iter().enumerate().filter_map(at).collect()
}

/// Marks the rates of 0 that follow each other for longer than a pacer waits for calls to end.
fn with_standstills(mut rates: Vec<RateAt>) -> Vec<RateAt> {
    for run in rates.chunk_by_mut(|a, b| (a.rate <= 0.0) == (b.rate <= 0.0)) {
        let is_still = run.len() >= STANDSTILL_POLLS && run.iter().all(|at| at.rate <= 0.0);
        for at in run {
            at.is_still = is_still;
        }
    }
    rates
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Counts of agents of a poll, if it has them.
pub(super) fn counts_of(row: &Observation) -> Option<(&Observation, Counts)> {
    Some((row, row.counts?))
}

const HALF_HOUR_SECS: f64 = 1_800.0;
/// Fewer polls tell nothing.
const POINTS_MIN: usize = 60;
/// Polls in a row without a dial rate that are no answer to the agents.
const STANDSTILL_POLLS: usize = 10;
const LANDWEBER_STEPS: u32 = 20;
const RIDGE: f64 = 1e-4;
/// Polls that are compared with each other, if half an hour has fewer.
const PART_POLLS: f64 = 20.0;
/// Share of a rate's changes below which they follow nothing.
const EXPLAINED_MIN: f64 = 0.2;
/// The least share of a deviation that does not last.
const LASTING_MIN: f64 = 0.02;
