//! The results that every form of output shows.

use crate::base::swept::{self, SweptValues};

use crate::history::BadRow;
use crate::pacing::{Pacer, Unit};
use crate::replay::Replay;

/// Results of a backtest.
pub struct BacktestResults<'a> {
    /// Name of the file, or `-`.
    pub source: &'a str,
    /// Name of the zone of hours of the day.
    pub zone_name: &'a str,
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

    /// The unit of every pacer.
    pub(super) fn unit(&self) -> Unit {
        let first = self.replay.pacers().first();
        first.map_or(Unit::CallsPerMinute, |pacer| pacer.limits().actuator.unit)
    }
}
