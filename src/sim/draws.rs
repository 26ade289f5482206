//! Random draws: one stream per purpose, the same values on every machine and build.
//!
//! The generator is xoshiro256++ and the transforms use `libm` instead of the machine's own
//! mathematics, so that a seed gives the same bytes everywhere. What happens to a call is a
//! function of the seed, the replication and the call's number alone: another policy places its
//! calls at other times and still meets the same people in the same order.

use rand::SeedableRng;
use rand::rand_core::Rng;
use rand::rngs::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// What a stream is for. Streams of different purposes are independent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Outcome,
    Call,
    Spacing,
    Drift,
    Break,
    Poll,
    Patch,
}

/// A stream of draws.
#[derive(Clone, Debug)]
pub(super) struct Stream(Xoshiro256PlusPlus);

/// Where the streams of one replication begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streams(u64);

impl Streams {
    pub(super) fn new(seed: u64, replication: u32) -> Self {
        Self(mix(mix(seed) ^ u64::from(replication)))
    }

    /// The stream of `purpose` for the thing number `index`.
    pub(super) fn of(self, purpose: Purpose, index: u64) -> Stream {
        // Mixed twice: the generator fills its state by steps of splitmix64 from its seed, so
        // seeds a step apart would share most of their state.
        let key = mix(self.0 ^ ((purpose as u64) << 56));
        Stream(Xoshiro256PlusPlus::seed_from_u64(mix(key ^ mix(index))))
    }
}

impl Stream {
    /// Uniform in the open interval from 0 to 1: 53 random bits and a half.
    pub(super) fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact as a float")]
        let bits = (self.0.next_u64() >> 11) as f64;
        (bits + 0.5) * f64::EPSILON / 2.0
    }

    /// Exponential with mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Standard normal, by Box and Muller.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(2.0 * self.exponential());
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Gamma with mean `shape`: the sum of exponentials for a small whole shape, else by
    /// Marsaglia and Tsang (2000), with their boost for a shape below 1.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape.fract() == 0.0 && shape <= GAMMA_SUM_MAX {
            let mut product = 1.0;
            let mut left = shape;
            while left > 0.0 {
                product *= self.uniform();
                left -= 1.0;
            }
            return -libm::log(product);
        }
        if shape < 1.0 {
            let boost = libm::pow(self.uniform(), 1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                let v = v * v * v;
                if libm::log(self.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                    return d * v;
                }
            }
        }
    }
}

/// How long something takes, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// Always the same.
    Fixed {
        /// The duration.
        mean_secs: f64,
    },
    /// Equally likely between two bounds.
    Uniform {
        /// The lower.
        min_secs: f64,
        /// The upper.
        max_secs: f64,
    },
    /// Without memory.
    Exponential {
        /// The mean.
        mean_secs: f64,
    },
    /// Gamma; with a whole shape the sum of that many exponentials.
    Gamma {
        /// The shape.
        shape: f64,
        /// The mean.
        mean_secs: f64,
    },
    /// Its logarithm is normal.
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

    /// What is wrong with it, as (field, problem).
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

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014): every input bit reaches every output
/// bit, so neighbouring seeds and indices give unrelated streams.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// 2⁶⁴ ÷ golden ratio, the increment of splitmix64.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// Largest whole shape that is drawn as a sum; the product of that many uniforms stays normal.
const GAMMA_SUM_MAX: f64 = 12.0;
/// A week; longer durations are a mistake of units.
const DURATION_MAX_SECS: f64 = 604_800.0;
/// Beyond it the distribution is fixed for all purposes, or absurdly wide.
const SHAPE_MAX: f64 = 10_000.0;

#[cfg(test)]
mod tests {
    use super::*;

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
