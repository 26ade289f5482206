//! The counts of one interval, as reported or estimated.

use super::forecast::Forecast;
use super::settings::{Predictive, RESERVE_MAX, RESERVE_MIN};
use crate::pacing::sample::Sample;

/// The counts of one interval.
pub(super) struct IntervalCounts {
    pub(super) attempts: f64,
    pub(super) live: f64,
    pub(super) abandoned: f64,
    /// Length in intervals of the settings; `None` where it is too long to learn from.
    pub(super) length: Option<f64>,
}

impl Forecast {
    /// The counts since the last poll: those that the platform reports, and estimates of the others.
    pub(super) fn interval(
        &mut self,
        settings: &Predictive,
        sample: &Sample,
        rate: f64,
    ) -> IntervalCounts {
        let traffic = &sample.traffic;
        let elapsed = sample.at.0.saturating_sub(self.at.0);
        #[expect(clippy::cast_precision_loss, reason = "a time of milliseconds")]
        let length = elapsed as f64 / 1_000.0 / settings.secs();
        let attempts = match traffic.attempts {
            Some(attempts) => f64::from(attempts),
            None => rate * settings.secs() / 60.0,
        };
        let live = match (traffic.answered, sample.answer_rate) {
            (Some(answered), _) => f64::from(answered),
            (None, Some(answer_rate)) => attempts * answer_rate.value(),
            (None, None) => 0.0,
        };
        self.without_idle = match sample.available_agents {
            0 => self.without_idle.saturating_add(1),
            _ => 0,
        };
        let abandoned = match traffic.abandoned {
            Some(abandoned) => f64::from(abandoned),
            None if self.without_idle == 0 => 0.0,
            None => {
                let ends_per_sec = self.busy * self.ends.value();
                let polls = f64::from(self.without_idle.min(EMPTY_POLLS_MAX));
                let share = libm::exp(-ends_per_sec * EMPTY_POLL_WAIT_SECS);
                let part = self.empty_poll_part(settings, ends_per_sec);
                live * share.max(1.0 - libm::pow(EMPTY_POLL_BASE, polls)) * part
            }
        };
        IntervalCounts {
            attempts,
            live,
            abandoned,
            length: (length > 0.0 && length < LENGTH_MAX_INTERVALS).then_some(length),
        }
    }

    /// Part of the interval's answers that a poll without an available agent says something about.
    fn empty_poll_part(&self, settings: &Predictive, ends_per_sec: f64) -> f64 {
        let last_answers = EMPTY_POLL_PART + EMPTY_POLL_PART_PER_END * ends_per_sec;
        if !settings.front_load {
            return last_answers.min(1.0);
        }
        // A burst that bites late is answered until the poll.
        let late = (self.delay_secs(settings) / EMPTY_BURST_DELAY_SECS).min(1.0);
        let past_answers = EMPTY_BURST_PART * libm::exp(ends_per_sec * EMPTY_BURST_SECS);
        (past_answers + late * (last_answers - past_answers)).min(1.0)
    }

    /// The lowest learned `z`. Without a count of abandoned calls, agents who get free after the
    /// answers of a burst hide that there were none, so `z` may not fall for want of a sign.
    pub(super) fn reserve_min(&self, settings: &Predictive, sample: &Sample) -> f64 {
        if !settings.front_load || sample.traffic.abandoned.is_some() {
            return RESERVE_MIN;
        }
        let hidden_by = self.busy * self.ends.value() * EMPTY_BURST_SECS;
        let least = (hidden_by / HIDDEN_BY_AGENTS).min(HIDDEN_RESERVE_MAX);
        (settings.reserve_first() * least).clamp(RESERVE_MIN, RESERVE_MAX)
    }
}

/// Wait of a caller for whom no agent is free, s: half of the 2 s of patience, since the caller is on
/// average behind another.
/// Origin: `scripts/league`, in which `predictive-without-feed` keeps the limit with it. It has
/// no part where abandoned calls and staff are counted.
const EMPTY_POLL_WAIT_SECS: f64 = 1.0;
/// Highest share of live answers that met an agent where a poll finds none available; its n-th power
/// after n such polls.
/// Origin: `scripts/league`, in which `predictive-without-feed` keeps the limit with it. It has
/// no part where abandoned calls and staff are counted.
const EMPTY_POLL_BASE: f64 = 0.8;
/// Part of the interval's answers that a poll without an available agent says something about: the
/// last ones, and more of them where calls end more often.
/// Origin: a search in 15 worlds of a model of its own, confirmed on others.
const EMPTY_POLL_PART: f64 = 0.3;
/// The same, for each call that ends in a second.
const EMPTY_POLL_PART_PER_END: f64 = 0.5;
/// The same after a burst, where hardly any answers are left for the end of the interval.
const EMPTY_BURST_PART: f64 = 0.13;
/// Time from the last answers of a burst to the poll, s, in which agents who get free hide that there
/// were none.
const EMPTY_BURST_SECS: f64 = 5.5;
/// Delay from which on a burst is answered until the poll, s.
const EMPTY_BURST_DELAY_SECS: f64 = 10.0;
/// Agents who get free in that time for whom the lowest `z` is the first one.
const HIDDEN_BY_AGENTS: f64 = 3.0;
/// Highest lowest `z` ÷ first one.
const HIDDEN_RESERVE_MAX: f64 = 1.3;
/// Consecutive polls without an available agent that are counted: 0.8⁵⁰ is nearly 0 already.
/// Origin: `scripts/league`, in which `predictive-without-feed` keeps the limit with it. It has
/// no part where abandoned calls and staff are counted.
const EMPTY_POLLS_MAX: u32 = 50;
/// Longest interval that is learned from, in intervals of the settings: one poll may be missing.
/// Origin: a bound. `scripts/sensitivity LENGTH_MAX_INTERVALS`: a quarter less or a third more changes
/// nothing in its six worlds.
const LENGTH_MAX_INTERVALS: f64 = 2.5;
