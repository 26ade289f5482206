//! Breaks: agents who leave one by one and come back, while the roster stays.
//!
//! How often they return is the rate of breaks. When a shift begins everybody is there, and some time
//! later fewer are: the difference is the share who are on a break.

use super::observation::{NORMAL_95, Prepared, Uncertain};

/// The breaks of a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakFit {
    /// Breaks that an agent takes in an hour.
    pub per_hour: Uncertain,
    /// Mean length.
    pub mean_secs: Uncertain,
    /// Share of the agents who are on a break.
    pub share: Uncertain,
}

/// Staffed agents over some hours without a change of the roster.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    points: f64,
    sum: f64,
    /// Sums of the changes and of their squares.
    moved: f64,
    moved_squares: f64,
}

/// The breaks; `None` where agents hardly come back during a shift.
pub(super) fn breaks(history: &Prepared) -> Option<BreakFit> {
    let stretches = stretches(history);
    let hours = history.interval_secs / 3_600.0;
    // Of each change in both directions, the returns that are matched by leaves.
    let returns = |s: &Stretch| ((s.moved_squares - s.moved.abs()) / 2.0).max(0.0);
    let returns: f64 = stretches.iter().map(returns).sum();
    let agent_hours: f64 = stretches.iter().map(|s| s.sum * hours).sum();
    let per_hour = returns / agent_hours.max(1e-9);
    if returns < RETURNS_MIN || per_hour < PER_HOUR_MIN {
        return None;
    }
    let (share, share_error) = share_out(history, per_hour)?;
    let secs = share / (1.0 - share) / per_hour * 3_600.0;
    let within = |value: f64, error: f64| Uncertain {
        value,
        low: value / (1.0 + error),
        high: value * (1.0 + error),
    };
    let error = NORMAL_95 * share_error / share;
    let rate_error = NORMAL_95 * libm::sqrt(2.0 / returns) + BUSY_ERROR;
    Some(BreakFit {
        per_hour: within(per_hour, rate_error),
        mean_secs: within(secs, error + rate_error),
        share: Uncertain {
            value: share,
            low: (share - NORMAL_95 * share_error).max(0.0),
            high: (share + NORMAL_95 * share_error).min(SHARE_MAX),
        },
    })
}

/// Share of the agents who are on a break some time after a shift began with all of them, and its
/// standard error.
fn share_out(history: &Prepared, per_hour: f64) -> Option<(f64, f64)> {
    let (mut all, mut staffed, mut variance) = (0.0, 0.0, 0.0);
    let rows: Vec<(f64, f64)> = history
        .rows
        .iter()
        .filter_map(|row| Some((row.at_secs, row.counts?.logged_in?)))
        .collect();
    let mut before = 0.0;
    for (place, (at_secs, agents)) in rows.iter().enumerate() {
        let begins = before <= agents * RISE_FROM_MAX && *agents >= AGENTS_MIN;
        before = *agents;
        if !begins {
            continue;
        }
        let later = rows.get(place..).unwrap_or_default();
        let until = |secs: f64| later.iter().take_while(move |(at, _)| at - at_secs < secs);
        let most = until(SETTLE_SECS)
            .map(|(_, agents)| *agents)
            .fold(0.0, f64::max);
        let settled = later.iter().skip(until(SETTLE_SECS).count());
        let settled = settled.take_while(|(at, agents)| {
            at - at_secs < SETTLE_SECS + STRETCH_SECS
                && *agents > most * STAYS_MIN
                && *agents <= most
        });
        let (sum, count) = settled.fold((0.0, 0.0), |(sum, count), (_, agents)| {
            (sum + agents, count + 1.0)
        });
        let secs = count * history.interval_secs;
        if secs < SETTLE_SECS {
            continue;
        }
        let out = 1.0 - sum / count / most;
        let break_secs = (out / (1.0 - out) / per_hour * 3_600.0).max(60.0);
        all += most;
        staffed += sum / count;
        variance += most * out * (1.0 - out) * (break_secs / secs).min(1.0);
    }
    let share = 1.0 - staffed / all;
    (all > 0.0 && share > SHARE_MIN).then(|| (share, libm::sqrt(variance) / all))
}

/// Stretches between changes of the roster, at most two hours each, without their first half hour.
fn stretches(history: &Prepared) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut since: Option<f64> = None;
    let mut stretch = Stretch::default();
    for (row, before, after) in history.pairs() {
        let (Some(agents), Some(agents_before)) = (after.logged_in, before.logged_in) else {
            continue;
        };
        let moved = agents - agents_before;
        let is_change =
            moved.abs() > (agents * CHANGE_SHARE).max(CHANGE_MIN) || agents < AGENTS_MIN;
        let begin = *since.get_or_insert(row.at_secs);
        if is_change || row.at_secs - begin > SETTLE_SECS + STRETCH_SECS {
            end(&mut stretches, &mut stretch);
            // After a change the agents settle; after a long stretch the next one begins at once.
            since = Some(if is_change {
                row.at_secs
            } else {
                row.at_secs - SETTLE_SECS
            });
        } else if row.at_secs - begin >= SETTLE_SECS {
            stretch.points += 1.0;
            stretch.sum += agents;
            stretch.moved += moved;
            stretch.moved_squares += moved * moved;
        }
    }
    end(&mut stretches, &mut stretch);
    let long_enough = |s: &Stretch| s.points * history.interval_secs >= STRETCH_SECS / 2.0;
    stretches.retain(long_enough);
    stretches
}

fn end(stretches: &mut Vec<Stretch>, stretch: &mut Stretch) {
    let ended = std::mem::take(stretch);
    if ended.points > 0.0 {
        stretches.push(ended);
    }
}

const STRETCH_SECS: f64 = 7_200.0;
/// Time for the share on a break to settle after a shift begins.
const SETTLE_SECS: f64 = 1_800.0;
/// A larger change within an interval is one of the roster.
const CHANGE_SHARE: f64 = 0.15;
const CHANGE_MIN: f64 = 3.0;
/// Fewer agents tell nothing.
const AGENTS_MIN: f64 = 3.0;
/// Fewer returns are no breaks but a few late agents.
const RETURNS_MIN: f64 = 20.0;
const PER_HOUR_MIN: f64 = 0.05;
/// A break that is due waits for the end of the call: the rate seen is that much lower.
const BUSY_ERROR: f64 = 0.06;
/// A shift begins where at most this share of its agents was there before.
const RISE_FROM_MAX: f64 = 0.2;
/// Fewer than this share of the agents of its beginning are another shift.
const STAYS_MIN: f64 = 0.5;
/// A smaller share is no more than late agents.
const SHARE_MIN: f64 = 0.01;
/// No team has more of its agents out.
const SHARE_MAX: f64 = 0.6;
