//! A hint where the band of answer rates does not fit the data: what the band is for, and which
//! threshold fits.

use std::fmt;

use super::counts::percent;
use crate::pacing::Band;

/// The answer rates of the polls of one setting, beside its band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PolledRates {
    /// The band.
    pub(super) band: Band,
    /// Share of the polls whose answer rate is outside it.
    pub(super) outside: f64,
    /// Mean answer rate of the polls.
    pub(super) mean: f64,
    /// True where the setting dials more or less outside the band: policy `compensated`.
    pub(super) is_compensated: bool,
}

impl PolledRates {
    /// The threshold that fits the polls, where the one that is set does not: nearly every answer
    /// rate is outside the band, and so is their mean.
    ///
    /// It is their mean, to two decimals: what the rule compares with the threshold is the answer
    /// rate of each poll, and from no other value do these deviate less on average (in squares). Where
    /// the mean is inside the band, single polls only scatter, and another threshold would not help.
    pub(super) fn fitting_threshold(&self) -> Option<f64> {
        let Band {
            sla_threshold,
            tolerance_margin,
        } = self.band;
        let fits = (self.mean * 100.0).round() / 100.0;
        let is_far = (self.mean - sla_threshold.value()).abs() > tolerance_margin.value();
        (is_far && self.outside >= OUTSIDE_MIN && fits > 0.0).then_some(fits)
    }
}

/// What is said where no setting that was tried has a band that fits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BandHint {
    rates: PolledRates,
    /// Other bands that do not fit either.
    others: usize,
    fits: f64,
}

impl BandHint {
    /// The hint on these settings; `None` where the band of one fits.
    pub(super) fn of(settings: &[PolledRates]) -> Option<Self> {
        let mut rates = *settings.first()?;
        let fits = rates.fitting_threshold()?;
        let mut bands = vec![rates.band];
        for other in settings {
            other.fitting_threshold()?;
            rates.outside = rates.outside.min(other.outside);
            rates.is_compensated |= other.is_compensated;
            if !bands.contains(&other.band) {
                bands.push(other.band);
            }
        }
        let others = bands.len() - 1;
        Some(Self {
            rates,
            others,
            fits,
        })
    }
}

impl fmt::Display for BandHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PolledRates {
            band,
            outside,
            mean,
            is_compensated,
        } = self.rates;
        let (threshold, margin) = (band.sla_threshold.value(), band.tolerance_margin.value());
        let others = match self.others {
            0 => String::new(),
            1 => ", or that of the other row,".to_owned(),
            others => format!(", or those of {others} other rows,"),
        };
        let at_least = if self.others > 0 { " or more" } else { "" };
        write!(
            f,
            "The answer rate is {mean:.2} on average, and outside the band of {threshold} ± {margin} (threshold ± tolerance){others} in {} % of polls{at_least}. Outside it the rate is sent at every poll, even unchanged",
            percent(outside)
        )?;
        if is_compensated {
            f.write_str("; compensated also dials threshold ÷ answer rate times as much")?;
        }
        write!(f, ". For this data --sla-threshold {} fits", self.fits)?;
        if is_compensated {
            f.write_str(", and compensated then dials about as capacity does")?;
        }
        f.write_str("; single polls scatter, so a wider --tolerance-margin holds more of them.")
    }
}

/// Share of the polls outside the band from which on the band is of no use.
const OUTSIDE_MIN: f64 = 0.9;
/// Fewer polls are no data: half an hour of one every 30 s. Where a dozen calls end between two polls,
/// their rates scatter by 0.13, and the mean of so many by 0.02, less than the tolerance.
pub(super) const POLLS_MIN: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacing::Ratio;

    fn rates(threshold: f64, margin: f64, outside: f64, mean: f64) -> PolledRates {
        PolledRates {
            band: Band {
                sla_threshold: Ratio::new(threshold).unwrap(),
                tolerance_margin: Ratio::new(margin).unwrap(),
            },
            outside,
            mean,
            is_compensated: false,
        }
    }

    #[test]
    fn a_threshold_fits_where_the_one_that_is_set_does_not() {
        for (threshold, margin, outside, mean, expected) in [
            // The defaults at three answers in ten.
            (0.75, 0.05, 0.999, 0.3012, Some(0.3)),
            (0.2, 0.05, 0.95, 0.4449, Some(0.44)),
            // A band that holds one poll in five is of use.
            (0.75, 0.05, 0.8, 0.3, None),
            // Around the mean polls only scatter.
            (0.3, 0.05, 0.95, 0.34, None),
            // Nobody answers: no threshold would help.
            (0.75, 0.05, 1.0, 0.004, None),
        ] {
            let rates = rates(threshold, margin, outside, mean);
            assert_eq!(rates.fitting_threshold(), expected, "{rates:?}");
        }
    }

    #[test]
    fn the_hint_says_what_the_band_is_for_and_what_fits() {
        let capacity = rates(0.75, 0.05, 0.9989, 0.301);
        assert_eq!(
            BandHint::of(&[capacity]).unwrap().to_string(),
            "The answer rate is 0.30 on average, and outside the band of 0.75 ± 0.05 (threshold ± tolerance) in 99.9 % of polls. Outside it the rate is sent at every poll, even unchanged. For this data --sla-threshold 0.3 fits; single polls scatter, so a wider --tolerance-margin holds more of them."
        );
        let compensated = PolledRates {
            is_compensated: true,
            ..rates(0.6, 0.05, 0.97, 0.302)
        };
        assert_eq!(
            BandHint::of(&[capacity, compensated]).unwrap().to_string(),
            "The answer rate is 0.30 on average, and outside the band of 0.75 ± 0.05 (threshold ± tolerance), or that of the other row, in 97 % of polls or more. Outside it the rate is sent at every poll, even unchanged; compensated also dials threshold ÷ answer rate times as much. For this data --sla-threshold 0.3 fits, and compensated then dials about as capacity does; single polls scatter, so a wider --tolerance-margin holds more of them."
        );
        // One band that fits is enough.
        let fits = rates(0.3, 0.05, 0.7, 0.301);
        assert_eq!(BandHint::of(&[capacity, fits]), None);
        assert_eq!(BandHint::of(&[]), None);
    }
}
