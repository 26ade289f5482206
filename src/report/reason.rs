//! The reason of a decision in a few words, for a narrow place.

use crate::pacing::Reason;

/// The reason, in at most 38 characters; `moved`: the lever is elsewhere for it.
pub(super) fn in_a_few_words(reason: Reason, moved: bool) -> &'static str {
    match reason {
        Reason::OutsideBand | Reason::RateDiffers if moved => {
            "it follows the agents and the answers"
        }
        Reason::OutsideBand => "answer rate is off its threshold",
        Reason::RateDiffers => "the agents available have changed",
        Reason::Stable => "nothing has changed",
        Reason::QuietInterval => "nothing was dialed; by agents alone",
        Reason::NoAgents => "no agent is available",
        Reason::Recovering => "the state was lost; not raised",
        Reason::PollFailed => "the poll failed; held",
        Reason::Unseen => "polls fail for long; safe rate",
        Reason::NoSamples => "polls fail, and nothing is known",
        Reason::AboveMaximum => "above the maximum that is set now",
        Reason::ChangedElsewhere => "somebody else changed it",
        Reason::HeldByOperator => "stopped, until dialpace resume",
        Reason::OutsideHours => "outside calling hours",
        Reason::BurstOver => "the calls of the interval are placed",
        Reason::NotEnoughData => "too few calls to judge by",
        Reason::NoAuthority => "a change would have no effect",
        Reason::NotApplied => "the last change did not take",
        Reason::WriteLatched => "latched off, until dialpace resume",
    }
}
