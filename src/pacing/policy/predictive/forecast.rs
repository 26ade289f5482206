//! The estimates of `predictive`.

use serde::{Deserialize, Serialize};

use super::settings::Predictive;
use crate::base::units::UnixMillis;
use crate::pacing::policy::share::Share;
use crate::pacing::sample::Sample;

/// The estimates of `predictive`, kept between runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Forecast {
    /// Time of the last poll.
    pub(super) at: UnixMillis,
    /// Available agents at the last poll.
    pub(super) idle: f64,
    /// Agents in calls at the last poll, as reported or estimated.
    pub(super) busy: f64,
    /// Dial rate in force before the last poll, calls per minute.
    pub(super) rate_before: f64,
    /// Target of the last poll, calls per minute.
    pub(super) wanted: f64,
    /// Answered ÷ attempts, with the long memory.
    pub(super) answers: Share,
    /// Answered ÷ attempts, with the short memory.
    pub(super) last_answers: Share,
    /// Calls ended per agent-second in calls.
    pub(super) ends: Share,
    /// `D`: squared forecast error ÷ its expected variance.
    pub(super) dispersion: f64,
    /// `z`, in standard deviations.
    pub(super) reserve: f64,
    /// Abandoned ÷ live answers.
    pub(super) abandoned: Share,
    /// Mean live answers per interval.
    pub(super) live_mean: f64,
    /// Number of intervals with attempts or live answers.
    pub(super) learned: u32,
    /// Number of polls.
    pub(super) polls: u32,
    /// Fraction of the last target that its whole rate did not dial.
    pub(super) rest: f64,
    /// Number of consecutive polls without an available agent.
    pub(super) without_idle: u32,
    /// Abandoned calls that the aim allows for the answers so far, less those abandoned.
    #[serde(default)]
    pub(super) account: f64,
    /// Part of an interval for which calls still follow the rate before: its regression on changes of
    /// the rate.
    #[serde(default)]
    pub(super) late: Share,
}

impl Forecast {
    /// The estimates before the first poll, `sample`.
    pub(super) fn new(settings: &Predictive, sample: &Sample) -> Self {
        let idle = f64::from(sample.available_agents);
        let handle_secs = settings.handle_time.as_secs_f64().max(HANDLE_SECS_MIN);
        let live = sample.traffic.answered.map_or(0.0, f64::from);
        let in_calls = live * handle_secs / settings.secs();
        Self {
            at: sample.at,
            idle,
            busy: match settings.logged_in_agents {
                Some(agents) => (f64::from(agents) - idle).max(0.0),
                None => in_calls,
            },
            rate_before: 0.0,
            wanted: 0.0,
            answers: Share::new(ANSWER_RATE_FIRST, ANSWER_RATE_FIRST_ATTEMPTS),
            last_answers: Share::new(0.0, 0.0),
            ends: Share {
                part: HANDLE_TIME_FIRST_CALLS,
                whole: handle_secs * HANDLE_TIME_FIRST_CALLS,
            },
            dispersion: 1.0,
            reserve: settings.reserve_first(),
            abandoned: Share::new(0.0, 0.0),
            live_mean: 0.0,
            learned: 0,
            polls: 0,
            rest: 0.0,
            without_idle: 0,
            account: 0.0,
            late: Share::default(),
        }
    }

    /// `p`: answered ÷ attempts, within its bounds.
    pub(super) fn answer_rate(&self) -> f64 {
        self.answers.value().clamp(ANSWER_RATE_MIN, ANSWER_RATE_MAX)
    }
}

/// Answer rate before the first poll: high, since one that is too low makes people wait in vain.
/// Origin: `scripts/sensitivity ANSWER_RATE_FIRST`: at × 0.75 -0.01 occupied, +0.02 abandoned;
/// at × 1.33 +0.05 occupied, -0.00 abandoned (points).
const ANSWER_RATE_FIRST: f64 = 0.9;
/// Attempts that `ANSWER_RATE_FIRST` weighs as: few, so that the first poll outweighs it.
/// Origin: `scripts/sensitivity ANSWER_RATE_FIRST_ATTEMPTS`: at × 0.75 +0.01 occupied, -0.00 abandoned;
/// at × 1.33 -0.05 occupied, +0.01 abandoned (points).
const ANSWER_RATE_FIRST_ATTEMPTS: f64 = 3.0;
/// Lowest answer rate that is used, so that the rate stays finite.
/// Origin: a bound. `scripts/sensitivity ANSWER_RATE_MIN`: a quarter less or a third more changes
/// nothing in its six worlds.
const ANSWER_RATE_MIN: f64 = 0.01;
/// Highest answer rate that is used, so that the variance `p (1 − p)` stays above 0.
/// Origin: `scripts/sensitivity ANSWER_RATE_MAX`: at × 0.75 -0.02 occupied, +0.01 abandoned;
/// at × 1.33 +0.00 occupied, +0.00 abandoned (points).
const ANSWER_RATE_MAX: f64 = 0.99;
/// Calls that the set handle time weighs as, before it is measured.
/// Origin: `scripts/sensitivity HANDLE_TIME_FIRST_CALLS`: at × 0.75 -0.01 occupied, -0.01 abandoned;
/// at × 1.33 -0.06 occupied, +0.00 abandoned (points).
pub(super) const HANDLE_TIME_FIRST_CALLS: f64 = 10.0;
/// Shortest handle time that is used, s: no mean handle time is as short.
/// Origin: a bound. `scripts/sensitivity HANDLE_SECS_MIN`: a quarter less or a third more changes
/// nothing in its six worlds.
const HANDLE_SECS_MIN: f64 = 5.0;
