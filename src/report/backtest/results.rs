//! The results that every form of output shows.

use crate::history::BadRow;
use crate::pacing::Pacer;
use crate::replay::Replay;

/// Results of a backtest.
pub struct BacktestResults<'a> {
    /// Name of the file, or `-`.
    pub source: &'a str,
    /// The replay of its rows.
    pub replay: &'a Replay,
    /// The first bad rows.
    pub bad_rows: &'a [BadRow],
    /// Number of all bad rows, which were skipped.
    pub skipped: u64,
    /// Rows that have the window's mean of available agents instead of a count.
    pub means: u64,
}

/// Policy and band of a pacer: "capacity with SLA 0.75 ± 0.05".
pub(super) fn setting(pacer: &Pacer) -> String {
    let limits = pacer.limits();
    format!(
        "{} with SLA {} ± {}",
        pacer.policy().name(),
        limits.band.sla_threshold.value(),
        limits.band.tolerance_margin.value()
    )
}
