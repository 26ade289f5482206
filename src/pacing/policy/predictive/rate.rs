//! The rate for the next interval, from the estimates.

use super::forecast::Forecast;
use super::learn::LIVE_MEAN_MIN;
use super::settings::Predictive;
use crate::pacing::sample::Sample;
use crate::pacing::target::{Basis, Target};

impl Forecast {
    /// The highest rate with a probability of no more than `1 − Φ(z)` that agents are short.
    pub(super) fn target(&self, settings: &Predictive, sample: &Sample, rate: f64) -> Target {
        let idle = f64::from(sample.available_agents);
        let secs = settings.secs();
        let answer_rate = self.answer_rate();
        let horizon = settings.horizon_secs();
        // Until the change bites, calls are placed at the rate in force.
        let delay = self.delay_secs(settings);
        let freed = self.busy * self.ends.value() * (horizon + delay + PATIENCE_SECS);
        let ringing = answer_rate * rate / 60.0 * settings.ringing_secs(delay);
        let late = settings.late_secs(horizon);
        let z = self.reserve_now(settings.aim(sample.traffic.abandoned.is_some()));

        // idle + freed − a − ½ = z √(D (freed + (1 − p) a)), solved for a.
        let spread = z * z * self.dispersion.max(1.0);
        let room = idle + freed - CONTINUITY_CORRECTION;
        let half = spread * (1.0 - answer_rate) / 2.0;
        let constant = spread * (freed + RESERVE_VARIANCE_MIN);
        let answers = if room > 0.0 {
            room + half - libm::sqrt(2.0 * room * half + half * half + constant)
        } else {
            0.0
        };
        let wanted = (answers - ringing).max(0.0);
        Target {
            value: wanted / (answer_rate * (secs - late)) * 60.0,
            basis: Basis::Predictive {
                idle: sample.available_agents,
                freed,
                ringing,
                reserve: (idle + freed - answers).max(0.0),
                answer_rate,
                handle_secs: 1.0 / self.ends.value(),
                busy: self.busy,
                abandonment_rate: self.abandoned.value(),
                knows_staff: sample.traffic.logged_in.is_some(),
                knows_abandoned: sample.traffic.abandoned.is_some(),
                answered_part_secs: secs - late,
                delay_secs: delay,
            },
        }
    }

    /// The `z` of the moment: the learned one, and more where abandonment is above the aim.
    fn reserve_now(&self, aim: f64) -> f64 {
        let beyond = (self.abandoned.value() / aim - 1.0).clamp(0.0, EXCESS_MAX);
        let certainty = (self.abandoned.whole / EXCESS_LIVE_ANSWERS).min(1.0);
        let excess_z = EXCESS_GAIN * beyond * certainty;
        let chance = self.abandoned_usual(aim) * ACCOUNT_CHANCE_INTERVALS + ACCOUNT_CHANCE_MIN;
        let overdrawn_z = ACCOUNT_GAIN * (-self.account).max(0.0) / libm::sqrt(chance);
        (self.reserve + excess_z + overdrawn_z).min(RESERVE_NOW_MAX)
    }

    /// The abandoned calls of an interval with the usual answers, at the aim.
    pub(super) fn abandoned_usual(&self, aim: f64) -> f64 {
        aim * self.live_mean.max(LIVE_MEAN_MIN)
    }

    /// Time from sending a rate until it is dialed, s; 0 where calls follow it as soon as they last.
    pub(super) fn delay_secs(&self, settings: &Predictive) -> f64 {
        let secs = settings.secs();
        let attempt_secs = if settings.front_load {
            ATTEMPT_AFTER_BURST_SECS
        } else {
            ATTEMPT_SECS
        };
        let known = self.late.whole / (self.late.whole + LATE_PRIOR);
        let late_secs = self.late.part / (self.late.whole + LATE_PRIOR) * secs;
        (late_secs - attempt_secs * known).clamp(0.0, secs)
    }
}

/// Time that a caller waits for an agent, s: the regulators count a call as abandoned after 2 s (FTC
/// TSR 310.4(b)(4)(ii)).
/// Origin: `scripts/sensitivity PATIENCE_SECS`: at × 0.75 -0.04 occupied, -0.00 abandoned;
/// at × 1.33 +0.07 occupied, +0.02 abandoned (points).
const PATIENCE_SECS: f64 = 2.0;
/// The usual correction where a whole number is compared with a continuous one.
/// Origin: `scripts/sensitivity CONTINUITY_CORRECTION`: at × 0.75 -0.00 occupied, +0.11 abandoned;
/// at × 1.33 -0.22 occupied, -0.10 abandoned (points).
const CONTINUITY_CORRECTION: f64 = 0.5;
/// Agents²; keeps the variance above 0 where no call is expected to end.
/// Origin: `scripts/sensitivity RESERVE_VARIANCE_MIN`: at × 0.75 -0.02 occupied, +0.01 abandoned;
/// at × 1.33 -0.00 occupied, +0.01 abandoned (points).
const RESERVE_VARIANCE_MIN: f64 = 0.05;
/// Standard deviations added to `z` for abandonment of twice the aim.
/// Origin: `scripts/sensitivity EXCESS_GAIN`: at × 0.75 +0.08 occupied, +0.03 abandoned;
/// at × 1.33 -0.14 occupied, +0.00 abandoned (points).
const EXCESS_GAIN: f64 = 0.75;
/// Live answers from which an excess counts in full; with fewer it counts in proportion.
/// Origin: `scripts/sensitivity EXCESS_LIVE_ANSWERS`: at × 0.75 -0.09 occupied, -0.01 abandoned;
/// at × 1.33 +0.05 occupied, +0.03 abandoned (points).
const EXCESS_LIVE_ANSWERS: f64 = 230.0;
/// Highest excess that counts: abandonment ÷ aim − 1.
/// Origin: `scripts/sensitivity EXCESS_MAX`: at × 0.75 +0.02 occupied, -0.00 abandoned;
/// at × 1.33 -0.02 occupied, +0.00 abandoned (points).
const EXCESS_MAX: f64 = 3.0;
/// Standard deviations added to `z` for an account that is overdrawn by one standard deviation of the
/// abandoned calls of an hour.
const ACCOUNT_GAIN: f64 = 0.15;
/// Intervals of the usual abandoned calls, whose chance an overdrawn account is measured by.
const ACCOUNT_CHANCE_INTERVALS: f64 = 120.0;
/// Abandoned calls²; keeps the chance above 0.
const ACCOUNT_CHANCE_MIN: f64 = 0.5;
/// Calls per minute², squared changes of the rate that no delay weighs as.
const LATE_PRIOR: f64 = 200.0;
/// Time that an attempt lasts, s: longer than the mean, so that a long ring is not taken for a delay.
const ATTEMPT_SECS: f64 = 18.0;
/// The same for a burst: the part of its attempts that last until the next poll, in seconds of the
/// interval.
const ATTEMPT_AFTER_BURST_SECS: f64 = 5.0;
/// Standard deviations; highest `z` of the moment.
/// Origin: a bound. `scripts/sensitivity RESERVE_NOW_MAX`: a quarter less or a third more changes
/// nothing in its six worlds.
const RESERVE_NOW_MAX: f64 = 3.25;
