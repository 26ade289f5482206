//! A ratio of two sums that forget.

use serde::{Deserialize, Serialize};

/// A ratio whose numerator and denominator are sums with exponential forgetting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Share {
    pub(super) part: f64,
    pub(super) whole: f64,
}

impl Share {
    /// The ratio `value` with a denominator of `weight`.
    pub(super) fn new(value: f64, weight: f64) -> Self {
        Self {
            part: value * weight,
            whole: weight,
        }
    }

    /// Multiplies both sums by `keep`, 0 to 1, and adds `part` and `whole`.
    pub(super) fn add(&mut self, keep: f64, part: f64, whole: f64) {
        self.part = self.part * keep + part;
        self.whole = self.whole * keep + whole;
    }

    /// The ratio; 0 where the denominator is 0.
    pub(super) fn value(self) -> f64 {
        if self.whole > 0.0 {
            self.part / self.whole
        } else {
            0.0
        }
    }
}
