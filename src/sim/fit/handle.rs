//! The handle time: what the agents are busy with, by Little's law.

use super::chance::{NORMAL_999, chi_square};
use super::observation::{Prepared, Uncertain};

/// The handle time of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct HandleFit {
    /// Mean talk + wrap-up of a connected call, in seconds.
    pub mean_secs: Uncertain,
    /// Factors on the mean by hour of the day, where they differ by more than chance: seconds from
    /// midnight and factor.
    pub by_hour: Vec<(u32, Uncertain)>,
    /// How it was found.
    pub basis: HandleBasis,
}

/// How the handle time was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleBasis {
    /// Busy agent-seconds ÷ connected calls.
    BusyAgents,
    /// Busy agent-seconds ÷ connected calls after shifts began with everybody available.
    ShiftStarts,
    /// From the response of the available agents to answers beyond those expected.
    Response,
}

/// Busy agent-seconds and connected calls of some time.
#[derive(Clone, Copy, Debug, Default)]
struct Work {
    busy_secs: f64,
    connected: f64,
    /// Busy agents at the end less those at the beginning.
    rise: f64,
}

impl Work {
    /// Calls that the busy time is divided by: those begun at the start and not over at the end are
    /// counted for the part that lies within.
    fn calls(self) -> f64 {
        self.connected - self.rise * UNSEEN_SHARE
    }

    fn add(&mut self, other: Self) {
        self.busy_secs += other.busy_secs;
        self.connected += other.connected;
        self.rise += other.rise;
    }
}

/// The handle time from staffed and available agents; `None` without them, or without calls.
pub(super) fn handle_time(history: &Prepared) -> Option<HandleFit> {
    let mut hours: Vec<(i64, i64, Work)> = Vec::new();
    for (row, before, after) in history.pairs() {
        let (Some(staffed), Some(staffed_before)) = (after.logged_in, before.logged_in) else {
            continue;
        };
        // An abandonment is reported up to an interval after its answer, and agents are read one after
        // the other: a row may be below 0, and only the sums count.
        let busy = staffed - after.available;
        let busy_before = staffed_before - before.available;
        let work = Work {
            busy_secs: history.interval_secs * f64::midpoint(busy, busy_before),
            connected: after.connected(),
            rise: busy - busy_before,
        };
        let local = row.local.plus(-history.interval_secs / 2.0);
        let key = (local.day(), local.secs_of_day() / HOUR_SECS);
        match hours.last_mut() {
            Some((day, hour, sum)) if (*day, *hour) == key => sum.add(work),
            _ => hours.push((key.0, key.1, work)),
        }
    }
    let mut total = Work::default();
    for (_, _, work) in &hours {
        total.add(*work);
    }
    if total.calls() < CALLS_MIN || total.busy_secs <= 0.0 {
        return None;
    }
    let mean = total.busy_secs / total.calls();
    Some(HandleFit {
        mean_secs: Uncertain::of(mean, error(&hours, mean, total.calls())),
        by_hour: by_hour(&hours, mean),
        basis: HandleBasis::BusyAgents,
    })
}

/// Standard error of the mean: that of calls whose times vary as much as they are long, or what the
/// hours tell if that is more.
fn error(hours: &[(i64, i64, Work)], mean: f64, calls: f64) -> f64 {
    let by_calls = mean / libm::sqrt(calls);
    let left: Vec<f64> = hours
        .iter()
        .map(|(_, _, work)| work.busy_secs - mean * work.calls())
        .collect();
    let product = |lag: usize| -> f64 {
        left.iter()
            .zip(left.iter().skip(lag))
            .map(|(a, b)| a * b)
            .sum()
    };
    // Calls that last from one hour into the next tie the two together.
    let variance = product(0) + 2.0 * (2.0 / 3.0 * product(1) + 1.0 / 3.0 * product(2));
    let by_hours = libm::sqrt(variance.max(0.0)) / calls;
    by_calls.max(by_hours)
}

/// Factors by hour of the day, where the hours differ by more than chance.
fn by_hour(hours: &[(i64, i64, Work)], mean: f64) -> Vec<(u32, Uncertain)> {
    let mut of_day = [Work::default(); 24];
    for (_, hour, work) in hours {
        if let Some(sum) = usize::try_from(*hour)
            .ok()
            .and_then(|hour| of_day.get_mut(hour))
        {
            sum.add(*work);
        }
    }
    let mut factors = Vec::new();
    let mut squares = 0.0;
    for (secs, work) in (0..).step_by(3_600).zip(of_day) {
        // Half of the calls that last from one hour into the next belong to each.
        let calls = work.connected - work.rise / 2.0;
        if calls < HOUR_CALLS_MIN || work.rise.abs() > calls * RISE_MAX {
            continue;
        }
        let factor = work.busy_secs / calls / mean;
        let error = VARIATION / libm::sqrt(calls);
        squares += (factor - 1.0) * (factor - 1.0) / (error * error);
        factors.push((secs, Uncertain::of(factor, factor * error)));
    }
    if squares > chi_square(factors.len().saturating_sub(1).max(1), NORMAL_999) {
        factors
    } else {
        Vec::new()
    }
}

const HOUR_SECS: i64 = 3_600;
/// Fewer calls tell nothing.
const CALLS_MIN: f64 = 20.0;
/// An hour with fewer is no more than the end of a shift.
const HOUR_CALLS_MIN: f64 = 100.0;
/// Largest change of the busy agents, as a share of an hour's calls: else most of its calls are other
/// hours' too.
const RISE_MAX: f64 = 0.5;
/// Share of the mean that is still to come of a call in progress, less the half that is counted: with
/// talk and wrap-up of the default shape, a call in progress is 0.88 of the mean old.
const UNSEEN_SHARE: f64 = 0.12;
/// Standard deviation ÷ mean of an hour's handle times; somewhat above that of the default shape,
/// 0.87, for the calls that last into the next hour.
const VARIATION: f64 = 1.2;
