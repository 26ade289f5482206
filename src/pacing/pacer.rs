//! One step of the pacer: from state and poll to a decision.

use std::time::Duration;

use super::burst::Burst;
use super::decision::{Action, Decision, Evidence, Reason};
use super::hours::CallingHours;
use super::limits::{Limits, LimitsError};
use super::policy::Policy;
use super::sample::Sample;
use super::setpoint::{Actuator, Setpoint, Unit};
use super::state::PacerState;
use super::target::Target;
use crate::base::units::UnixMillis;

/// Checked settings and a policy. A decision depends on these, the state, the poll and the time.
#[derive(Clone, Debug, PartialEq)]
pub struct Pacer {
    limits: Limits,
    policy: Policy,
    hours: Option<Box<CallingHours>>,
}

impl Pacer {
    /// Checks the settings and the policy's unit.
    pub fn new(limits: Limits, policy: Policy) -> Result<Self, LimitsError> {
        limits.check()?;
        policy.check(&limits)?;
        Ok(Self {
            limits,
            policy,
            hours: None,
        })
    }

    /// The same pacer, which keeps to these hours.
    #[must_use]
    pub fn keeping(self, hours: CallingHours) -> Self {
        Self {
            hours: Some(Box::new(hours)),
            ..self
        }
    }

    /// The hours that it keeps to, if any.
    #[must_use]
    pub fn hours(&self) -> Option<&CallingHours> {
        self.hours.as_deref()
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

    /// The same pacer for a shell that acts once in an interval, without bursts.
    #[must_use]
    pub fn evenly(&self) -> Self {
        Self {
            policy: self.policy.evenly(),
            ..self.clone()
        }
    }

    /// True where it asks for bursts.
    #[must_use]
    pub fn front_loads(&self) -> bool {
        self.policy.burst_interval().is_some()
    }

    /// This pacer with a lever that may not be raised above `ceiling`: its policy and its guards
    /// order nothing higher.
    #[must_use]
    pub fn bounded(&self, ceiling: Setpoint) -> Self {
        let mut bounded = self.clone();
        let Limits {
            actuator, guards, ..
        } = &mut bounded.limits;
        actuator.max = actuator.max.min(ceiling);
        actuator.min = actuator.min.min(ceiling);
        guards.safe = guards.safe.map(|safe| safe.min(ceiling));
        bounded
    }

    /// One [step](Self::step), whatever the hour.
    pub(super) fn step_at_any_hour(
        &self,
        state: &mut PacerState,
        poll: Option<Sample>,
        now: UnixMillis,
    ) -> Decision {
        if let Some(age_max) = self.limits.guards.max_sample_age {
            state.window.forget(now, age_max);
        }
        let heard_at = *state.heard_at.get_or_insert(now);
        let verdict = match &poll {
            Some(sample) => {
                state.heard_at = Some(now);
                state.window.admit(*sample, self.limits.window);
                self.decide(state, sample, now)
            }
            None => self.decide_blind(state, now.distance(heard_at)),
        };
        if poll.is_some() {
            state.recovering = false;
        }
        state.burst = state.open_burst(state.applied);
        self.decision(state, poll.as_ref(), now, verdict)
    }

    /// A decision to lower the lever to `setpoint`, by an operator or because a burst is over;
    /// `previous` is the highest setpoint that may be in force. Nothing enters the window.
    pub fn lowering(
        &self,
        state: &PacerState,
        previous: Option<Setpoint>,
        setpoint: Setpoint,
        reason: Reason,
        now: UnixMillis,
    ) -> Decision {
        let verdict = Verdict {
            action: match setpoint {
                _ if reason == Reason::BurstOver => Action::Adjust,
                Setpoint::Stopped => Action::Stop,
                Setpoint::At(_) => Action::Safe,
            },
            reason,
            setpoint: Some(setpoint),
            burst: None,
            target: None,
        };
        Decision {
            previous,
            ..self.decision(state, None, now, verdict)
        }
    }

    fn decision(
        &self,
        state: &PacerState,
        poll: Option<&Sample>,
        now: UnixMillis,
        verdict: Verdict,
    ) -> Decision {
        let answer_rate = poll.and_then(|sample| sample.answer_rate);
        Decision {
            at: now,
            action: verdict.action,
            reason: verdict.reason,
            unit: self.limits.actuator.unit,
            previous: state.applied,
            setpoint: verdict.setpoint,
            burst: verdict.burst,
            evidence: Evidence {
                answer_rate,
                band: self.limits.band,
                deviation: answer_rate.map(|rate| self.deviation(rate.value())),
                available_agents: poll.map(|sample| sample.available_agents),
                traffic: poll.map(|sample| sample.traffic).unwrap_or_default(),
                abandonment_told: poll.map(|sample| sample.abandonment).unwrap_or_default(),
                available_mean: state.window.available_mean(),
                samples: state.window.len(),
                window: self.limits.window,
                target: verdict.target,
            },
            detail: None,
        }
    }

    fn decide(&self, state: &mut PacerState, sample: &Sample, now: UnixMillis) -> Verdict {
        let outside = sample
            .answer_rate
            .is_some_and(|rate| self.is_outside(rate.value()));
        let target = self.policy.target(&self.limits, state, sample, outside);
        if self.limits.guards.stop_without_agents
            && state.window.without_agents(self.limits.window)
            && self.policy.has_no_staff(state, sample)
        {
            return self.without_agents(state, outside);
        }
        let wanted = self.limits.actuator.quantise(target.value);
        let setpoint = if state.recovering {
            wanted.min(state.applied.unwrap_or(Setpoint::Stopped))
        } else {
            wanted
        };
        let is_held_back = setpoint != wanted;
        let burst = self.burst(state, target.value, now);
        let setpoint = match burst {
            Some(burst) => burst.rate,
            None if self.policy.has_no_call(target.value) => setpoint.min(self.limits.actuator.min),
            None => setpoint,
        };
        let outside = outside && self.sends_unchanged();
        let stands = state.applied == Some(setpoint) && burst.is_none();
        let (action, reason) = match (outside, stands) {
            (true, _) => (Action::Adjust, Reason::OutsideBand),
            (false, false) => (Action::Adjust, Reason::RateDiffers),
            (false, true) => (Action::Hold, Reason::Stable),
        };
        Verdict {
            action,
            reason: match sample.answer_rate {
                _ if is_held_back => Reason::Recovering,
                None if self.limits.actuator.unit == Unit::CallsPerMinute => Reason::QuietInterval,
                _ => reason,
            },
            setpoint: Some(setpoint),
            burst,
            target: Some(target),
        }
    }

    /// The burst for a target, where the policy asks for one. After a burst that could not be ended the
    /// interval has none.
    fn burst(&self, state: &PacerState, target: f64, now: UnixMillis) -> Option<Burst> {
        let interval = self.policy.burst_interval()?;
        let Actuator { min, max, .. } = self.limits.actuator;
        let bounds = (f64::from(min.steps()), f64::from(max.steps()));
        let rate = target.max(bounds.0).min(bounds.1);
        let may = !state.recovering && state.open_burst(state.applied).is_none();
        Burst::new(rate, interval, max, now).filter(|_| may)
    }

    /// Stops the dialing. A dialer that dials by itself calls nobody without agents, so that it is
    /// enough to lower its ratio to the minimum.
    fn without_agents(&self, state: &PacerState, outside: bool) -> Verdict {
        let min = self.limits.actuator.min;
        let (action, setpoint) = match (self.limits.actuator.unit, state.applied) {
            (Unit::CallsPerMinute, _) => (Action::Stop, Setpoint::Stopped),
            (Unit::CallsPerAgent, Some(applied)) => (Action::Adjust, applied.min(min)),
            (Unit::CallsPerAgent, None) if state.recovering => (Action::Adjust, Setpoint::Stopped),
            (Unit::CallsPerAgent, None) => (Action::Adjust, min),
        };
        let stands = state.applied == Some(setpoint) && !(outside && self.sends_unchanged());
        Verdict {
            action: if stands { Action::Hold } else { action },
            reason: Reason::NoAgents,
            setpoint: Some(setpoint),
            burst: None,
            target: None,
        }
    }

    /// True where an unchanged setpoint is sent while the answer rate is outside the band.
    fn sends_unchanged(&self) -> bool {
        self.limits.actuator.unit == Unit::CallsPerMinute
    }

    /// Decides without a poll: the setpoint may fall, to the safe one, the maximum or the policy's
    /// ceiling, and never rises. An unknown one stays, since nothing is known to be lower.
    fn decide_blind(&self, state: &PacerState, silence: Duration) -> Verdict {
        let gave_up = self
            .limits
            .guards
            .max_sample_age
            .is_some_and(|age_max| state.window.is_empty() && silence > age_max);
        let stays = |reason| Verdict {
            action: Action::Hold,
            reason,
            setpoint: state.applied,
            burst: None,
            target: None,
        };
        let reason = if gave_up {
            Reason::NoSamples
        } else {
            Reason::PollFailed
        };
        let Some(current) = state.applied else {
            return stays(reason);
        };
        let actuator = &self.limits.actuator;
        let capped = current.min(actuator.max);
        let ceiling = self.policy.ceiling_without_poll(state);
        let sustained = ceiling.map_or(capped, |value| capped.min(actuator.quantise(value)));
        let (action, reason, setpoint) = match self.limits.guards.safe {
            Some(safe) if gave_up => (Action::Safe, Reason::NoSamples, capped.min(safe)),
            _ if capped < current => (Action::Adjust, Reason::AboveMaximum, capped),
            _ if gave_up => return stays(reason),
            _ if sustained < current => (Action::Adjust, Reason::Unseen, sustained),
            _ => return stays(reason),
        };
        if setpoint == current {
            return stays(reason);
        }
        Verdict {
            action,
            reason,
            setpoint: Some(setpoint),
            burst: None,
            target: None,
        }
    }

    fn deviation(&self, answer_rate: f64) -> f64 {
        answer_rate - self.limits.band.sla_threshold.value()
    }

    fn is_outside(&self, answer_rate: f64) -> bool {
        self.deviation(answer_rate).abs() > self.limits.band.tolerance_margin.value()
    }
}

/// The part of a [`Decision`] that one step chooses.
#[derive(Clone, Copy)]
struct Verdict {
    action: Action,
    reason: Reason,
    setpoint: Option<Setpoint>,
    burst: Option<Burst>,
    target: Option<Target>,
}
