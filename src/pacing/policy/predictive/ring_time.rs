//! The time that people take to answer: gamma with shape 3. With the time in which the calls of an
//! interval are placed it says when their answers come.

use super::settings::Predictive;

impl Predictive {
    /// Time from the poll within which most answers to the calls of the interval arrive, s.
    pub(super) fn horizon_secs(&self) -> f64 {
        if self.front_load {
            self.secs()
        } else {
            self.secs() + ANSWER_TAIL_SECS
        }
    }

    /// Of the calls of the intervals that end after `secs`, those whose answers come later: as seconds
    /// of the mean dial rate.
    pub(super) fn late_at_poll_secs(&self, secs: f64) -> f64 {
        if self.front_load {
            self.late_secs(secs)
        } else {
            unanswered_secs(secs)
        }
    }

    /// Of the calls that are placed from now on in one interval, those whose answers are still to come
    /// after `after_secs`, in the same unit.
    pub(super) fn late_secs(&self, after_secs: f64) -> f64 {
        let placing_secs = self.placing_secs();
        let before = unanswered_secs((after_secs - placing_secs).max(0.0));
        let late = unanswered_secs(after_secs) - before;
        late * self.secs() / placing_secs
    }

    /// Of the calls placed before a change bites, `delay_secs` from now, those whose answers come within
    /// the horizon, in the same unit.
    pub(super) fn ringing_secs(&self, delay_secs: f64) -> f64 {
        if self.front_load {
            self.late_secs(self.secs() - delay_secs)
        } else {
            unanswered_secs(self.horizon_secs()) + delay_secs
        }
    }
}

/// `∫(1 − G)` from 0 to `secs`, `G` being the distribution of the time to answer: the seconds of
/// dialing whose answers are still to come, of the last `secs`.
fn unanswered_secs(secs: f64) -> f64 {
    let scale = TIME_TO_ANSWER_SECS / 3.0;
    let x = secs / scale;
    let e = libm::exp(-x);
    scale * (3.0 - e * (3.0 + 2.0 * x + x * x / 2.0))
}

/// Seconds after the interval within which most of its answers arrive; 6 to 10 give the same.
/// Origin: `scripts/sensitivity ANSWER_TAIL_SECS`: at × 0.75 +0.01 occupied, +0.04 abandoned;
/// at × 1.33 +0.02 occupied, -0.00 abandoned (points).
const ANSWER_TAIL_SECS: f64 = 8.0;
/// Mean time until a person answers, s: that of the simulated world, two to three rings.
/// Origin: `scripts/sensitivity TIME_TO_ANSWER_SECS`: at × 0.75 +0.07 occupied, +0.03 abandoned;
/// at × 1.33 -0.60 occupied, +0.15 abandoned (points).
const TIME_TO_ANSWER_SECS: f64 = 12.0;
