//! The results that every form of output shows.

use crate::base::swept::{self, SweptValues};

use crate::history::BadRow;
use crate::pacing::{Pacer, Policy, Unit};
use crate::replay::Replay;
use crate::report::MadeBy;
use crate::report::band_hint::{BandHint, POLLS_MIN, PolledRates};

/// Results of a backtest.
pub struct BacktestResults<'a> {
    /// Name of the file, or `-`.
    pub source: &'a str,
    /// Name of the zone of hours of the day.
    pub zone_name: &'a str,
    /// What makes the HTML page.
    pub made_by: &'a MadeBy,
    /// The replay of its rows.
    pub replay: &'a Replay,
    /// The swept settings of each pacer.
    pub swept: &'a [SweptValues],
    /// The first bad rows.
    pub bad_rows: &'a [BadRow],
    /// Number of all bad rows, which were skipped.
    pub skipped: u64,
    /// Rows that have the window's mean of available agents instead of a count.
    pub means: u64,
}

impl BacktestResults<'_> {
    /// Policy, band and swept settings of a pacer: "capacity with threshold 0.75 ± 0.05, utilisation 0.8".
    pub(super) fn setting(&self, number: usize, pacer: &Pacer) -> String {
        let limits = pacer.limits();
        let mut text = format!(
            "{} with threshold {} ± {}",
            pacer.policy().name(),
            limits.band.sla_threshold.value(),
            limits.band.tolerance_margin.value()
        );
        text.push_str(&swept::words(self.swept.get(number).map_or(&[], |it| it)));
        text
    }

    /// The same for those who do not know the terms: "capacity (band 0.75 ± 0.05), utilisation 0.8".
    pub(super) fn setting_in_words(&self, number: usize, pacer: &Pacer) -> String {
        let band = pacer.limits().band;
        let (sla, margin) = (band.sla_threshold.value(), band.tolerance_margin.value());
        let swept = swept::words(self.swept.get(number).map_or(&[], |it| it));
        format!("{} (band {sla} ± {margin}){swept}", pacer.policy().name())
    }

    /// The answer rates of the rows beside the band of a pacer; `None` where there are too few, or
    /// where the pacer does not use it.
    pub(super) fn polled_rates(&self, number: usize, pacer: &Pacer) -> Option<PolledRates> {
        let (totals, limits) = (self.replay.total(number), pacer.limits());
        let is_used = limits.actuator.unit == Unit::CallsPerMinute;
        (is_used && totals.with_answer_rate >= POLLS_MIN).then_some(PolledRates {
            band: limits.band,
            outside: totals.outside_band_share()?,
            mean: totals.answer_rate_mean()?,
            is_compensated: pacer.policy() == Policy::Compensated,
        })
    }

    /// The hint on the bands of all pacers.
    pub(super) fn band_hint(&self) -> Option<BandHint> {
        let pacers = self.replay.pacers().iter().enumerate();
        let rates: Option<Vec<_>> = pacers
            .map(|(n, pacer)| self.polled_rates(n, pacer))
            .collect();
        BandHint::of(&rates?)
    }

    /// The unit of every pacer.
    pub(super) fn unit(&self) -> Unit {
        let first = self.replay.pacers().first();
        first.map_or(Unit::CallsPerMinute, |pacer| pacer.limits().actuator.unit)
    }
}
