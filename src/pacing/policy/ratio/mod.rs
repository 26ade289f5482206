//! `ratio`: calls per agent for a dialer that dials by itself, abandonment held under a limit.
//!
//! # The account
//!
//! The dialer keeps `ratio × available agents` calls ringing and decides at every event; the policy
//! only says how many. It keeps an account of abandoned calls. Each report adds
//! `aim × live answers − abandoned`, the aim being 0.96 of the limit: while the account is not
//! overdrawn, abandonment is at most the aim, whatever the world is like. It is spent on a higher
//! ratio: what counts in the long run is how much time each ratio has, so that two whole numbers in
//! turn are worth what lies between them.
//!
//! * Calls may be reported late. What was answered in the last quarter of an hour is therefore
//!   charged as expected besides, as if none of it had been reported. If it had, this only makes the
//!   turns shorter.
//! * Lower by one step as soon as the account is overdrawn: by 0.1 calls or, at a ratio that is
//!   expected to abandon less than twice the aim, by what the difference makes up for in an hour. A
//!   step further down would make up for it sooner, but at a cost of many idle agents. It may not
//!   where more than twice the aim was abandoned in the last quarter of an hour, beyond doubt.
//! * Raise by one step when the account holds what four minutes at the next ratio are expected to
//!   cost more than the aim. The present ratio must be expected to abandon at most 1.2 times the
//!   aim: where both lie above it, the lower one and the one below do better in turn.
//! * A raise needs two polls in a row, a time since the last change, and a budget of changes that
//!   leaves room to take the ratio all the way down. It is better made while more agents than
//!   usual are available: the first calls at the new ratio then meet more of them.
//! * No result for 20 minutes: the lowest ratio. Before the first one, for as long at most, the mean
//!   number of available agents says what can be expected.
//!
//! The account holds no more than the next raise costs and ten minutes of the aim, so that a good
//! morning does not pay for a bad half hour, and owes no more than two hours of it.
//!
//! # What is expected
//!
//! [`model`] has abandonment at a ratio as a function of the answer rate and of the agents who end
//! a call within a ring; both are estimated. What was reported ÷ what was expected, with a memory of
//! 50 abandoned calls, corrects it: machines passed to agents, short patience, another ring.
//!
//! # Origin of the constants
//!
//! About 150 settings were tried in 21 worlds of a model of the dialer that was written apart, with 5 to
//! 200 agents. What stood was confirmed once in 15 worlds that had no part in the search: other
//! answer rates, handle times, rings and patience, teams that grow, delays, outages, bursts. The
//! search is flat: `scripts/sensitivity --policy ratio` moves each constant by a quarter down and a
//! third up, and none but the share of the limit that is aimed at moves occupancy by more than 0.2
//! points or abandonment by more than 0.1. So a constant here is a round number near the middle of
//! what does as well.

mod allowance;
mod model;
mod rungs;
mod settings;

use crate::base::units::UnixMillis;
use crate::pacing::ratio_basis::{RatioBasis, RatioCause};
use crate::pacing::sample::Sample;
use crate::pacing::setpoint::{Actuator, Setpoint};
use crate::pacing::target::{Basis, Target};
use crate::pacing::window::Window;
use allowance::Outlook;

pub use allowance::Allowance;
pub use settings::RatioSettings;

/// The ratio in force and the next higher one, with what they are expected to abandon.
struct Steps {
    /// The number of steps above the lowest ratio.
    place: usize,
    lowest: u32,
    lower: u32,
    here: u32,
    higher: Option<u32>,
    expected_here: f64,
    expected_higher: f64,
    aim: f64,
    answers_per_min: f64,
}

impl Allowance {
    /// Updates the account by a poll and computes the target. `applied` is in force since the poll
    /// before.
    pub(super) fn next(
        known: &mut Option<Box<Self>>,
        settings: &RatioSettings,
        actuator: &Actuator,
        window: &Window,
        sample: &Sample,
        applied: Option<Setpoint>,
    ) -> Target {
        let allowance = known.get_or_insert_with(|| Box::new(Self::new(settings, sample)));
        let rungs = rungs::rungs(settings.lever, actuator);
        let place = rungs::place(&rungs, applied);
        let at = |place: usize| rungs.get(place).copied();
        let here = at(place).unwrap_or(actuator.min.steps());
        allowance.note_change(applied);
        let outlook = allowance.learn(settings, sample, window, here);
        let steps = Steps::new(settings, &outlook, place, here, at);
        allowance.bound(&steps);
        let (ratio, cause) = allowance.decide(settings, window, sample, &steps);
        if Some(ratio) != applied.map(Setpoint::steps) {
            allowance.writes.push(sample.at);
        }
        let sum = |count: fn(&allowance::RecentInterval) -> u32| {
            let counts = allowance.recent.iter().map(count);
            counts.fold(0, u32::saturating_add)
        };
        Target {
            value: f64::from(ratio) / 100.0,
            basis: Basis::Ratio(RatioBasis {
                answered: sum(|interval| interval.answered),
                abandoned: sum(|interval| interval.abandoned),
                allowance: allowance.expected_calls(),
                aim: steps.aim,
                expected: steps.expected_here,
                next: steps.higher.map_or(0.0, |ratio| f64::from(ratio) / 100.0),
                next_expected: steps.expected_higher,
                cause,
            }),
        }
    }

    /// Notes the time since which another setpoint has been applied.
    fn note_change(&mut self, applied: Option<Setpoint>) {
        if self.applied.is_some() && applied != self.applied {
            self.changed_at = Some(self.at);
        }
        self.applied = applied;
    }

    /// Bounds the account.
    fn bound(&mut self, steps: &Steps) {
        let aim_per_min = steps.aim * steps.answers_per_min;
        let unreported = self.unreported_calls();
        let most = steps.raise_cost().max(0.0) + aim_per_min * SAVED_MINS - unreported;
        let least = -aim_per_min * OWED_MINS;
        self.calls = self.calls.min(most.max(SAVED_MIN)).max(least);
    }

    fn decide(
        &mut self,
        settings: &RatioSettings,
        window: &Window,
        sample: &Sample,
        steps: &Steps,
    ) -> (u32, RatioCause) {
        let now = sample.at;
        let calls = self.expected_calls();
        let silence = now.distance(self.heard_at).as_secs_f64();
        if steps.place > 0 && silence > SILENCE_SECS {
            self.agreed = 0;
            return (steps.lowest, RatioCause::NoResults);
        }
        let overdraft = if self.is_beyond_doubt(steps.aim) {
            CALLS_MIN
        } else {
            steps.overdraft(settings)
        };
        if steps.place > 0 && calls < -overdraft {
            self.agreed = 0;
            return (steps.lower, RatioCause::Overdrawn);
        }
        let (Some(higher), true) = (steps.higher, steps.can_afford(calls)) else {
            self.agreed = 0;
            return (steps.here, RatioCause::Within);
        };
        self.agreed = self.agreed.saturating_add(1);
        if let Some(cause) = self.reason_to_wait(settings, window, sample, steps) {
            return (steps.here, cause);
        }
        self.agreed = 0;
        (higher, RatioCause::Raised)
    }

    /// True where more than twice the aim is abandoned, beyond doubt, in what the last quarter of an
    /// hour reported.
    fn is_beyond_doubt(&self, aim: f64) -> bool {
        let recent = self.recent.iter();
        let sums = recent.fold((0.0, 0.0), |sums, interval| {
            let (answered, abandoned) = (interval.answered, interval.abandoned);
            (sums.0 + f64::from(answered), sums.1 + f64::from(abandoned))
        });
        let twice = OVERDRAFT_AIMS * aim * sums.0;
        sums.1 > twice + DOUBT_Z * libm::sqrt(twice + DOUBT_VARIANCE_MIN)
    }

    /// The reason for which a raise that can be afforded has to wait.
    fn reason_to_wait(
        &mut self,
        settings: &RatioSettings,
        window: &Window,
        sample: &Sample,
        steps: &Steps,
    ) -> Option<RatioCause> {
        let now = sample.at;
        let since = |at: UnixMillis| now.distance(at).as_secs_f64();
        self.writes.retain(|at| since(*at) < HOUR_SECS);
        if self.agreed < AGREED_MIN {
            return Some(RatioCause::FirstPoll);
        }
        let dwell = settings.raise_dwell.as_secs_f64();
        if self.changed_at.is_some_and(|at| since(at) < dwell) {
            return Some(RatioCause::Dwell);
        }
        // This raise, and each step down again.
        let needed = self.writes.len() + 1 + steps.place + 1;
        if needed > settings.writes_per_hour as usize {
            return Some(RatioCause::Budget);
        }
        let usual = window.available_mean().unwrap_or(0.0) + MORE_THAN_USUAL;
        let is_few = window.len() > 1 && f64::from(sample.available_agents) < usual;
        let is_costly = steps.expected_higher > steps.aim;
        (is_costly && is_few && self.agreed < AGREED_MAX).then_some(RatioCause::FewAvailable)
    }
}

impl Steps {
    fn new(
        settings: &RatioSettings,
        outlook: &Outlook,
        place: usize,
        here: u32,
        at: impl Fn(usize) -> Option<u32>,
    ) -> Self {
        let higher = at(place + 1);
        Self {
            place,
            lowest: at(0).unwrap_or(here),
            lower: at(place.saturating_sub(1)).unwrap_or(here),
            here,
            higher,
            expected_here: outlook.expected(settings, here),
            expected_higher: higher.map_or(0.0, |ratio| outlook.expected(settings, ratio)),
            aim: settings.aim(),
            answers_per_min: outlook.answers_per_min,
        }
    }

    /// Abandoned calls by which the account may be overdrawn at this ratio.
    fn overdraft(&self, settings: &RatioSettings) -> f64 {
        let made_up_per_min =
            (OVERDRAFT_AIMS * self.aim - self.expected_here).max(0.0) * self.answers_per_min;
        CALLS_MIN + made_up_per_min * settings.work_off_mins()
    }

    /// Abandoned calls that the account must hold before a raise; below 0 where it would make up for
    /// some.
    fn raise_cost(&self) -> f64 {
        let per_min = (self.expected_higher - self.aim) * self.answers_per_min;
        if self.higher.is_none() {
            0.0
        } else if per_min > 0.0 {
            (per_min * RAISED_MINS).max(CALLS_MIN)
        } else {
            per_min * MADE_UP_MINS
        }
    }

    fn can_afford(&self, calls: f64) -> bool {
        calls >= self.raise_cost() && self.expected_here <= HERE_AIMS * self.aim
    }
}

/// Abandoned calls, below which an account is neither overdrawn nor worth spending.
const CALLS_MIN: f64 = 0.1;
/// Aims; a ratio that is expected to abandon less may make up for an overdrawn account.
const OVERDRAFT_AIMS: f64 = 2.0;
/// Standard deviations beyond which there is no doubt.
const DOUBT_Z: f64 = 3.0;
/// Abandoned calls²; keeps a single one doubtful.
const DOUBT_VARIANCE_MIN: f64 = 0.25;
/// Minutes at the next ratio that the account must be able to pay.
const RAISED_MINS: f64 = 4.0;
/// Minutes in which the next ratio must make up for an overdrawn account, where it abandons less than
/// the aim.
const MADE_UP_MINS: f64 = 30.0;
/// Aims; a ratio that is expected to abandon more is not raised.
const HERE_AIMS: f64 = 1.2;
/// Minutes of the aim that the account can hold besides the cost of the next raise.
const SAVED_MINS: f64 = 10.0;
/// Abandoned calls that it can hold in any case.
const SAVED_MIN: f64 = 1.5;
/// Minutes of the aim that it can owe.
const OWED_MINS: f64 = 120.0;
/// Available agents above the mean of the window at which a costly raise is made.
const MORE_THAN_USUAL: f64 = 0.5;
/// Consecutive polls that must ask for a raise: the windows that end at two successive summaries.
const AGREED_MIN: u32 = 2;
/// Consecutive polls after which a raise waits no longer for more available agents.
const AGREED_MAX: u32 = 20;
/// Time without a report of calls after which the ratio falls to the lowest, s: the quarter of an hour
/// that a report may take, and a third.
const SILENCE_SECS: f64 = 1_200.0;
const HOUR_SECS: f64 = 3_600.0;
