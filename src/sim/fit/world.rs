//! The scenario that the estimates describe.

use super::answer::AnswerFit;
use super::breaks::BreakFit;
use super::epochs::Epoch;
use super::handle::HandleFit;
use super::levels::{Level, When};
use super::observation::Uncertain;
use super::polls::PollFit;
use super::ring::RingFit;
use super::roster::{FittedShift, RosterFit};
use crate::sim::distribution::Distribution;
use crate::sim::scenario::{
    Agents, AnswerRate, Calls, ClockShift, ClockStep, ClockTime, Faults, LocalTime, Scenario,
    Shift, Step, Weekdays,
};

/// The parts that a scenario is made of.
pub(super) struct Estimates<'a> {
    pub(super) answer: &'a AnswerFit,
    pub(super) handle: &'a HandleFit,
    pub(super) roster: &'a RosterFit,
    pub(super) breaks: Option<&'a BreakFit>,
    pub(super) ring: Option<&'a RingFit>,
    pub(super) polls: &'a PollFit,
    /// Beginning and end of the history, on the campaign's clock.
    pub(super) span: (LocalTime, LocalTime),
    pub(super) is_typical: bool,
    /// Where the calls of a day like most others begin.
    pub(super) typical_start: Option<LocalTime>,
}

impl Estimates<'_> {
    /// The world over the whole history, with all epochs of the answer rate.
    pub(super) fn of_history(&self) -> Scenario {
        let mut scenario = self.world();
        let epochs = &self.answer.epochs;
        if epochs.len() < 2 {
            return scenario;
        }
        let base = self.answer.base.value;
        let start = scenario.start;
        let factor = |at_secs: f64| {
            let begun = |epoch: &&Epoch| secs(epoch.from.secs - start.secs) <= at_secs;
            let epoch = epochs.iter().rfind(begun).or(epochs.first());
            epoch.map_or(1.0, |epoch| epoch.rate / base)
        };
        let mut levels = scenario.answer_steps(scenario.hours * 3_600.0);
        let level = |levels: &[Step], at_secs: f64| {
            let last = levels.iter().rfind(|step| step.at_secs <= at_secs);
            last.map_or(1.0, |step| step.factor)
        };
        for epoch in epochs {
            let at_secs = secs(epoch.from.secs - start.secs).max(0.0);
            let factor = level(&levels, at_secs);
            levels.push(Step { at_secs, factor });
            levels.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
        }
        levels.dedup_by(|next, step| next.at_secs.total_cmp(&step.at_secs).is_eq());
        for step in &mut levels {
            step.factor *= factor(step.at_secs);
        }
        scenario.answer_rate.steps = levels;
        scenario.answer_rate.by_clock = Vec::new();
        scenario
    }

    /// The world over the whole history, with the levels of the answer rate that the scenario has.
    fn world(&self) -> Scenario {
        let (start, end) = self.span;
        let base = rounded(self.answer.base.value);
        let after = |when: When| match when {
            When::At(local) => secs(local.secs - start.secs).max(0.0),
            When::Clock(..) => 0.0,
        };
        let clock = |level: &Level| match level.from {
            When::Clock(days, at) => Some(ClockStep {
                days,
                at: ClockTime { secs: at },
                factor: rounded(level.rate.value / base),
            }),
            When::At(_) => None,
        };
        let step = |level: &Level| Step {
            at_secs: after(level.from),
            factor: rounded(level.rate.value / base),
        };
        let levels = match self.answer.levels.as_slice() {
            [_] => &[],
            levels => levels,
        };
        let (steps, by_clock) = if self.is_typical {
            (Vec::new(), levels.iter().filter_map(clock).collect())
        } else {
            (levels.iter().map(step).collect(), Vec::new())
        };
        let drift = self.answer.drift;
        let answer_rate = AnswerRate {
            base,
            drift_deviation: drift.map_or(0.0, |(deviation, _)| rounded(deviation.value)),
            drift_relaxation_secs: drift.map_or(RELAXATION_SECS, |(_, secs)| secs.value.round()),
            steps,
            by_clock,
            ..AnswerRate::default()
        };
        Scenario {
            start,
            hours: secs(end.secs - start.secs) / 3600.0,
            interval_secs: self.polls.interval_secs,
            calls: self.calls(),
            agents: self.agents(&after),
            answer_rate,
            faults: Faults {
                poll_failure: rounded(self.polls.failure.value),
                ..Faults::default()
            },
            ..Scenario::default()
        }
    }

    /// The scenario to simulate: a typical day or week, or the days themselves.
    pub(super) fn scenario(&self) -> Scenario {
        let mut scenario = self.world();
        if !self.is_typical {
            return scenario;
        }
        // The last interval, which may end at midnight.
        let end = self.span.1.plus(-self.polls.interval_secs / 2.0);
        let midnight = |day: i64| LocalTime {
            secs: day * DAY_SECS,
        };
        if self.by_weekday() {
            let monday = end.day() - i64::try_from(end.weekday()).unwrap_or(0);
            scenario.start = midnight(monday);
            scenario.hours = 168.0;
            return scenario;
        }
        let at = |shift: &FittedShift| match shift.from {
            When::Clock(_, secs) => i64::from(secs),
            When::At(local) => local.secs_of_day(),
        };
        let shifts = &self.roster.shifts;
        let first = shifts.iter().find(|shift| shift.count > 0.0).map_or(0, at);
        let last = shifts
            .iter()
            .rposition(|shift| shift.count > 0.0)
            .unwrap_or(0);
        // Calls after the last shift meet nobody, and no campaign dials them.
        let until = shifts.get(last + 1).map_or(DAY_SECS, at);
        let until = until.min(DAY_SECS);
        let begin = self.typical_start.unwrap_or_else(|| midnight(end.day()));
        // Nor are calls dialed as soon as somebody is there.
        let first = match begin.secs_of_day() {
            dialed if dialed < until => first.max(dialed),
            _ => first,
        };
        scenario.start = LocalTime {
            secs: midnight(begin.day()).secs + first,
        };
        scenario.hours = secs(until - first) / 3600.0;
        scenario
    }

    fn by_weekday(&self) -> bool {
        self.answer.by_weekday || self.roster.by_weekday
    }

    fn calls(&self) -> Calls {
        let mean = self.handle.mean_secs.value;
        let wrap_up = mean * WRAP_UP_SHARE;
        let talk = mean - wrap_up;
        let every_day = Weekdays::default();
        let step = |(at, factor): &(u32, Uncertain)| ClockStep {
            days: every_day,
            at: ClockTime { secs: *at },
            factor: rounded((factor.value * mean - wrap_up).max(0.0) / talk),
        };
        let default = Calls::default();
        let ring_out_secs = self.ring.map_or(default.ring_out_secs, |ring| {
            // The default, unless it can be told that it is another time.
            let answer_rate = self.answer.base.value;
            let attempt_secs = answer_rate * default.time_to_answer.mean_secs()
                + (1.0 - answer_rate) * default.ring_out_secs;
            if ring.attempt_secs.contains(attempt_secs) {
                default.ring_out_secs
            } else {
                ring.unanswered_secs.value
            }
        });
        Calls {
            ring_out_secs: (ring_out_secs * 10.0).round() / 10.0,
            talk: Distribution::Lognormal {
                mean_secs: rounded(talk),
                cv: 1.0,
            },
            wrap_up: Distribution::Exponential {
                mean_secs: rounded(wrap_up),
            },
            talk_by_clock: self.handle.by_hour.iter().map(step).collect(),
            ..default
        }
    }

    fn agents(&self, after: &dyn Fn(When) -> f64) -> Agents {
        let (mut roster, mut by_clock) = (Vec::new(), Vec::new());
        for shift in &self.roster.shifts {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of agents, from counts"
            )]
            let count = shift.count.max(0.0) as u32;
            match shift.from {
                When::Clock(days, at) => by_clock.push(ClockShift {
                    days,
                    at: ClockTime { secs: at },
                    count,
                }),
                from @ When::At(_) => roster.push(Shift {
                    from_secs: after(from),
                    count,
                }),
            }
        }
        let mut default = Agents::default();
        if let Some(breaks) = self.breaks {
            default.breaks_per_hour = rounded(breaks.per_hour.value);
            default.break_duration = Distribution::Fixed {
                mean_secs: breaks.mean_secs.value.round(),
            };
        }
        Agents {
            roster: if roster.is_empty() {
                default.roster
            } else {
                roster
            },
            by_clock,
            ..default
        }
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[expect(clippy::cast_precision_loss, reason = "seconds of some years")]
fn secs(secs: i64) -> f64 {
    secs as f64
}

const DAY_SECS: i64 = 86_400;
/// Share of wrap-up in the handle time, which counts do not show: that of the default scenario.
const WRAP_UP_SHARE: f64 = 1.0 / 7.0;
/// Relaxation time where there is no drift: the default.
const RELAXATION_SECS: f64 = 1_800.0;
