//! The sentence of a decision: its reason with its figures.

use std::cmp::Ordering;
use std::fmt;

use super::decision::{Decision, Evidence, Reason};
use super::setpoint::{Setpoint, Unit};

impl fmt::Display for Decision {
    /// Writes the reason with its figures, as one clause.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let evidence = &self.evidence;
        let lever = match self.unit {
            Unit::CallsPerMinute => "rate",
            Unit::CallsPerAgent => "ratio",
        };
        if let Some(detail) = &self.detail {
            return f.write_str(detail);
        }
        match self.reason {
            Reason::RateDiffers | Reason::Stable if self.unit == Unit::CallsPerAgent => {
                write!(f, "{}", ChangeOf(self))
            }
            Reason::OutsideBand => write!(f, "{}, {}", AnswerRateText(evidence), TargetOf(self)),
            Reason::RateDiffers | Reason::QuietInterval => {
                write!(f, "{}, {}", TargetOf(self), AnswerRateText(evidence))
            }
            Reason::Stable => write!(
                f,
                "pacing stable: {}, {}",
                AnswerRateText(evidence),
                TargetOf(self)
            ),
            Reason::NoAgents => {
                write!(f, "no agent available in {} samples", evidence.samples)
            }
            Reason::Recovering => write!(
                f,
                "the state was lost, so this cycle does not raise the {lever} above {}; {}",
                self.unit.value(self.previous.unwrap_or(Setpoint::Stopped)),
                TargetOf(self)
            ),
            Reason::PollFailed => write!(
                f,
                "poll failed, {} of {} samples still count",
                evidence.samples, evidence.window
            ),
            Reason::Unseen => write!(
                f,
                "poll failed, so the {lever} falls to one that can hold without polls"
            ),
            Reason::NoSamples => f.write_str("poll failed and no sample is young enough to count"),
            Reason::AboveMaximum => {
                write!(f, "poll failed, and the {lever} is above the maximum")
            }
            Reason::ChangedElsewhere => f.write_str(
                "poll failed, and the rate was raised elsewhere, so it goes back to the one last decided",
            ),
            Reason::HeldByOperator => {
                f.write_str("stopped by an operator, until `dialpace resume`")
            }
            Reason::OutsideHours => f.write_str("outside calling hours"),
            Reason::BurstOver => f.write_str("the calls of this interval are placed"),
            Reason::NotEnoughData => f.write_str("too few calls to judge by"),
            Reason::NoAuthority => f.write_str("the lever has no authority"),
            Reason::NotApplied => f.write_str("the platform did not take the last change"),
            Reason::WriteLatched => {
                f.write_str("writing is latched off, until `dialpace resume`")
            }
        }
    }
}

/// The answer rate against its band: "answer rate 0.772 within 0.75 ± 0.05".
struct AnswerRateText<'a>(&'a Evidence);

impl fmt::Display for AnswerRateText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(rate), Some(deviation)) = (self.0.answer_rate, self.0.deviation) else {
            return f.write_str("no answer rate: no attempt ended");
        };
        let side = if deviation.abs() <= self.0.band.tolerance_margin.value() {
            "within"
        } else if deviation > 0.0 {
            "above"
        } else {
            "below"
        };
        write!(
            f,
            "answer rate {:.3} {side} {} ± {}",
            rate.value(),
            self.0.band.sla_threshold.value(),
            self.0.band.tolerance_margin.value()
        )
    }
}

/// The dial ratio before and after, and its basis: "ratio 2 → 1: 14 of 310 answers abandoned …".
struct ChangeOf<'a>(&'a Decision);

impl fmt::Display for ChangeOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decision = self.0;
        let value = |setpoint: Option<Setpoint>| {
            setpoint.map_or("unknown".to_owned(), |setpoint| {
                decision.unit.value(setpoint).to_string()
            })
        };
        let (before, after) = (value(decision.previous), value(decision.setpoint));
        if before == after {
            write!(f, "ratio stays {after}: ")?;
        } else {
            write!(f, "ratio {before} → {after}: ")?;
        }
        match &decision.evidence.target {
            Some(target) => write!(f, "{}", target.basis),
            None => f.write_str("no target"),
        }
    }
}

/// The target, with the bound that changed it: "target 34 = floor(40.0 agents × 0.85)".
struct TargetOf<'a>(&'a Decision);

impl fmt::Display for TargetOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decision = self.0;
        let Some(target) = &decision.evidence.target else {
            return f.write_str("no target");
        };
        if decision.unit == Unit::CallsPerAgent {
            return write!(f, "target {} = {}", target.value, target.basis);
        }
        let whole = target.value.floor();
        write!(f, "target {whole} = {}", target.basis)?;
        if let Some(burst) = decision.burst {
            let secs = burst.lasts().as_secs_f64();
            return write!(f, ", as a burst of {secs:.1} s");
        }
        let rate = decision.dial_rate();
        match decision.bounded() {
            Some(Ordering::Greater) => write!(f, ", raised to the minimum {rate}"),
            Some(Ordering::Less) => write!(f, ", cut to the maximum {rate}"),
            Some(Ordering::Equal) | None => Ok(()),
        }
    }
}
