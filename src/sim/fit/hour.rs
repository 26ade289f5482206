//! The counts of an hour of the day.

use super::observation::Counts;
use crate::sim::scenario::LocalTime;

/// Counts of an hour of the day.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hour {
    pub(super) polls: f64,
    pub(super) attempts: f64,
    pub(super) answered: f64,
    pub(super) abandoned: f64,
    pub(super) available: f64,
}

impl Hour {
    pub(super) fn add(&mut self, counts: Counts) {
        self.polls += 1.0;
        self.attempts += counts.attempts;
        self.answered += counts.answered;
        self.abandoned += counts.abandoned.unwrap_or(0.0);
        self.available += counts.available;
    }

    pub(super) fn figures(&self, interval_secs: f64) -> [Option<f64>; 4] {
        let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        [
            ratio(self.answered, self.attempts),
            ratio(self.available, self.polls),
            ratio(self.answered * 3600.0, self.polls * interval_secs),
            // A call that was answered before an hour may be abandoned in it.
            ratio(self.abandoned, self.answered).map(|rate| rate.min(1.0)),
        ]
    }
}

/// Adds the counts of an interval to its hour.
pub(super) fn add(hours: &mut [Hour; 24], local: LocalTime, counts: Counts) {
    let hour = usize::try_from(local.secs_of_day() / 3_600).unwrap_or(0);
    if let Some(hour) = hours.get_mut(hour) {
        hour.add(counts);
    }
}
