//! The reason of a decision in a few words, for the board and for the line of a cycle.

use std::cmp::Ordering;

use crate::pacing::{Basis, Decision, RatioCause, Reason};

/// The reason, in at most 38 characters; `moved`: the lever is elsewhere for it.
pub(super) fn in_a_few_words(decision: &Decision, moved: bool) -> &'static str {
    let basis = decision.evidence.target.as_ref().map(|it| &it.basis);
    match decision.reason {
        Reason::RateDiffers if decision.detail.is_some() => "started again by dialpace",
        Reason::OutsideBand | Reason::RateDiffers | Reason::Stable => match basis {
            Some(Basis::Ratio(basis)) => cause(basis.cause, basis.next),
            Some(basis) if moved => bound(decision).unwrap_or_else(|| followed(basis)),
            _ if decision.reason == Reason::OutsideBand => "answer rate is off its threshold",
            _ => "nothing has changed",
        },
        Reason::QuietInterval => match basis {
            Some(Basis::Fixed) => "nothing was dialed; the fixed value",
            _ => "nothing dialed, so by the agents alone",
        },
        Reason::NoAgents => "no agent is available",
        Reason::Recovering => "the state was lost, so not raised",
        Reason::PollFailed => "the poll failed, so it stays",
        Reason::Unseen => "the poll failed, so lowered to be safe",
        Reason::NoSamples => "too long without a good poll",
        Reason::AboveMaximum => "above the maximum that is set now",
        Reason::ChangedElsewhere => "somebody else changed it",
        Reason::HeldByOperator => "by an operator, until dialpace resume",
        Reason::OutsideHours => "outside calling hours",
        Reason::BurstOver => "the calls of the interval are placed",
        Reason::NotEnoughData => "too few calls to judge by",
        Reason::NoAuthority => "a change would have no effect",
        Reason::NotApplied => "the last change did not take",
        Reason::WriteLatched => "writing is off, until dialpace resume",
    }
}

/// What a policy's target follows.
fn followed(basis: &Basis) -> &'static str {
    match basis {
        Basis::Capacity { .. } => "it follows the available agents",
        Basis::Compensated { .. } => "it follows the agents and the answers",
        Basis::Fixed => "the fixed value",
        Basis::Predictive { .. } | Basis::Ratio(_) => "as many answers as agents will be free",
    }
}

/// The bound that changed the target, if one did.
fn bound(decision: &Decision) -> Option<&'static str> {
    match decision.bounded()? {
        Ordering::Greater => Some("it is the lowest rate allowed"),
        Ordering::Less => Some("it is the highest rate allowed"),
        Ordering::Equal => None,
    }
}

/// What decides on a dial ratio; `next` is the next higher one, or 0.
fn cause(cause: RatioCause, next: f64) -> &'static str {
    match cause {
        RatioCause::Within if next > 0.0 => "a higher one would abandon too many",
        RatioCause::Within => "it is the highest ratio allowed",
        RatioCause::Overdrawn => "this one may abandon too many",
        RatioCause::NoResults => "no calls reported for 20 min",
        RatioCause::Raised => "few enough calls are abandoned",
        RatioCause::FirstPoll => "a raise waits for a second poll",
        RatioCause::Dwell => "a raise waits, the last is too recent",
        RatioCause::Budget => "a raise waits, too many changes",
        RatioCause::FewAvailable => "a raise waits for available agents",
    }
}
