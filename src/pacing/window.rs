//! The sliding window of the last samples, with ages.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::sample::{Sample, UnixMillis};

/// The last samples, oldest first. How many and how old they may be is the caller's setting,
/// so that a window saved under one setting can be read under another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Window {
    samples: VecDeque<Sample>,
}

impl Window {
    /// Drops every sample further than `age_max` from `now`, in either direction: after a clock
    /// jump back, a sample from the future would otherwise never grow old.
    pub fn forget(&mut self, now: UnixMillis, age_max: Duration) {
        self.samples
            .retain(|sample| sample.at.distance(now) <= age_max);
    }

    /// Adds the newest sample and drops the oldest beyond `capacity`.
    pub fn admit(&mut self, sample: Sample, capacity: usize) {
        self.samples.push_back(sample);
        while self.samples.len() > capacity {
            self.samples.pop_front();
        }
    }

    /// How many samples are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether no sample is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The held samples, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Sample> {
        self.samples.iter()
    }

    /// Mean number of available agents; `None` without samples.
    ///
    /// Every sample counts the same, whatever the time between them.
    #[must_use]
    pub fn available_mean(&self) -> Option<f64> {
        mean(
            self.samples
                .iter()
                .map(|sample| f64::from(sample.available_agents)),
        )
    }

    /// Mean answer rate over the samples that have one; `None` when none has.
    #[must_use]
    pub fn answer_rate_mean(&self) -> Option<f64> {
        mean(
            self.samples
                .iter()
                .filter_map(|sample| sample.answer_rate)
                .map(f64::from),
        )
    }

    /// Whether the window holds `capacity` samples and no agent was available in any of them.
    #[must_use]
    pub fn without_agents(&self, capacity: usize) -> bool {
        self.len() >= capacity
            && self
                .samples
                .iter()
                .all(|sample| sample.available_agents == 0)
    }
}

/// Sum ÷ count, added in order. The sum of whole numbers below 2⁵³ is exact, so the mean of a
/// window of agents is correctly rounded.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
