//! The probability that a person answers, over time.

use super::draws::{Purpose, Stream, Streams};
use super::scenario::{AnswerRate, Step};
use super::step_factor::StepFactor;

/// The answer-rate model of one replication.
#[derive(Clone)]
pub(super) struct AnswerModel {
    settings: AnswerRate,
    stream: Stream,
    drift: f64,
    /// Time of the drift's next step. The steps lie on a fixed grid, so that they are the same under
    /// every policy.
    drift_until: f64,
    steps: StepFactor,
}

impl AnswerModel {
    /// `steps` are the factors by time.
    pub(super) fn new(settings: &AnswerRate, steps: &[Step], streams: Streams) -> Self {
        let mut stream = streams.of(Purpose::Drift, 0);
        // The first value has the distribution that the drift has in the long run.
        let drift = match settings.drift_deviation {
            deviation if deviation > 0.0 => deviation * stream.normal(),
            _ => 0.0,
        };
        Self {
            settings: settings.clone(),
            stream,
            drift,
            drift_until: DRIFT_STEP_SECS,
            steps: StepFactor::new(steps),
        }
    }

    /// The probability at `now`; calls come in order of time.
    pub(super) fn at(&mut self, now: f64) -> f64 {
        let factor = self.steps.at(now);
        if self.settings.drift_deviation > 0.0 {
            self.move_drift(now);
        }
        let settings = &self.settings;
        let wave = if settings.amplitude == 0.0 {
            1.0
        } else {
            1.0 + settings.amplitude * libm::sin(std::f64::consts::TAU * now / settings.period_secs)
        };
        (settings.base * wave * factor + self.drift).clamp(RATE_MIN, RATE_MAX)
    }

    /// Moves the drift to `now` by exact steps of an Ornstein–Uhlenbeck process.
    fn move_drift(&mut self, now: f64) {
        let keep = libm::exp(-DRIFT_STEP_SECS / self.settings.drift_relaxation_secs);
        let shock = self.settings.drift_deviation * libm::sqrt(1.0 - keep * keep);
        while self.drift_until <= now {
            self.drift = self.drift * keep + shock * self.stream.normal();
            self.drift_until += DRIFT_STEP_SECS;
        }
    }
}

/// Step of the drift: short against relaxation times of campaigns, which are half an hour or more.
const DRIFT_STEP_SECS: f64 = 30.0;
/// Bounds of the probability, so that some calls are answered and some are not.
const RATE_MIN: f64 = 0.01;
const RATE_MAX: f64 = 0.99;
