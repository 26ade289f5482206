//! A decision with its reason and evidence, as data; its sentence is its `Display`, in
//! `decision_text`.

use std::cmp::Ordering;
use std::fmt;

use super::band::Band;
use super::burst::Burst;
use super::ratio_basis::RatioCause;
use super::sample::{Abandonment, AbandonmentBasis, Ratio, Traffic};
use super::setpoint::{Setpoint, Unit};
use super::target::{Basis, Target};
use crate::base::units::UnixMillis;

/// The result of one step: action, reason and evidence.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a decision does nothing until a shell carries it out"]
pub struct Decision {
    /// The `now` of the step.
    pub at: UnixMillis,
    /// The action.
    pub action: Action,
    /// The reason.
    pub reason: Reason,
    /// Unit of the setpoints.
    pub unit: Unit,
    /// The setpoint last applied; `None` before the first.
    pub previous: Option<Setpoint>,
    /// The setpoint from now on; `None` where none was applied and none is to be.
    pub setpoint: Option<Setpoint>,
    /// The burst, where the setpoint is that of one.
    pub burst: Option<Burst>,
    /// The data that it rests on.
    pub evidence: Evidence,
    /// The reason in the platform's words, where it comes from there.
    pub detail: Option<String>,
}

impl Decision {
    /// True where this poll's answer rate is outside the band; `None` without an answer rate.
    #[must_use]
    pub fn is_outside_band(&self) -> Option<bool> {
        let tolerance = self.evidence.band.tolerance_margin.value();
        self.evidence
            .deviation
            .map(|deviation| deviation.abs() > tolerance)
    }

    /// How the dial rate compares with the target: greater where the minimum raised it, less where
    /// the maximum cut it. `None` where there is no target, or something else than a bound comes
    /// between.
    #[must_use]
    pub fn bounded(&self) -> Option<Ordering> {
        let target = self.evidence.target?;
        let is_direct = self.unit == Unit::CallsPerMinute
            && self.burst.is_none()
            && self.reason != Reason::Recovering;
        let rate = f64::from(self.dial_rate());
        rate.partial_cmp(&target.value.floor())
            .filter(|_| is_direct)
    }

    /// True where it orders less than before.
    #[must_use]
    pub fn lowers(&self) -> bool {
        self.order().is_some() && self.order() < self.previous
    }

    /// True where the decision needs results of calls, and none of them asked for it: without them it
    /// is a guess.
    #[must_use]
    pub fn rests_on_results(&self) -> bool {
        let basis = self.evidence.target.as_ref().map(|target| &target.basis);
        match basis {
            Some(Basis::Fixed) => false,
            Some(Basis::Ratio(basis)) if self.lowers() => {
                basis.cause != RatioCause::NoResults && basis.answered == 0
            }
            None => self.order().is_none(),
            Some(_) => true,
        }
    }

    /// The setpoint to be sent to the platform, if any.
    #[must_use]
    pub fn order(&self) -> Option<Setpoint> {
        self.setpoint.filter(|_| self.action != Action::Hold)
    }

    /// This decision under an operator's stop: the lever stands still, whatever was decided.
    pub fn held_by_operator(self) -> Self {
        let stands = self.previous == Some(Setpoint::Stopped);
        Self {
            action: if stands { Action::Hold } else { Action::Stop },
            reason: Reason::HeldByOperator,
            setpoint: Some(Setpoint::Stopped),
            burst: None,
            detail: None,
            ..self
        }
    }

    /// This decision where nobody may be called, because of `why`: the lever is no higher than
    /// `lowest`, and not raised. One whose position is unknown may have to be stopped all the same.
    pub(super) fn outside_hours(self, lowest: Setpoint, why: String) -> Self {
        let known = self.previous.into_iter().chain(self.setpoint).min();
        let setpoint = match lowest {
            Setpoint::Stopped => Some(Setpoint::Stopped),
            Setpoint::At(_) => known.map(|known| known.min(lowest)),
        };
        Self {
            action: match setpoint {
                stands if stands == self.previous => Action::Hold,
                Some(Setpoint::Stopped) => Action::Stop,
                _ => Action::Adjust,
            },
            reason: Reason::OutsideHours,
            setpoint,
            burst: None,
            detail: Some(why),
            ..self
        }
    }

    /// This decision, made without a poll, where somebody else raised the lever above `ours`: it
    /// goes back at least that far.
    pub fn back_to(self, ours: Setpoint) -> Self {
        if self.setpoint.is_some_and(|setpoint| setpoint <= ours) {
            return self;
        }
        Self {
            action: Action::Adjust,
            reason: Reason::ChangedElsewhere,
            setpoint: Some(ours),
            burst: None,
            detail: None,
            ..self
        }
    }

    /// This decision where the lever may not be moved: it is held.
    pub fn held_for(self, reason: Reason, detail: String) -> Self {
        Self {
            reason,
            detail: Some(detail),
            ..self.held()
        }
    }

    /// This decision where nothing is to be sent.
    pub fn held(self) -> Self {
        Self {
            action: Action::Hold,
            setpoint: self.previous,
            ..self
        }
    }

    /// This decision where the lever stands still only because of a stop that has ended: an
    /// operator's, or that of the time outside calling hours.
    pub fn started_at(self, setpoint: Setpoint) -> Self {
        Self {
            action: Action::Adjust,
            reason: Reason::RateDiffers,
            setpoint: Some(setpoint),
            detail: Some("started again, after dialpace stopped it".to_owned()),
            ..self
        }
    }

    /// This decision where the lever may be raised no further than to `reach` now.
    pub fn within_reach(self, reach: Setpoint) -> Self {
        match self.order() {
            Some(ordered) if ordered > reach && Some(ordered) > self.previous => Self {
                action: if self.previous == Some(reach) {
                    Action::Hold
                } else {
                    self.action
                },
                setpoint: Some(reach),
                ..self
            },
            _ => self,
        }
    }

    /// The dial rate last applied, calls per minute; 0 where it is stopped or none was applied.
    #[must_use]
    pub fn previous_dial_rate(&self) -> u32 {
        self.previous.map_or(0, Setpoint::steps)
    }

    /// The dial rate from now on, calls per minute; 0 where it is stopped or unknown.
    #[must_use]
    pub fn dial_rate(&self) -> u32 {
        self.setpoint.map_or(0, Setpoint::steps)
    }
}

/// The action that a decision asks of the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send the setpoint.
    Adjust,
    /// Send nothing.
    Hold,
    /// Send 0, because no agent was available over the whole window, an operator asked for it, or
    /// nobody may be called now.
    Stop,
    /// Send the safe rate, because no sample is left.
    Safe,
}

/// The reason of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The answer rate is outside the band around its threshold.
    OutsideBand,
    /// The policy's rate differs from the one last applied.
    RateDiffers,
    /// Inside the band, and the rate is the one last applied.
    Stable,
    /// Nothing was dialed in the interval, so the decision rests on the agents alone.
    QuietInterval,
    /// The whole window passed without an available agent.
    NoAgents,
    /// The state was lost, so this step may not raise the rate that the platform reported.
    Recovering,
    /// This poll failed; the window still holds samples.
    PollFailed,
    /// This poll failed, and the rate last applied is too high for a time without polls.
    Unseen,
    /// No sample is young enough.
    NoSamples,
    /// The poll failed, and the rate last applied is above the maximum that is set now.
    AboveMaximum,
    /// Somebody else moved the lever: it is held for a cycle, or, where the poll failed, goes back.
    ChangedElsewhere,
    /// An operator stopped the campaign, and nobody resumed it.
    HeldByOperator,
    /// Nobody may be called now, or from before the next poll on.
    OutsideHours,
    /// The calls of the interval are placed, so the burst ends.
    BurstOver,
    /// Too little is known to raise the lever.
    NotEnoughData,
    /// Moving the lever would change nothing, or is not allowed.
    NoAuthority,
    /// The platform accepted the position and did not take it.
    NotApplied,
    /// A change damaged other settings, and nobody resumed writing.
    WriteLatched,
}

/// The data that a decision rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Answer rate of this poll.
    pub answer_rate: Option<Ratio>,
    /// The band for the answer rate.
    pub band: Band,
    /// Answer rate − threshold.
    pub deviation: Option<f64>,
    /// Agents available in this poll.
    pub available_agents: Option<u32>,
    /// Further counts of this poll.
    pub traffic: Traffic,
    /// The abandonment rate as this poll told it.
    pub abandonment_told: Abandonment,
    /// Mean available agents over the window.
    pub available_mean: Option<f64>,
    /// Samples in the window.
    pub samples: usize,
    /// Samples in a full window.
    pub window: usize,
    /// The policy's target, before the guards and the bounds.
    pub target: Option<Target>,
}

impl Evidence {
    /// The abandonment rate: as it was told, or else as the policy expects it.
    #[must_use]
    pub fn abandonment(&self) -> Abandonment {
        let expected = match &self.target {
            Some(target) => target.basis.expected_abandonment(),
            None => None,
        };
        match (self.abandonment_told.rate, expected) {
            (None, Some(rate)) => Abandonment {
                rate: Some(rate),
                basis: AbandonmentBasis::Estimated,
            },
            _ => self.abandonment_told,
        }
    }
}

impl Action {
    /// The name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Adjust => "adjusted",
            Self::Hold => "held",
            Self::Stop => "stopped",
            Self::Safe => "safe",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Reason {
    /// The name of the reason, as one word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OutsideBand => "outside-band",
            Self::RateDiffers => "rate-differs",
            Self::Stable => "stable",
            Self::QuietInterval => "quiet-interval",
            Self::NoAgents => "no-agents",
            Self::Recovering => "recovering",
            Self::PollFailed => "poll-failed",
            Self::Unseen => "unseen",
            Self::NoSamples => "no-samples",
            Self::AboveMaximum => "above-maximum",
            Self::ChangedElsewhere => "changed-elsewhere",
            Self::HeldByOperator => "held-by-operator",
            Self::OutsideHours => "outside-hours",
            Self::BurstOver => "burst-over",
            Self::NotEnoughData => "not-enough-data",
            Self::NoAuthority => "no-authority",
            Self::NotApplied => "not-applied",
            Self::WriteLatched => "write-latched",
        }
    }
}
