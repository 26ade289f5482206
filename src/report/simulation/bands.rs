//! The answer rates of simulated polls beside the bands of the variants.

use crate::report::band_hint::{BandHint, PolledRates};
use crate::sim::{Results, Summary, VariantResults};

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
pub(super) fn band_hint(results: &Results, summaries: &[Summary]) -> Option<BandHint> {
    let variants = results.variants.iter().zip(summaries);
    let rates = variants.filter_map(|(variant, summary)| polled_rates(variant, summary));
    BandHint::of(&rates.collect::<Vec<_>>())
}
