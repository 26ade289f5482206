//! What chance alone would give.

/// The value that chi-square exceeds as rarely as a normal variable exceeds `rarity`, by Wilson and
/// Hilferty (1931).
pub(super) fn chi_square(freedom: usize, rarity: f64) -> f64 {
    let freedom = f64::from(u32::try_from(freedom).unwrap_or(1));
    let spread = 2.0 / (9.0 * freedom);
    freedom * libm::pow(1.0 - spread + rarity * libm::sqrt(spread), 3.0)
}

/// The value that a normal variable exceeds with probability 0.1 %.
pub(super) const NORMAL_999: f64 = 3.09;
