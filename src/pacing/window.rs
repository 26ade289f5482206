//! The sliding window of the last samples, which drops old ones.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::sample::Sample;
use crate::base::units::UnixMillis;

/// The last samples, oldest first. The caller sets their number and age at each call, so that a
/// window saved under one setting can be read under another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Window {
    samples: VecDeque<Sample>,
}

impl Window {
    /// Drops every sample further than `age_max` from `now`, in either direction: after the clock was
    /// set back, a sample from the future would never grow old.
    pub fn forget(&mut self, now: UnixMillis, age_max: Duration) {
        let age_max = u64::try_from(age_max.as_millis()).unwrap_or(u64::MAX);
        let is_young = |sample: &Sample| sample.at.0.abs_diff(now.0) <= age_max;
        if !self.samples.iter().all(is_young) {
            self.samples.retain(is_young);
        }
    }

    /// Adds the newest sample and drops the oldest beyond `capacity`.
    pub fn admit(&mut self, sample: Sample, capacity: usize) {
        self.samples.push_back(sample);
        while self.samples.len() > capacity {
            self.samples.pop_front();
        }
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// True where there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Sample> {
        self.samples.iter()
    }

    /// Mean number of available agents; `None` without samples.
    ///
    /// Every sample has the same weight, whatever the time between them. The sum is exact, so the
    /// mean is correctly rounded.
    #[must_use]
    pub fn available_mean(&self) -> Option<f64> {
        let agents = self.samples.iter().map(|s| u64::from(s.available_agents));
        let sum: u64 = agents.sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a thousand samples of 32 bits are below 2⁵³"
        )]
        let mean = sum as f64 / self.len() as f64;
        (!self.is_empty()).then_some(mean)
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

    /// True where the window holds `capacity` samples and no agent was available in any of them.
    #[must_use]
    pub fn without_agents(&self, capacity: usize) -> bool {
        self.len() >= capacity
            && self
                .samples
                .iter()
                .all(|sample| sample.available_agents == 0)
    }
}

/// Sum ÷ count, added in order.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
