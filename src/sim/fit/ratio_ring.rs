//! The time that attempts take, from how many agents a ratio dialer leaves available.
//!
//! A dialer that keeps so many calls ringing for each available agent has more of them waiting the
//! longer its calls ring: the time is the one with which as many are available in a simulation of its
//! own ratios.

use super::hours::available;
use super::observation::{NORMAL_95, Prepared, Uncertain};
use super::ring::RingFit;
use crate::sim::scenario::{Calls, Scenario};

/// The mean times; `None` without dial ratios, or where the available agents do not tell. `world` is
/// the world over the whole history.
pub(super) fn ring_times(history: &Prepared, world: &Scenario) -> Option<RingFit> {
    if history.rows.iter().all(|row| row.ratio.is_none()) {
        return None;
    }
    let with = |ring_out_secs: f64| Scenario {
        calls: Calls {
            ring_out_secs,
            ..world.calls.clone()
        },
        ..world.clone()
    };
    let surplus = |ring_out_secs: f64, replications: u32| {
        let (history, simulated) = available(history, &with(ring_out_secs), replications);
        let (mean, deviation) = spread(&simulated);
        (mean - history, deviation)
    };
    let (mut low, mut high) = (SECS_MIN, SECS_MAX);
    if surplus(low, FEW).0 > 0.0 || surplus(high, FEW).0 < 0.0 {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if surplus(middle, FEW).0 > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    let secs = f64::midpoint(low, high);
    let (at, deviation) = surplus(secs, MANY);
    let slope = (surplus(secs * STEP, MANY).0 - at) / (secs * (STEP - 1.0));
    if slope <= 0.0 {
        return None;
    }
    let half = NORMAL_95 * deviation / slope + secs * MODEL_SHARE;
    let unanswered_secs = Uncertain {
        value: secs,
        low: (secs - half).max(0.0),
        high: secs + half,
    };
    let rate = world.answer_rate.base;
    let answered = rate * world.calls.time_to_answer.mean_secs();
    let attempt = |secs: f64| answered + (1.0 - rate) * secs;
    Some(RingFit {
        attempt_secs: Uncertain {
            value: attempt(unanswered_secs.value),
            low: attempt(unanswered_secs.low),
            high: attempt(unanswered_secs.high),
        },
        unanswered_secs,
    })
}

/// Mean and standard deviation.
fn spread(values: &[f64]) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "a few simulations")]
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|it| (it - mean) * (it - mean)).sum();
    (mean, libm::sqrt(squares / (count - 1.0).max(1.0)))
}

/// Times compared.
const SECS_MIN: f64 = 1.0;
const SECS_MAX: f64 = 90.0;
const HALVINGS: u32 = 8;
/// Simulations of a time, to find it and to tell how sure it is.
const FEW: u32 = 3;
const MANY: u32 = 10;
const STEP: f64 = 1.2;
/// Half of the range for what a platform's dialer does otherwise than the simulated one, and for calls
/// that ring out at different times.
const MODEL_SHARE: f64 = 0.1;
