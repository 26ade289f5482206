//! Updates of the estimates by one poll.

use super::forecast::{Forecast, HANDLE_TIME_FIRST_CALLS};
use super::interval::IntervalCounts;
use super::settings::{Predictive, RESERVE_MAX};
use crate::pacing::sample::Sample;

impl Forecast {
    /// Updates all estimates. `rate` is the dial rate since the last poll, calls per minute.
    pub(super) fn learn(&mut self, settings: &Predictive, sample: &Sample, rate: f64) {
        let is_first = self.polls == 0;
        let idle = f64::from(sample.available_agents);
        let interval = self.interval(settings, sample, rate);
        if let Some(length) = interval.length.filter(|_| !is_first) {
            self.learn_dispersion(settings, idle, rate, length);
        }
        self.learn_delay(settings, sample, &interval, rate);
        self.learn_answer_rate(&interval);
        self.learn_agents(settings, sample, &interval, is_first);
        self.learn_reserve(settings, sample, &interval, rate);
        self.at = sample.at;
        self.idle = idle;
        self.polls = self.polls.saturating_add(1);
    }

    fn learn_dispersion(&mut self, settings: &Predictive, idle: f64, rate: f64, length: f64) {
        let secs = settings.secs() * length;
        let freed = self.busy * self.ends.value() * secs;
        let late = settings.late_at_poll_secs(secs);
        let calls = self.rate_before * late + rate * (secs - late);
        let answers = self.answer_rate() * calls / 60.0;
        let error = idle - (self.idle + freed - answers).max(0.0);
        let error_ratio =
            (error * error / (freed + answers + FORECAST_VARIANCE_MIN)).min(ERROR_RATIO_MAX);
        self.dispersion += (error_ratio - self.dispersion) / DISPERSION_MEMORY;
    }

    /// Attempts that end in an interval follow the rate of the interval before for as long as calls
    /// last and a change takes to bite, and the rate in force for the rest.
    fn learn_delay(
        &mut self,
        settings: &Predictive,
        sample: &Sample,
        interval: &IntervalCounts,
        rate: f64,
    ) {
        let is_whole = interval
            .length
            .is_some_and(|length| length < LENGTH_WHOLE_MAX);
        if self.polls < 2 || !is_whole || sample.traffic.attempts.is_none() {
            return;
        }
        let change = self.rate_before - rate;
        let follows = interval.attempts * 60.0 / settings.secs() - rate;
        let keep = 1.0 - 1.0 / LATE_MEMORY;
        self.late.add(keep, change * follows, change * change);
    }

    fn learn_answer_rate(&mut self, interval: &IntervalCounts) {
        let (live, attempts) = (interval.live, interval.attempts);
        // The memory counts answers, so that it spans more attempts where the answer rate is low.
        let answer_rate = self.answer_rate();
        let keep = |answers: f64| answers / (answers + attempts * answer_rate);
        self.answers.add(keep(ANSWERS_MEMORY), live, attempts);
        self.last_answers
            .add(keep(RECENT_ANSWERS_MEMORY), live, attempts);
        let (answer_rate, last) = (self.answers.value(), self.last_answers);
        let deviation =
            libm::sqrt(answer_rate * (1.0 - answer_rate).max(0.0) / last.whole.max(1.0));
        let off = last.value() - answer_rate;
        let has_jumped = off > JUMP_UP_Z * deviation || off < -JUMP_DOWN_Z * deviation;
        if last.whole > RECENT_ATTEMPTS_MIN && has_jumped {
            self.answers = last;
        }
    }

    /// Updates the agents in calls and, where staffed agents are reported, the handle time.
    fn learn_agents(
        &mut self,
        settings: &Predictive,
        sample: &Sample,
        interval: &IntervalCounts,
        is_first: bool,
    ) {
        let idle = f64::from(sample.available_agents);
        let length = interval.length.filter(|_| !is_first);
        let connected = (interval.live - interval.abandoned).max(0.0) * length.unwrap_or(1.0);
        if let Some(logged_in) = sample.traffic.logged_in {
            let busy = (f64::from(logged_in) - idle).max(0.0);
            if let Some(length) = length {
                let ended = connected - (busy - self.busy);
                let agent_secs = f64::midpoint(busy, self.busy) * settings.secs() * length;
                let keep = HANDLE_TIME_MEMORY / (HANDLE_TIME_MEMORY + ended.max(0.0));
                self.ends.add(keep, ended, agent_secs);
                self.ends.part = self.ends.part.max(HANDLE_TIME_FIRST_CALLS / 10.0);
            }
            self.busy = busy;
            return;
        }
        let Some(length) = length else {
            return;
        };
        let ended = idle - self.idle + connected;
        let expected = self.busy * self.ends.value() * settings.secs() * length;
        let busy = self.busy + connected - expected + BUSY_GAIN * (ended - expected);
        let at_most = settings
            .logged_in_agents
            .map_or(f64::INFINITY, |agents| f64::from(agents) - idle);
        self.busy = busy.min(at_most).clamp(0.0, AGENTS_MAX);
    }

    fn learn_reserve(
        &mut self,
        settings: &Predictive,
        sample: &Sample,
        interval: &IntervalCounts,
        rate: f64,
    ) {
        let (live, abandoned) = (interval.live, interval.abandoned);
        let aim = settings.aim(sample.traffic.abandoned.is_some());
        self.abandoned
            .add(1.0 - 1.0 / ABANDONED_MEMORY, abandoned, live);
        if interval.attempts > 0.0 || live > 0.0 {
            self.learned = self.learned.saturating_add(1);
            let memory = LIVE_MEMORY.min(f64::from(self.learned));
            self.live_mean += (live - self.live_mean) / memory;
        }
        let usual = self.abandoned_usual(aim);
        self.account = (self.account + aim * live - abandoned).min(usual * ACCOUNT_INTERVALS);
        let step = RESERVE_GAIN * (abandoned - aim * live) / usual;
        let was_clamped = rate + settings.rate_step() < self.wanted;
        if step > 0.0 || !was_clamped {
            let least = self.reserve_min(settings, sample);
            self.reserve = (self.reserve + step).clamp(least, RESERVE_MAX);
        }
    }
}

/// Agents²; least variance of the forecast of available agents, by which its squared error is divided.
/// Origin: `scripts/sensitivity FORECAST_VARIANCE_MIN`: at × 0.75 -0.03 occupied, -0.00 abandoned;
/// at × 1.33 -0.02 occupied, +0.00 abandoned (points).
const FORECAST_VARIANCE_MIN: f64 = 0.3;
/// Highest squared error ÷ variance of one interval: an error of 20 standard deviations.
/// Origin: a bound. `scripts/sensitivity ERROR_RATIO_MAX`: a quarter less or a third more changes
/// nothing in its six worlds.
const ERROR_RATIO_MAX: f64 = 400.0;
/// Intervals; memory of the dispersion.
/// Origin: `scripts/sensitivity DISPERSION_MEMORY`: at × 0.75 +0.01 occupied, +0.00 abandoned;
/// at × 1.33 -0.05 occupied, +0.01 abandoned (points).
const DISPERSION_MEMORY: f64 = 60.0;
/// Answers; memory of the answer rate.
/// Origin: `scripts/sensitivity ANSWERS_MEMORY`: at × 0.75 +0.03 occupied, -0.00 abandoned;
/// at × 1.33 +0.01 occupied, -0.00 abandoned (points).
const ANSWERS_MEMORY: f64 = 120.0;
/// Answers; memory of the recent answer rate, which shows a jump.
/// Origin: `scripts/sensitivity RECENT_ANSWERS_MEMORY`: at × 0.75 -0.03 occupied, +0.00 abandoned;
/// at × 1.33 -0.01 occupied, +0.00 abandoned (points).
const RECENT_ANSWERS_MEMORY: f64 = 18.0;
/// Attempts below which the recent answer rate shows no jump.
/// Origin: a bound. `scripts/sensitivity RECENT_ATTEMPTS_MIN`: a quarter less or a third more changes
/// nothing in its six worlds.
const RECENT_ATTEMPTS_MIN: f64 = 20.0;
/// Standard deviations by which the recent answer rate is above the other at a jump upwards, which
/// costs abandoned calls.
/// Origin: `scripts/sensitivity JUMP_UP_Z`: at × 0.75 -0.06 occupied, -0.01 abandoned;
/// at × 1.33 -0.01 occupied, +0.00 abandoned (points).
const JUMP_UP_Z: f64 = 3.0;
/// Standard deviations at a jump downwards, which costs only idle time.
/// Origin: a bound. `scripts/sensitivity JUMP_DOWN_Z`: a quarter less or a third more changes
/// nothing in its six worlds.
const JUMP_DOWN_Z: f64 = 4.0;
/// Calls; memory of the handle time.
/// Origin: `scripts/sensitivity HANDLE_TIME_MEMORY`: at × 0.75 +0.04 occupied, -0.01 abandoned;
/// at × 1.33 -0.09 occupied, +0.01 abandoned (points).
const HANDLE_TIME_MEMORY: f64 = 300.0;
/// Share of the difference between the calls that ended and those expected to end by which the
/// estimate of agents in calls moves: it follows in about ten minutes.
/// Origin: `scripts/league`, in which `predictive-without-feed` keeps the limit with it. It has
/// no part where abandoned calls and staff are counted.
const BUSY_GAIN: f64 = 0.3;
/// Agents; bounds the estimate of agents in calls where no number of staffed agents is set.
/// Origin: a bound. `scripts/sensitivity AGENTS_MAX`: a quarter less or a third more changes
/// nothing in its six worlds.
const AGENTS_MAX: f64 = 1e6;
/// Standard deviations by which `z` moves for one interval's abandoned calls above the aim, in units
/// of the usual ones: as fast as abandonment can be told from chance, about 350 intervals.
/// Origin: `scripts/sensitivity RESERVE_GAIN`: at × 0.75 +0.11 occupied, -0.00 abandoned;
/// at × 1.33 -0.07 occupied, +0.02 abandoned (points).
const RESERVE_GAIN: f64 = 0.0019;
/// Intervals; memory of the mean live answers per interval.
/// Origin: `scripts/sensitivity LIVE_MEMORY`: at × 0.75 -0.02 occupied, +0.02 abandoned;
/// at × 1.33 -0.06 occupied, +0.02 abandoned (points).
const LIVE_MEMORY: f64 = 100.0;
/// Intervals of the usual abandoned calls that the account can hold: it is for what was too many, not
/// a credit for later.
/// Origin: a search in 15 worlds of a model of its own, confirmed on others; so are the constants of
/// the account in `rate`.
const ACCOUNT_INTERVALS: f64 = 30.0;
/// Intervals; memory of the regression on changes of the rate.
/// Origin: the same search.
const LATE_MEMORY: f64 = 100.0;
/// Intervals of the settings; a longer one has lost polls and says nothing about a delay.
const LENGTH_WHOLE_MAX: f64 = 1.5;
/// Live answers per interval; least mean, by which a step of `z` is divided.
/// Origin: a bound. `scripts/sensitivity LIVE_MEAN_MIN`: a quarter less or a third more changes
/// nothing in its six worlds.
pub(super) const LIVE_MEAN_MIN: f64 = 0.3;
/// Intervals; memory of the abandonment rate that raises the `z` of the moment.
/// Origin: `scripts/sensitivity ABANDONED_MEMORY`: at × 0.75 -0.03 occupied, +0.02 abandoned;
/// at × 1.33 +0.03 occupied, +0.00 abandoned (points).
const ABANDONED_MEMORY: f64 = 30.0;
