//! Random draws: one stream for each purpose, with the same values on every machine and build.
//!
//! The generator is xoshiro256++ and the transforms use `libm` instead of the machine's own
//! mathematics, so that a seed gives the same bytes everywhere. The outcome of a call depends on the
//! seed, the replication and the call's number alone, so that every policy calls the same people in
//! the same order, at whatever times.

use rand::SeedableRng;
use rand::rand_core::Rng;
use rand::rngs::Xoshiro256PlusPlus;

/// The purpose of a stream. Streams of different purposes are independent.
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

/// The streams of one replication.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streams(u64);

impl Streams {
    pub(super) fn new(seed: u64, replication: u32) -> Self {
        Self(mix(mix(seed) ^ u64::from(replication)))
    }

    /// The stream of a purpose, for one call, agent or other thing by its number.
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
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
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
/// Largest whole shape that is drawn as a sum: the product of 12 uniforms is still far from the
/// smallest float.
const GAMMA_SUM_MAX: f64 = 12.0;
