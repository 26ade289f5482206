//! A factor that changes at given times.

use super::scenario::Step;

/// The factor of the last step; 1 before the first.
#[derive(Clone)]
pub(super) struct StepFactor {
    steps: Vec<Step>,
    done: usize,
    factor: f64,
}

impl StepFactor {
    pub(super) fn new(steps: &[Step]) -> Self {
        Self {
            steps: steps.to_vec(),
            done: 0,
            factor: 1.0,
        }
    }

    /// The factor at `now`; calls come in order of time.
    pub(super) fn at(&mut self, now: f64) -> f64 {
        while let Some(step) = self.steps.get(self.done).filter(|s| s.at_secs <= now) {
            self.factor = step.factor;
            self.done += 1;
        }
        self.factor
    }
}
