//! The time that people take to answer: gamma with shape 3.

/// `∫(1 − G)` from 0 to `secs`, `G` being the distribution of the time to answer: the seconds of
/// dialing whose answers are still to come, of the last `secs`.
pub(super) fn unanswered_secs(secs: f64) -> f64 {
    let scale = TIME_TO_ANSWER_SECS / 3.0;
    let x = secs / scale;
    let e = libm::exp(-x);
    scale * (3.0 - e * (3.0 + 2.0 * x + x * x / 2.0))
}

/// Mean time until a person answers, s: that of the simulated world, two to three rings.
/// Origin: `scripts/sensitivity TIME_TO_ANSWER_SECS`: at × 0.75 +0.07 occupied, +0.03 abandoned;
/// at × 1.33 -0.60 occupied, +0.15 abandoned (points).
const TIME_TO_ANSWER_SECS: f64 = 12.0;
