//! The handle time of a history without logged-in agents, from the beginnings of its shifts.
//!
//! When a shift begins everybody is available, so that it is known for some time after how many are
//! busy: until the roster changes. The calls that are in progress at the end of that time count for the
//! part that lies within.

use super::beginnings::{Start, starts};
use super::handle::{HandleBasis, HandleFit};
use super::observation::{NORMAL_95, Prepared, Uncertain};
use super::response::{APART_FACTOR, APART_SECS};

/// The handle time that the first polls of all shifts tell.
#[derive(Clone, Debug)]
struct Told {
    starts: Vec<Start>,
    mean_secs: f64,
    /// Standard error, and the part of it that comes from the number of calls.
    error: f64,
    by_calls: f64,
}

/// The handle time; `None` where no shift begins with everybody available.
pub(super) fn handle_time(history: &Prepared) -> Option<HandleFit> {
    let interval = history.interval_secs;
    let window = WINDOW_SECS.max(interval * INTERVALS_MIN);
    let mut starts = starts(history, window);
    // In the whole time few calls are too many for everybody, and their share is that of a simulation.
    let is_short = float(common_polls(&starts)?) * interval < window * SHORT_SHARE;
    let is_known = history.counts_abandoned || !is_short;
    for start in starts.iter_mut().filter(|_| is_known) {
        start.agents = f64::INFINITY;
    }
    let handle = |starts: &[Start]| range(&undisturbed(starts, interval)?, interval);
    let mean = handle(&starts)?;
    let mut mean_secs = mean;
    if !is_known {
        // Calls that meet nobody may be as few as there are too many for all agents, or as many as
        // nobody is available for at the polls, though a pacer dials less then.
        let most = handle(&meeting_somebody(&starts)).unwrap_or(mean);
        let calls: f64 = starts.iter().flat_map(|start| &start.calls).sum();
        let taken = expected(&starts, interval, VARIATION, mean.value).taken;
        if taken < calls * (1.0 - UNMET_MIN) {
            mean_secs.value = libm::sqrt(mean.value * most.value);
        }
        let high = most.high.min(mean_secs.value * UNMET_FACTOR_MAX);
        mean_secs.low = mean.low.min(most.low);
        mean_secs.high = mean.high.max(high);
    }
    Some(HandleFit {
        mean_secs,
        by_hour: Vec::new(),
        basis: HandleBasis::ShiftStarts,
    })
}

/// The starts without the calls for which nobody was available at the polls.
fn meeting_somebody(starts: &[Start]) -> Vec<Start> {
    let sum = |of: fn(&Start) -> &Vec<f64>| -> f64 { starts.iter().flat_map(of).sum() };
    let met = sum(|start| &start.answered) - sum(|start| &start.unmet);
    let share = (met / sum(|start| &start.calls)).min(1.0);
    let without = |start: &Start| Start {
        calls: start.calls.iter().map(|calls| calls * share).collect(),
        agents: f64::INFINITY,
        ..start.clone()
    };
    starts.iter().map(without).collect()
}

/// The range of the handle time that is told.
fn range((told, by_joins): &(Told, f64), interval: f64) -> Option<Uncertain> {
    let value = told.mean_secs;
    let shapes = VARIATIONS.map(|variation| mean_secs(&told.starts, interval, variation));
    let by_shape = shapes
        .iter()
        .map(|other| (other.unwrap_or(value) - value).abs())
        .fold(0.0, f64::max);
    let roster = value * ROSTER_SHARE;
    let error = NORMAL_95 * told.error;
    let half = libm::sqrt(error * error + by_shape * by_shape + roster * roster);
    // Agents who take breaks look busy, and more of them do so later on.
    let polls = told.starts.iter().map(|start| start.calls.len()).max()?;
    let early = first_polls(&told.starts, polls.div_ceil(3));
    let early = mean_secs(&early, interval, VARIATION);
    let more = (value - early.unwrap_or(value)).max(0.0);
    let by_breaks = match told.starts.len() {
        // One day hardly tells.
        1 => ONE_DAY_FACTOR * (more + told.by_calls * libm::sqrt(3.0)),
        _ => EARLY_FACTOR * more,
    };
    // Polls far apart do not show when agents leave: some may be away at every poll.
    let (by_absence, most) = if interval > APART_SECS {
        let busy: f64 = told.starts.iter().flat_map(|start| &start.busy).sum();
        let staffed = |start: &Start| start.staffed * float(start.busy.len());
        let away = AWAY_SHARE * told.starts.iter().map(staffed).sum::<f64>();
        (value * away / busy.max(1.0), APART_FACTOR)
    } else {
        (0.0, 2.0)
    };
    Some(Uncertain {
        value,
        low: (value - half - by_breaks - by_absence).max(value / most),
        high: value + half + by_joins,
    })
}

/// What the longest time tells after which nobody seems to have come, and how much longer the handle
/// time is by the shorter ones. Agents who come unseen and take calls make it look shorter.
fn undisturbed(starts: &[Start], interval: f64) -> Option<(Told, f64)> {
    let longest = common_polls(starts)?;
    let mut chosen: Option<(Told, f64)> = None;
    for part in PARTS {
        let told = told(first_polls(starts, longest.div_ceil(part)), interval);
        chosen = match (told, chosen) {
            (Some(told), Some((shorter, by_joins))) => {
                let less = shorter.mean_secs - told.mean_secs;
                if less > shorter.error * JOINED_ERRORS {
                    return Some((shorter, by_joins));
                }
                let by_joins = (by_joins + less).max(0.0);
                Some((told, by_joins))
            }
            (told, chosen) => chosen.or(told.map(|told| (told, 0.0))),
        };
    }
    chosen
}

/// Polls until others come. Who comes at a time of day comes on other days, too, and is not seen where
/// calls wait.
fn common_polls(starts: &[Start]) -> Option<usize> {
    let mut lengths: Vec<usize> = starts.iter().map(|start| start.calls.len()).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 4).copied()
}

fn first_polls(starts: &[Start], polls: usize) -> Vec<Start> {
    starts.iter().map(|start| start.first(polls)).collect()
}

fn told(starts: Vec<Start>, interval: f64) -> Option<Told> {
    let calls: f64 = starts.iter().flat_map(|it| &it.calls).sum();
    if calls < CALLS_MIN {
        return None;
    }
    let mean_secs = mean_secs(&starts, interval, VARIATION)?;
    // In a short time few calls end, and only those tell.
    let at = |factor: f64| expected(&starts, interval, VARIATION, mean_secs * factor).busy;
    let (below, above) = (at(1.0 - NEAR), at(1.0 + NEAR));
    let response = (above - below) / (above + below) / NEAR;
    let by_calls = mean_secs / (libm::sqrt(calls) * response.max(RESPONSE_MIN));
    let error = by_calls.max(by_days(&starts, interval, mean_secs));
    Some(Told {
        starts,
        mean_secs,
        error,
        by_calls,
    })
}

/// Standard error by how much the days differ.
fn by_days(starts: &[Start], interval: f64, value: f64) -> f64 {
    let each: Vec<f64> = starts
        .iter()
        .filter_map(|start| mean_secs(std::slice::from_ref(start), interval, VARIATION))
        .collect();
    let count = float(each.len());
    if count < 2.0 {
        return value * ONE_DAY_SHARE;
    }
    let squares: f64 = each.iter().map(|it| (it - value) * (it - value)).sum();
    libm::sqrt(squares / (count * (count - 1.0)))
}

/// The mean with which the calls keep as many agents busy as were.
fn mean_secs(starts: &[Start], interval: f64, variation: f64) -> Option<f64> {
    let busy: f64 = starts.iter().flat_map(|start| &start.busy).sum();
    let expected = |mean: f64| expected(starts, interval, variation, mean).busy;
    let (mut low, mut high) = (MEAN_MIN_SECS, MEAN_MAX_SECS);
    if expected(low) > busy || expected(high) < busy {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = libm::sqrt(low * high);
        if expected(middle) > busy {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(libm::sqrt(low * high))
}

/// What is expected of the calls of all starts.
struct Expected {
    /// Busy agents, the sum of all polls.
    busy: f64,
    /// Calls that met an agent.
    taken: f64,
}

/// What is expected of the calls at a mean of the handle time. Calls that find as many agents busy as
/// there are are abandoned.
fn expected(starts: &[Start], interval: f64, variation: f64, mean: f64) -> Expected {
    let longest = starts.iter().map(|start| start.calls.len()).max();
    let in_progress: Vec<f64> = (0..longest.unwrap_or(0))
        .map(|poll| in_progress(mean, variation, interval, float(poll)))
        .collect();
    let at_first = in_progress.first().copied().unwrap_or(1.0);
    let mut sum = Expected {
        busy: 0.0,
        taken: 0.0,
    };
    for start in starts {
        let mut taken: Vec<f64> = Vec::new();
        for calls in &start.calls {
            let before = taken.iter().rev().zip(in_progress.iter().skip(1));
            let busy: f64 = before.map(|(calls, share)| calls * share).sum();
            let calls = calls.min((start.agents - busy).max(0.0) / at_first);
            sum.busy += busy + calls * at_first;
            taken.push(calls);
        }
        sum.taken += taken.iter().sum::<f64>();
    }
    sum
}

/// Share of the calls begun at any time of an interval that are in progress so many polls after its end:
/// a lognormal time, by Simpson's rule.
fn in_progress(mean: f64, variation: f64, interval: f64, poll: f64) -> f64 {
    let variance = libm::log1p(variation * variation);
    let after = |secs: f64| {
        if secs <= 0.0 {
            return 1.0;
        }
        let standard = (libm::log(secs / mean) + variance / 2.0) / libm::sqrt(variance);
        0.5 * libm::erfc(standard / std::f64::consts::SQRT_2)
    };
    let at = |part: f64| after((poll + part) * interval);
    (at(0.0) + 4.0 * at(0.25) + 2.0 * at(0.5) + 4.0 * at(0.75) + at(1.0)) / 12.0
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Time in which a roster seldom changes after a shift begins.
const WINDOW_SECS: f64 = 3_600.0;
const INTERVALS_MIN: f64 = 4.0;
/// Share of the agents who may be away at polls far apart: breaks of a quarter of an hour take a tenth.
const AWAY_SHARE: f64 = 0.15;
/// Parts of the time that are compared, the shortest first.
const PARTS: [usize; 3] = [4, 2, 1];
/// Standard errors by which a longer time has to tell less before somebody has come unseen.
const JOINED_ERRORS: f64 = 1.0;
/// A time shorter than this share of the whole is one until others come.
const SHORT_SHARE: f64 = 0.5;
/// Share of the calls that are too many for the agents, where more than chance makes them so; and the
/// most by which those that meet nobody make the handle time longer.
const UNMET_MIN: f64 = 0.15;
const UNMET_FACTOR_MAX: f64 = 3.0;
/// Share by which a handle time is changed to see how much the busy agents change, and the least of that.
const NEAR: f64 = 0.1;
const RESPONSE_MIN: f64 = 0.1;
/// Fewer calls tell nothing.
const CALLS_MIN: f64 = 15.0;
/// Coefficient of variation of the default talk and wrap-up together, and others that are compared.
const VARIATION: f64 = 0.87;
const VARIATIONS: [f64; 2] = [0.4, 1.8];
/// The first third of the time has so much less of what breaks add.
const EARLY_FACTOR: f64 = 2.0;
const ONE_DAY_FACTOR: f64 = 3.5;
/// Half of the range for agents who come or go unseen, and the standard error of a single day.
const ROSTER_SHARE: f64 = 0.04;
const ONE_DAY_SHARE: f64 = 0.04;
const MEAN_MIN_SECS: f64 = 10.0;
const MEAN_MAX_SECS: f64 = 7_200.0;
const HALVINGS: u32 = 30;
