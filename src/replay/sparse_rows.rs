//! Rows so far apart that samples are dropped before the window is full.

use std::fmt;
use std::time::Duration;

use super::Replay;
use crate::pacing::Pacer;

/// Rows so far apart that the window of the first pacer is never full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseRows {
    /// Mean time between two rows, s.
    pub gap_secs: u64,
    /// Samples in a full window.
    pub window: usize,
    /// Age at which a sample is dropped.
    pub age_max: Duration,
}

impl Replay {
    /// Rows that are too far apart for the window of the first pacer; `None` where they are not.
    #[must_use]
    pub fn sparse_rows(&self) -> Option<SparseRows> {
        let total = self.total(0);
        let campaigns = self.campaigns().len() as u64;
        let gaps = total.rows.saturating_sub(campaigns);
        let gap_millis = total.covered_millis.checked_div(gaps)?;
        let limits = self.pacers().first().map(Pacer::limits)?;
        let (age_max, window) = (limits.guards.max_sample_age?, limits.window);
        let others = u64::try_from(window).ok()?.saturating_sub(1);
        let span = Duration::from_millis(gap_millis.saturating_mul(others));
        (span > age_max).then_some(SparseRows {
            gap_secs: gap_millis / 1_000,
            window,
            age_max,
        })
    }
}

impl fmt::Display for SparseRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            gap_secs,
            window,
            age_max,
        } = self;
        write!(
            f,
            "Do not rely on this as it is: polls are {gap_secs} s apart, and samples older than {} s are dropped, so the window never holds {window}: give --interval {gap_secs}s.",
            age_max.as_secs_f64()
        )
    }
}
