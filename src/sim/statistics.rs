//! Means over replications, with how far they may be off.

use serde::{Deserialize, Serialize};

/// A mean and the half-width of its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// The half-width; 0 for a single value, which says nothing about its error.
    pub half_width: f64,
}

impl Estimate {
    /// The mean of independent values, with Student's half-width.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of replications")]
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        if values.is_empty() {
            return Self {
                mean: 0.0,
                half_width: 0.0,
            };
        }
        let mean = values.iter().sum::<f64>() / n;
        if values.len() == 1 {
            return Self {
                mean,
                half_width: 0.0,
            };
        }
        let squares: f64 = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum();
        let error = libm::sqrt(squares / (n - 1.0) / n);
        Self {
            mean,
            half_width: student_t_95(n - 1.0) * error,
        }
    }

    /// The upper end of the interval.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.mean + self.half_width
    }
}

/// The value that Student's t with `df` degrees of freedom exceeds, in either direction, with
/// probability 5 %: exact for 1 and 2, else by Hill (1970), CACM algorithm 396.
#[expect(
    clippy::many_single_char_names,
    reason = "the names of the published algorithm"
)]
fn student_t_95(df: f64) -> f64 {
    const P: f64 = 0.05;
    /// The normal quantile for the same probability.
    const NORMAL: f64 = -1.959_963_984_540_054;
    if df < 1.5 {
        let half = P * std::f64::consts::FRAC_PI_2;
        return libm::cos(half) / libm::sin(half);
    }
    if df < 2.5 {
        return libm::sqrt(2.0 / (P * (2.0 - P)) - 2.0);
    }
    let a = 1.0 / (df - 0.5);
    let b = 48.0 / (a * a);
    let mut c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
    let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * libm::sqrt(a * std::f64::consts::FRAC_PI_2) * df;
    let mut y = libm::pow(d * P, 2.0 / df);
    if y > 0.05 + a {
        let x = NORMAL;
        y = x * x;
        if df < 5.0 {
            c += 0.3 * (df - 4.5) * (x + 0.6);
        }
        c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
        y = libm::expm1(a * y * y);
    } else {
        y = ((1.0 / (((df + 6.0) / (df * y) - 0.089 * d - 0.822) * (df + 2.0) * 3.0)
            + 0.5 / (df + 4.0))
            * y
            - 1.0)
            * (df + 1.0)
            / (df + 2.0)
            + 1.0 / y;
    }
    libm::sqrt(df * y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_t_is_that_of_the_tables() {
        let table = [
            (1.0, 12.7062),
            (2.0, 4.3027),
            (3.0, 3.1824),
            (4.0, 2.7764),
            (9.0, 2.2622),
            (19.0, 2.0930),
            (29.0, 2.0452),
            (99.0, 1.9842),
            (999.0, 1.9623),
        ];
        for (df, wanted) in table {
            let found = student_t_95(df);
            assert!((found - wanted).abs() < 0.0006, "{df}: {found}");
        }
    }
}
