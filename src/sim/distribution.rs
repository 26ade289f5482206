//! Distributions of durations, by the names that a scenario uses.

use serde::{Deserialize, Serialize};

use super::draws::Stream;

/// A distribution of durations, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// Always the same duration.
    Fixed {
        /// The duration.
        mean_secs: f64,
    },
    /// Uniform between two bounds.
    Uniform {
        /// The lower.
        min_secs: f64,
        /// The upper.
        max_secs: f64,
    },
    /// Exponential.
    Exponential {
        /// The mean.
        mean_secs: f64,
    },
    /// Gamma; with a whole shape n, the sum of n exponentials.
    Gamma {
        /// The shape.
        shape: f64,
        /// The mean.
        mean_secs: f64,
    },
    /// Log-normal.
    Lognormal {
        /// The mean.
        mean_secs: f64,
        /// Standard deviation ÷ mean.
        cv: f64,
    },
}

impl Distribution {
    /// The mean, in seconds.
    #[must_use]
    pub fn mean_secs(&self) -> f64 {
        match *self {
            Self::Fixed { mean_secs }
            | Self::Exponential { mean_secs }
            | Self::Gamma { mean_secs, .. }
            | Self::Lognormal { mean_secs, .. } => mean_secs,
            Self::Uniform { min_secs, max_secs } => f64::midpoint(min_secs, max_secs),
        }
    }

    /// Draws a duration.
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        match *self {
            Self::Fixed { mean_secs } => mean_secs,
            Self::Uniform { min_secs, max_secs } => {
                min_secs + (max_secs - min_secs) * stream.uniform()
            }
            Self::Exponential { mean_secs } => mean_secs * stream.exponential(),
            Self::Gamma { shape, mean_secs } => mean_secs / shape * stream.gamma(shape),
            Self::Lognormal { mean_secs, cv } => {
                let variance = libm::log1p(cv * cv);
                let exponent = libm::sqrt(variance) * stream.normal() - variance / 2.0;
                mean_secs * libm::exp(exponent)
            }
        }
    }

    /// Checks the parameters; the error is a field and its problem.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let duration = |field, value: f64| match value {
            value if (0.0..=DURATION_MAX_SECS).contains(&value) => Ok(()),
            value => Err((
                field,
                format!("{value} is not a duration from 0 to {DURATION_MAX_SECS} seconds"),
            )),
        };
        let positive = |field, value: f64| match value {
            value if value > 0.0 && value <= SHAPE_MAX => Ok(()),
            value => Err((
                field,
                format!("{value} is not above 0 and at most {SHAPE_MAX}"),
            )),
        };
        match *self {
            Self::Fixed { mean_secs } | Self::Exponential { mean_secs } => {
                duration("mean_secs", mean_secs)
            }
            Self::Uniform { min_secs, max_secs } => {
                duration("min_secs", min_secs)?;
                duration("max_secs", max_secs)?;
                if min_secs > max_secs {
                    return Err((
                        "min_secs",
                        format!("{min_secs} is above max_secs, {max_secs}"),
                    ));
                }
                Ok(())
            }
            Self::Gamma { shape, mean_secs } => {
                positive("shape", shape)?;
                duration("mean_secs", mean_secs)
            }
            Self::Lognormal { mean_secs, cv } => {
                positive("cv", cv)?;
                duration("mean_secs", mean_secs)
            }
        }
    }
}

/// A week; longer durations are a mistake of units.
const DURATION_MAX_SECS: f64 = 604_800.0;
/// A larger shape is a fixed duration for all purposes; a larger cv is a mistake of units.
const SHAPE_MAX: f64 = 10_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::draws::{Purpose, Streams};

    /// The first draws of a seed, so that a change of generator or transform cannot go unnoticed.
    #[test]
    fn golden_values() {
        let draw = |distribution: Distribution| {
            let mut stream = Streams::new(1, 0).of(Purpose::Call, 7);
            distribution.sample(&mut stream).to_bits()
        };
        let drawn = [
            Distribution::Uniform {
                min_secs: 0.0,
                max_secs: 1.0,
            },
            Distribution::Exponential { mean_secs: 30.0 },
            Distribution::Gamma {
                shape: 3.0,
                mean_secs: 12.0,
            },
            Distribution::Gamma {
                shape: 2.5,
                mean_secs: 12.0,
            },
            Distribution::Lognormal {
                mean_secs: 180.0,
                cv: 1.0,
            },
        ]
        .map(draw);
        assert_eq!(drawn, GOLDEN_BITS, "{drawn:#X?}");
    }

    #[test]
    fn means_and_spreads_are_those_asked_for() {
        // (distribution, standard deviation)
        let cases = [
            (Distribution::Fixed { mean_secs: 2.0 }, 0.0),
            (
                Distribution::Uniform {
                    min_secs: 5.0,
                    max_secs: 20.0,
                },
                15.0 / libm::sqrt(12.0),
            ),
            (Distribution::Exponential { mean_secs: 30.0 }, 30.0),
            (
                Distribution::Gamma {
                    shape: 3.0,
                    mean_secs: 12.0,
                },
                12.0 / libm::sqrt(3.0),
            ),
            (
                Distribution::Gamma {
                    shape: 0.5,
                    mean_secs: 12.0,
                },
                12.0 / libm::sqrt(0.5),
            ),
            (
                Distribution::Gamma {
                    shape: 20.5,
                    mean_secs: 12.0,
                },
                12.0 / libm::sqrt(20.5),
            ),
            (
                Distribution::Lognormal {
                    mean_secs: 180.0,
                    cv: 0.5,
                },
                90.0,
            ),
        ];
        let n = 200_000_u32;
        for (distribution, deviation) in cases {
            let mut stream = Streams::new(3, 0).of(Purpose::Drift, 0);
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..n {
                let x = distribution.sample(&mut stream);
                sum += x;
                squares += x * x;
            }
            let mean = sum / f64::from(n);
            let spread = libm::sqrt((squares / f64::from(n) - mean * mean).max(0.0));
            let wanted = distribution.mean_secs();
            // Four standard errors of the mean; the spread converges more slowly.
            let margin = 4.0 * deviation / libm::sqrt(f64::from(n)) + 1e-9;
            assert!((mean - wanted).abs() <= margin, "{distribution:?}: {mean}");
            assert!(
                (spread - deviation).abs() <= 0.02 * deviation + 1e-6,
                "{distribution:?}: {spread}"
            );
        }
    }

    const GOLDEN_BITS: [u64; 5] = [
        0x3FE2_7A02_CF61_A074,
        0x4030_7A17_30AB_2A2D,
        0x401C_3312_B25C_62B8,
        0x4013_AD43_2A64_5049,
        0x404C_4163_1C2A_18B2,
    ];
}
