//! The settings of `predictive`, and the `z` and the aim that follow from them.

use std::time::Duration;

use crate::pacing::burst;
use crate::pacing::sample::Ratio;

/// Settings of `predictive`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predictive {
    /// Time from one poll to the next.
    pub interval: Duration,
    /// Highest abandonment rate: abandoned ÷ live answers.
    pub abandonment_limit: Ratio,
    /// Staffed agents, where the platform does not report them; an upper bound.
    pub logged_in_agents: Option<u32>,
    /// Mean handle time until it is measured.
    pub handle_time: Duration,
    /// True where the calls of an interval are placed as a [burst](crate::pacing::Burst).
    pub front_load: bool,
}

impl Predictive {
    /// The abandonment rate to aim at. `counts_abandoned`: the platform counts abandoned calls.
    pub(super) fn aim(&self, counts_abandoned: bool) -> f64 {
        let share = if counts_abandoned {
            AIM_COUNTED
        } else {
            AIM_UNCOUNTED
        };
        (self.abandonment_limit.value() * share).max(AIM_MIN)
    }

    /// The first `z`, in standard deviations: that of a limit of 3 %, and for other limits along the
    /// tail of the normal distribution.
    pub(super) fn reserve_first(&self) -> f64 {
        let limits = self.abandonment_limit.value() / RESERVE_FIRST_LIMIT;
        let first = if self.front_load {
            RESERVE_FIRST_BURST
        } else {
            RESERVE_FIRST
        };
        let reserve = first - RESERVE_PER_LIMIT * libm::log(limits);
        reserve.clamp(RESERVE_MIN, RESERVE_MAX)
    }

    /// The part of a dial rate that is dialed, calls per minute: whole ones, or whole calls of a burst.
    pub(super) fn dialed(&self, rate: f64) -> f64 {
        if self.front_load {
            burst::whole_calls(rate, self.interval) * 60.0 / self.secs()
        } else {
            libm::floor(rate)
        }
    }

    /// The steps that a dial rate has, calls per minute: 1, or one call in an interval.
    pub(super) fn rate_step(&self) -> f64 {
        if self.front_load {
            60.0 / self.secs()
        } else {
            1.0
        }
    }

    /// Time in which the calls of an interval are placed, s.
    pub(super) fn placing_secs(&self) -> f64 {
        if self.front_load {
            self.secs() * burst::LENGTH
        } else {
            self.secs()
        }
    }

    /// Time from one poll to the next, s.
    pub(super) fn secs(&self) -> f64 {
        self.interval.as_secs_f64()
    }
}

/// Aim ÷ limit where abandoned calls are counted. Below 1, so that chance does not carry the long-run
/// rate over the limit.
/// Origin: `scripts/sensitivity AIM_COUNTED`: at × 0.75 -1.01 occupied, -0.55 abandoned;
/// at × 1.33 +0.87 occupied, +0.69 abandoned (points).
const AIM_COUNTED: f64 = 0.0285 / 0.03;
/// Aim ÷ limit where abandoned calls are estimated: lower, since the estimate is rough.
/// Origin: `scripts/league`, in which `predictive-without-feed` keeps the limit with it. It has
/// no part where abandoned calls and staff are counted.
const AIM_UNCOUNTED: f64 = 2.0 / 3.0;
/// Abandonment rate; an aim of 0 could be reached only by not dialing.
/// Origin: a bound. `scripts/sensitivity AIM_MIN`: a quarter less or a third more changes
/// nothing in its six worlds.
const AIM_MIN: f64 = 0.001;
/// Standard deviations at a limit of 3 %: agents are short in one interval of 10.3.
/// Origin: `scripts/sensitivity RESERVE_FIRST`: at × 0.75 +0.67 occupied, +0.52 abandoned;
/// at × 1.33 -1.13 occupied, -0.66 abandoned (points).
const RESERVE_FIRST: f64 = 1.3;
/// The same for bursts, of which less is still unknown at a poll.
/// Origin: a search of some 130 settings in eleven worlds with 5 to 50 agents, confirmed on others; so
/// are the other constants of bursts.
const RESERVE_FIRST_BURST: f64 = 1.2;
/// Abandonment limit for which `RESERVE_FIRST` was found: that of FTC and FCC.
/// Origin: `scripts/sensitivity RESERVE_FIRST_LIMIT`: at × 0.75 +0.18 occupied, +0.28 abandoned;
/// at × 1.33 -0.45 occupied, -0.25 abandoned (points).
const RESERVE_FIRST_LIMIT: f64 = 0.03;
/// Standard deviations by which the first `z` falls where the limit is e times higher: the tail of
/// the normal distribution.
/// Origin: a bound. `scripts/sensitivity RESERVE_PER_LIMIT`: a quarter less or a third more changes
/// nothing in its six worlds.
const RESERVE_PER_LIMIT: f64 = 0.55;
/// Standard deviations; lowest learned `z`, so that the rate keeps a reserve.
/// Origin: a bound. `scripts/sensitivity RESERVE_MIN`: a quarter less or a third more changes
/// nothing in its six worlds.
pub(super) const RESERVE_MIN: f64 = 0.25;
/// Standard deviations; highest learned `z`, so that dialing never ends for good.
/// Origin: a bound. `scripts/sensitivity RESERVE_MAX`: a quarter less or a third more changes
/// nothing in its six worlds.
pub(super) const RESERVE_MAX: f64 = 3.0;
