//! Handle time and agents of a history without logged-in agents.
//!
//! An answer beyond those expected takes an agent away for a handle time. What is expected of the
//! attempts is known, and the rest is chance, which no dial rate follows: an instrument. Its
//! covariance with the connected calls of that interval and of later ones, carried on by the share of
//! calls that are not over yet, has to be its covariance with the agents who are missing.

use super::expectation::{Expectation, Run};
use super::handle::{HandleBasis, HandleFit};
use super::observation::{Counts, NORMAL_95, Prepared, Uncertain};
use crate::sim::scenario::LocalTime;

/// Products of the instrument with what follows it.
#[derive(Clone, Default)]
struct Products {
    connected: Vec<f64>,
    missing: Vec<f64>,
}

/// The handle time that explains the available agents best, as a range; `None` without calls.
pub(super) fn handle_time(history: &Prepared) -> Option<HandleFit> {
    let lags = lags(history.interval_secs);
    let runs = runs(history);
    let mut parts: Vec<Products> = Vec::new();
    let expectation = Expectation::of(&runs)?;
    for run in &runs {
        products(run, &expectation, lags, &mut parts);
    }
    if parts.len() < PARTS_MIN {
        return None;
    }
    let of = |skip: Option<usize>| {
        let mut sum = Products {
            connected: vec![0.0; lags],
            missing: vec![0.0; lags],
        };
        for (place, part) in parts.iter().enumerate() {
            if Some(place) != skip {
                add(&mut sum.connected, &part.connected);
                add(&mut sum.missing, &part.missing);
            }
        }
        best(&sum, history.interval_secs)
    };
    let mean = of(None)?;
    // The jackknife over parts of an hour.
    let without: Vec<f64> = (0..parts.len()).filter_map(|part| of(Some(part))).collect();
    let count = float(without.len());
    let centre = without.iter().sum::<f64>() / count;
    let squares: f64 = without
        .iter()
        .map(|value| (value - centre) * (value - centre))
        .sum();
    let error = libm::sqrt(squares * (count - 1.0) / count);
    let by_shape = mean * SHAPE_SHARE;
    let half = libm::sqrt(NORMAL_95 * NORMAL_95 * error * error + by_shape * by_shape);
    // A call that is over before the next poll leaves no trace.
    let most = if history.interval_secs > APART_SECS {
        APART_FACTOR
    } else {
        1.0
    };
    Some(HandleFit {
        mean_secs: Uncertain {
            value: mean,
            low: (mean - half).max(mean / 2.0).min(mean / most),
            high: (mean + half).max(mean * most),
        },
        by_hour: Vec::new(),
        basis: HandleBasis::Response,
    })
}

/// Staffed agents: those available, and those whose calls are not over yet.
pub(super) fn staffed(history: &Prepared, handle_secs: f64) -> Vec<(LocalTime, f64)> {
    let interval = history.interval_secs;
    let count = lags(interval) * 3;
    let survival: Vec<f64> = (0..count)
        .map(|lag| survival(lag, interval, handle_secs))
        .collect();
    let mut staffed = Vec::new();
    for run in runs(history) {
        for (place, (row, counts)) in run.iter().enumerate() {
            let begun = run.iter().take(place + 1).rev().zip(&survival);
            let busy: f64 = begun
                .map(|((_, counts), share)| counts.connected() * share)
                .sum();
            staffed.push((row.local, counts.available + busy.max(0.0)));
        }
    }
    staffed
}

/// The handle time that keeps the agents busy who are not available, within its range. `agents` are
/// those whose number is known.
pub(super) fn with_agents(
    history: &Prepared,
    handle: HandleFit,
    agents: impl Fn(LocalTime) -> Option<f64>,
) -> HandleFit {
    if handle.basis != HandleBasis::Response {
        return handle;
    }
    let (mut busy_secs, mut calls) = (0.0, 0.0);
    for run in runs(history) {
        for (row, counts) in &run {
            if let Some(agents) = agents(row.local) {
                busy_secs += (agents - counts.available) * history.interval_secs;
                calls += counts.connected();
            }
        }
    }
    if calls < CALLS_MIN {
        return handle;
    }
    let range = handle.mean_secs;
    HandleFit {
        mean_secs: Uncertain {
            value: (busy_secs / calls).clamp(range.low, range.high),
            ..range
        },
        ..handle
    }
}

fn runs(history: &Prepared) -> Vec<Run<'_>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for row in &history.rows {
        let Some(counts) = row.counts else { continue };
        if row.at_secs - last > history.interval_secs * GAP_INTERVALS {
            runs.push(Vec::new());
        }
        last = row.at_secs;
        if let Some(run) = runs.last_mut() {
            run.push((row, counts));
        }
    }
    runs
}

/// Adds the products of each hour of a run.
fn products(run: &Run, expectation: &Expectation, lags: usize, parts: &mut Vec<Products>) {
    let empty = || Products {
        connected: vec![0.0; lags],
        missing: vec![0.0; lags],
    };
    let surprises = expectation.surprises(run);
    let mut part = empty();
    let mut hour = None;
    for place in 0..run.len().saturating_sub(lags) {
        let Some((row, _)) = run.get(place) else {
            break;
        };
        let half = SMOOTHING / 2;
        let around = run.get(place.saturating_sub(half)..(place + half).min(run.len()));
        let around = around.unwrap_or_default();
        let mean = |of: fn(&Counts) -> f64| {
            around.iter().map(|(_, counts)| of(counts)).sum::<f64>() / float(around.len())
        };
        let Some(surprise) = surprises.get(place).copied().flatten() else {
            continue;
        };
        let (available, taken) = (mean(|counts| counts.available), mean(Counts::connected));
        let this_hour = row.local.secs.div_euclid(3_600);
        if hour.is_some_and(|hour| hour != this_hour) {
            parts.push(std::mem::replace(&mut part, empty()));
        }
        hour = Some(this_hour);
        let later = run.get(place..place + lags).unwrap_or_default();
        for ((_, later), (of_connected, of_missing)) in later
            .iter()
            .zip(part.connected.iter_mut().zip(&mut part.missing))
        {
            *of_connected += surprise * (later.connected() - taken);
            *of_missing += surprise * (available - later.available);
        }
    }
    if hour.is_some() {
        parts.push(part);
    }
}

/// The handle time whose calls in progress leave the least squares of the missing agents.
fn best(products: &Products, interval: f64) -> Option<f64> {
    let misfit = |handle_secs: f64| {
        let mut squares = 0.0;
        for (lag, missing) in products.missing.iter().enumerate() {
            let begun = products.connected.iter().take(lag + 1).rev().enumerate();
            let busy: f64 = begun
                .map(|(age, connected)| connected * survival(age, interval, handle_secs))
                .sum();
            squares += (missing - busy) * (missing - busy);
        }
        squares
    };
    let grid = (0..GRID).map(|step| HANDLE_MIN_SECS * libm::pow(GRID_RATIO, f64::from(step)));
    grid.map(|secs| (misfit(secs), secs))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, secs)| secs)
}

/// Share of calls begun in an interval, some intervals ago, that are not over at its end: talk and
/// wrap-up of the default shape.
fn survival(age: usize, interval: f64, handle_secs: f64) -> f64 {
    let secs = (float(age) + 0.5) * interval;
    // The sum of the default talk and wrap-up is close to a lognormal time of the same mean and
    // coefficient of variation.
    let variance = libm::log1p(VARIATION * VARIATION);
    let deviation = libm::sqrt(variance);
    let standard = (libm::log(secs / handle_secs) + variance / 2.0) / deviation;
    0.5 * libm::erfc(standard / std::f64::consts::SQRT_2)
}

fn add(sum: &mut [f64], other: &[f64]) {
    for (slot, value) in sum.iter_mut().zip(other) {
        *slot += value;
    }
}

/// Intervals over which the response is followed: ten minutes, at least three.
fn lags(interval: f64) -> usize {
    let lags = (RESPONSE_SECS / interval).ceil().max(3.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "3 to 600"
    )]
    let lags = lags as usize;
    lags
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn float(number: usize) -> f64 {
    number as f64
}

const GAP_INTERVALS: f64 = 1.5;
/// Polls further apart hardly tell how long calls take, and the factor by which it may be another time.
pub(super) const APART_SECS: f64 = 300.0;
pub(super) const APART_FACTOR: f64 = 8.0;
const RESPONSE_SECS: f64 = 600.0;
/// Intervals whose means are what is expected.
const SMOOTHING: usize = 120;
/// Fewer calls tell nothing.
const CALLS_MIN: f64 = 100.0;
/// Hours that tell something.
const PARTS_MIN: usize = 3;
/// Handle times compared: 30 s to half an hour.
const HANDLE_MIN_SECS: f64 = 30.0;
const GRID_RATIO: f64 = 1.01;
const GRID: u32 = 412;
/// Coefficient of variation of the default talk and wrap-up together.
const VARIATION: f64 = 0.87;
/// Half of the range that the unknown shape of the handle time adds: a trial gave 153 to 254 s for
/// 210 s.
const SHAPE_SHARE: f64 = 0.2;
