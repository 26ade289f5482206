//! One step of the pacer: state and a poll in, a decision out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::decision::{Action, Decision, Evidence, Reason};
use super::limits::{Limits, LimitsError};
use super::policy::{Forecast, Policy, Target};
use super::sample::Sample;
use super::window::Window;
use crate::base::units::UnixMillis;

/// Checked settings and a policy: all that a decision depends on besides state, poll and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Pacer {
    limits: Limits,
    policy: Policy,
}

/// All of the pacer that must outlive a process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PacerState {
    /// The dial rate last applied, in calls per minute; 0 before the first.
    pub dial_rate: u32,
    /// The last samples.
    pub window: Window,
    /// When a poll last succeeded; the first step, as long as none has.
    pub heard_at: Option<UnixMillis>,
    /// Set when an earlier state was lost: the next step on a good poll may not raise the rate.
    pub recovering: bool,
    /// What the predictive policy has learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Box<Forecast>>,
}

impl Pacer {
    /// Checks the settings once, for every step to come.
    pub fn new(limits: Limits, policy: Policy) -> Result<Self, LimitsError> {
        limits.check()?;
        policy.check(&limits)?;
        Ok(Self { limits, policy })
    }

    /// The settings.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Takes one poll in and decides. `poll` is `None` when the poll failed.
    ///
    /// The poll stays in the window whatever becomes of the decision; the rate in `state` does
    /// not change until the shell reports with [`PacerState::applied`] that it was applied.
    pub fn step(&self, state: &mut PacerState, poll: Option<Sample>, now: UnixMillis) -> Decision {
        if let Some(age_max) = self.limits.guards.max_sample_age {
            state.window.forget(now, age_max);
        }
        let heard_at = *state.heard_at.get_or_insert(now);
        let (action, reason, dial_rate, target) = match poll {
            Some(sample) => {
                state.heard_at = Some(now);
                state.window.admit(sample, self.limits.window);
                self.decide(state, sample)
            }
            None => self.decide_blind(state, now.distance(heard_at)),
        };
        if poll.is_some() {
            state.recovering = false;
        }
        let answer_rate = poll.and_then(|sample| sample.answer_rate);
        Decision {
            at: now,
            action,
            reason,
            previous_dial_rate: state.dial_rate,
            dial_rate,
            evidence: Evidence {
                answer_rate,
                sla_threshold: self.limits.sla_threshold,
                tolerance_margin: self.limits.tolerance_margin,
                deviation: answer_rate.map(|rate| self.deviation(rate.value())),
                available_agents: poll.map(|sample| sample.available_agents),
                traffic: poll.map(|sample| sample.traffic).unwrap_or_default(),
                available_mean: state.window.available_mean(),
                samples: state.window.len(),
                window: self.limits.window,
                target,
            },
        }
    }

    fn decide(&self, state: &mut PacerState, sample: Sample) -> Verdict {
        let current = state.dial_rate;
        let outside = sample
            .answer_rate
            .is_some_and(|rate| self.is_outside(rate.value()));
        let target = self.policy.target(&self.limits, state, &sample, outside);
        if self.limits.guards.stop_without_agents
            && state.window.without_agents(self.limits.window)
            && self.policy.sees_nobody(state, &sample)
        {
            let action = if outside || current != 0 {
                Action::Stop
            } else {
                Action::Hold
            };
            return (action, Reason::NoAgents, 0, None);
        }
        let wanted = self.limits.whole_rate(target.rate);
        let dial_rate = if state.recovering {
            wanted.min(current)
        } else {
            wanted
        };
        let (action, reason) = match (outside, dial_rate == current) {
            (true, _) => (Action::Adjust, Reason::OutsideBand),
            (false, false) => (Action::Adjust, Reason::RateDiffers),
            (false, true) => (Action::Hold, Reason::Stable),
        };
        let reason = if dial_rate == wanted {
            reason
        } else {
            Reason::Recovering
        };
        (action, reason, dial_rate, Some(target))
    }

    /// Without a poll the rate may fall, to the safe rate or to the maximum, and never rises.
    fn decide_blind(&self, state: &PacerState, silence: Duration) -> Verdict {
        let guards = &self.limits.guards;
        let current = state.dial_rate;
        let capped = current.min(self.limits.max_dial_rate);
        let gave_up = guards
            .max_sample_age
            .is_some_and(|age_max| state.window.is_empty() && silence > age_max);
        let ceiling = self.policy.ceiling_unseen(state);
        let sustained = ceiling.map_or(capped, |rate| capped.min(self.limits.whole_rate(rate)));
        let (action, reason, dial_rate) = match guards.safe_rate {
            Some(safe_rate) if gave_up => (Action::Safe, Reason::NoSamples, capped.min(safe_rate)),
            _ if capped < current => (Action::Adjust, Reason::AboveMaximum, capped),
            _ if gave_up => (Action::Hold, Reason::NoSamples, current),
            _ if sustained < current => (Action::Adjust, Reason::Unseen, sustained),
            _ => (Action::Hold, Reason::PollFailed, current),
        };
        let action = if dial_rate == current {
            Action::Hold
        } else {
            action
        };
        (action, reason, dial_rate, None)
    }

    fn deviation(&self, answer_rate: f64) -> f64 {
        answer_rate - self.limits.sla_threshold.value()
    }

    fn is_outside(&self, answer_rate: f64) -> bool {
        self.deviation(answer_rate).abs() > self.limits.tolerance_margin.value()
    }
}

impl PacerState {
    /// Records that the platform now dials at `dial_rate`.
    pub fn applied(&mut self, dial_rate: u32) {
        self.dial_rate = dial_rate;
    }
}

type Verdict = (Action, Reason, u32, Option<Target>);
