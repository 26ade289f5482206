//! The ratio dialer: it dials by itself and keeps floor(ratio × available agents) calls ringing.
//!
//! It decides at every event. What rings is never withdrawn, and a call for which no line is free is
//! placed when one is.

use std::collections::VecDeque;

use crate::pacing::{RatioLever, RatioPosition, Setpoint, Unit};
use crate::sim::controller::{FIRST_RATIO, ReferenceDialer};
use crate::sim::scenario::RatioDialing;

#[derive(Clone)]
pub(super) struct RatioDialer {
    settings: RatioDialing,
    setpoint: Setpoint,
    position: RatioPosition,
    /// Changes that take effect later.
    coming: VecDeque<(f64, Setpoint)>,
    /// The ratio that the ramp has come to, and when.
    ramp: (f64, f64),
    /// Ratio × time, in calls per agent × seconds, until `summed_until`.
    ratio_secs: f64,
    summed_until: f64,
}

/// The counts that the dialer decides on.
#[derive(Clone, Copy)]
pub(super) struct RatioInputs {
    pub(super) available: usize,
    pub(super) staffed: u32,
    /// Connected calls since the start.
    pub(super) connected: u64,
    /// Abandoned calls since the start.
    pub(super) abandoned: u64,
}

impl RatioDialer {
    /// The dialer of a controller with this unit or reference dialer; `None` where another dials.
    pub(super) fn of(
        settings: &RatioDialing,
        unit: Unit,
        reference: Option<ReferenceDialer>,
        counted_from_secs: f64,
    ) -> Option<Self> {
        let settings = match (reference, unit) {
            (Some(ReferenceDialer::Progressive), _) => RatioDialing::default(),
            (None, Unit::CallsPerAgent) => settings.clone(),
            (Some(ReferenceDialer::Level(_)), _) | (None, Unit::CallsPerMinute) => return None,
        };
        Some(Self {
            settings,
            setpoint: FIRST_RATIO,
            position: RatioLever::Whole.position(FIRST_RATIO, 0),
            coming: VecDeque::new(),
            ramp: (1.0, 0.0),
            ratio_secs: 0.0,
            summed_until: counted_from_secs,
        })
    }

    pub(super) fn setpoint(&self) -> Setpoint {
        self.setpoint
    }

    /// The time at which a change that was sent takes effect.
    pub(super) fn next_change_at(&self) -> f64 {
        self.coming.front().map_or(f64::INFINITY, |(at, _)| *at)
    }

    /// Changes the ratio at a later time.
    pub(super) fn set_later(&mut self, at: f64, setpoint: Setpoint) {
        self.coming.push_back((at, setpoint));
    }

    /// The changes until `now` take effect.
    pub(super) fn take_effect(&mut self, now: f64, staffed: u32) {
        while self.next_change_at() <= now {
            if let Some((_, setpoint)) = self.coming.pop_front() {
                self.set(now, setpoint, staffed);
            }
        }
    }

    /// Changes the ratio.
    pub(super) fn set(&mut self, now: f64, setpoint: Setpoint, staffed: u32) {
        self.sum_until(now);
        self.ramp = (self.ramped(now), now);
        let max = Setpoint::at(hundredths(self.settings.max));
        self.setpoint = setpoint.min(max);
        self.position = self.settings.lever.position(self.setpoint, staffed);
    }

    /// Changes the ratio to a position that no lever of the scenario's gives.
    pub(super) fn set_position(&mut self, now: f64, position: RatioPosition) {
        self.set(now, Setpoint::at(position.hundredths), 0);
        self.position.hundredths = self.setpoint.steps();
        self.position.overdial_percent = position.overdial_percent;
    }

    /// True where [`RatioDialer::wanted`] needs the counts of calls.
    pub(super) fn limits_abandonment(&self) -> bool {
        self.settings.abandonment_threshold > 0.0
    }

    /// The number of calls to keep ringing.
    pub(super) fn wanted(&self, now: f64, inputs: RatioInputs) -> usize {
        let RatioPosition {
            hundredths,
            overdial_percent,
        } = self.position;
        let overdials_from = inputs.staffed as usize * overdial_percent as usize;
        if hundredths > 100 && (inputs.available * 100 <= overdials_from || self.is_cut_off(inputs))
        {
            return inputs.available;
        }
        if self.settings.ramp_per_minute > 0.0 {
            return floor(self.ramped(now) * float(inputs.available));
        }
        inputs.available * hundredths as usize / 100
    }

    /// Ratio × counted time, in calls per agent × seconds.
    pub(super) fn ratio_secs(&mut self, now: f64) -> f64 {
        self.sum_until(now);
        self.ratio_secs
    }

    /// The ratio, not above the ramp.
    fn ramped(&self, now: f64) -> f64 {
        let ratio = f64::from(self.position.hundredths) / 100.0;
        let (from, since) = self.ramp;
        let per_minute = self.settings.ramp_per_minute;
        if per_minute > 0.0 {
            ratio.min(from + per_minute * (now - since) / 60.0)
        } else {
            ratio
        }
    }

    /// True where abandonment has come near the dialer's own limit.
    fn is_cut_off(&self, inputs: RatioInputs) -> bool {
        let settings = &self.settings;
        let limit = settings.abandonment_threshold - settings.abandonment_cutoff;
        let live = inputs.connected + inputs.abandoned;
        self.limits_abandonment()
            && inputs.abandoned > 0
            && count(inputs.abandoned) >= limit * count(live)
    }

    fn sum_until(&mut self, now: f64) {
        if now > self.summed_until {
            let ratio = Unit::CallsPerAgent.value(self.setpoint);
            self.ratio_secs += ratio * (now - self.summed_until);
            self.summed_until = now;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most a thousand calls per agent, by the scenario's check"
)]
fn hundredths(ratio: f64) -> u32 {
    (ratio * 100.0).round() as u32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most a thousand calls for each of 100,000 agents"
)]
fn floor(calls: f64) -> usize {
    (calls + ROUNDING) as usize
}

#[expect(clippy::cast_precision_loss, reason = "a number of agents")]
fn float(agents: usize) -> f64 {
    agents as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of one replication")]
fn count(calls: u64) -> f64 {
    calls as f64
}

/// Calls by which a product may fall short of a whole number.
const ROUNDING: f64 = 1e-9;
