//! The answer rates of simulated polls beside the bands of the variants.

use super::comparison::Comparison;
use crate::report::band_hint::{BandHint, PolledRates};
use crate::report::chart::tidy;
use crate::sim::{Summary, VariantResults};

/// The answer rates beside the band of a variant; `None` where it does not use it.
pub(super) fn polled_rates(variant: &VariantResults, summary: &Summary) -> Option<PolledRates> {
    variant.standing.has_band().then_some(PolledRates {
        band: variant.band,
        outside: summary.outside_sla_band.mean,
        mean: summary.answer_rate.mean,
        is_compensated: variant.policy == "compensated",
    })
}

/// The hint on the bands of all variants that use them.
pub(super) fn band_hint(comparison: &Comparison) -> Option<String> {
    if let Some(gain) = gain_of_the_threshold(comparison) {
        return Some(gain);
    }
    let rates = comparison
        .variants()
        .filter_map(|(_, variant, summary)| polled_rates(variant, summary));
    let hint = BandHint::of(&rates.collect::<Vec<_>>());
    hint.map(|hint| hint.to_string())
}

/// Where compensated is recommended with a threshold far above the answer rate: what that does. A
/// threshold that fits would take away what it is recommended for.
fn gain_of_the_threshold(comparison: &Comparison) -> Option<String> {
    let choices = comparison.choices().into_iter();
    let rates = choices.filter_map(|(number, _)| {
        let variant = comparison.results.variants.get(number)?;
        polled_rates(variant, comparison.summaries.get(number)?)
    });
    let mut compensated = rates.filter(|rates| rates.is_compensated);
    let (rates, fits) = compensated.find_map(|rates| Some((rates, rates.fitting_threshold()?)))?;
    let threshold = rates.band.sla_threshold.value();
    (threshold > rates.mean).then(|| {
        format!(
            "The threshold of {threshold} is far above the answer rate of {:.2}: that makes compensated dial about {:.1} times as much for each available agent, and its gain comes from there; with --sla-threshold {} it would dial about as capacity does.",
            rates.mean,
            threshold / rates.mean,
            tidy(fits)
        )
    })
}
