//! A burst: the calls of an interval in its first third, and none until the next poll.
//!
//! A poll that follows a pause sees what nearly all calls before it have become, so that less has to be
//! kept in reserve for calls that still ring. A shell sends the lever twice in an interval for it: to
//! the burst's rate, and back to a standstill when it ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::setpoint::Setpoint;
use crate::base::units::UnixMillis;

/// A burst: a dial rate, and when it begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Burst {
    /// The dial rate, calls per minute.
    pub rate: Setpoint,
    /// When it is sent.
    pub from: UnixMillis,
    /// When the lever goes back to a standstill.
    pub until: UnixMillis,
}

impl Burst {
    /// The burst that places as many whole calls as `rate_mean`, calls per minute, places in an
    /// interval, at `max` at most. `None` where that takes so much of the interval that nothing is won,
    /// or there is no whole call.
    pub(super) fn new(
        rate_mean: f64,
        interval: Duration,
        max: Setpoint,
        from: UnixMillis,
    ) -> Option<Self> {
        let secs = interval.as_secs_f64();
        let calls = whole_calls(rate_mean, interval);
        let rate = (calls * 60.0 / (secs * LENGTH)).ceil();
        let rate = rate.min(f64::from(max.steps()));
        if calls < 1.0 || rate < 1.0 {
            return None;
        }
        // It ends half a gap after its last call: a PATCH that is a little late adds none.
        let lasts_secs = (calls - 0.5) * 60.0 / rate;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and a u32, and within an interval"
        )]
        let (steps, millis) = (rate as u32, (lasts_secs * 1_000.0) as i64);
        (lasts_secs <= secs * LENGTH_MAX).then_some(Self {
            rate: Setpoint::at(steps),
            from,
            until: UnixMillis(from.0.saturating_add(millis)),
        })
    }

    /// The same burst from `from` on.
    #[must_use]
    pub fn begun_at(self, from: UnixMillis) -> Self {
        let millis = self.until.0.saturating_sub(self.from.0);
        let until = UnixMillis(from.0.saturating_add(millis));
        Self {
            from,
            until,
            ..self
        }
    }

    /// How long it lasts.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        self.until.distance(self.from)
    }

    /// The calls that it places.
    pub(super) fn calls(&self) -> f64 {
        self.lasts().as_secs_f64() * f64::from(self.rate.steps()) / 60.0 + 0.5
    }
}

/// The whole calls that a mean dial rate, calls per minute, places in an interval.
pub(super) fn whole_calls(rate_mean: f64, interval: Duration) -> f64 {
    (rate_mean * interval.as_secs_f64() / 60.0 + ROUNDING).floor()
}

/// Length of a burst ÷ interval: 10 s of 30, so that people have answered, and calls that nobody
/// answers have rung out, before the next poll.
pub(super) const LENGTH: f64 = 1.0 / 3.0;
/// Highest length ÷ interval, where the maximum dial rate makes it longer; beyond it an even rate does
/// as well with half of the changes sent.
const LENGTH_MAX: f64 = 2.0 / 3.0;
/// Calls by which a product may fall short of a whole number.
const ROUNDING: f64 = 1e-9;
