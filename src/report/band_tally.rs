//! The answer rates of a live run, counted for the hint on its band.

use super::band_hint::{BandHint, POLLS_MIN, PolledRates};
use crate::pacing::{Band, Decision, Pacer, Policy, Unit};

/// Answer rates of the polls of one campaign.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BandTally {
    /// `None` where the pacer does not use it.
    band: Option<Band>,
    is_compensated: bool,
    /// Polls with an answer rate.
    polls: u64,
    /// Of these, those with the answer rate outside the band.
    outside: u64,
    answer_rate_sum: f64,
}

impl BandTally {
    /// No polls yet.
    pub(super) fn of(pacer: &Pacer) -> Self {
        let is_used = pacer.limits().actuator.unit == Unit::CallsPerMinute;
        Self {
            band: is_used.then_some(pacer.limits().band),
            is_compensated: pacer.policy() == Policy::Compensated,
            ..Self::default()
        }
    }

    /// Adds the poll of a decision.
    pub(super) fn add(&mut self, decision: &Decision) {
        let is_outside = decision.is_outside_band();
        if let (Some(rate), Some(is_outside)) = (decision.evidence.answer_rate, is_outside) {
            self.polls += 1;
            self.outside += u64::from(is_outside);
            self.answer_rate_sum += rate.value();
        }
    }

    /// The hint, where there were polls enough.
    pub(super) fn hint(&self) -> Option<BandHint> {
        let band = self.band.filter(|_| self.polls >= POLLS_MIN)?;
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
        let (outside, polls) = (self.outside as f64, self.polls as f64);
        BandHint::of(&[PolledRates {
            band,
            outside: outside / polls,
            mean: self.answer_rate_sum / polls,
            is_compensated: self.is_compensated,
        }])
    }
}
