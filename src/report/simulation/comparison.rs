//! The data of the pictures that compare variants.

use crate::sim::{Results, Summary, VariantResults};

pub(super) struct Comparison<'a> {
    pub(super) results: &'a Results,
    pub(super) summaries: &'a [Summary],
    /// The abandonment rate that is to be kept.
    pub(super) limit: f64,
    /// The recommended variants, of each platform one.
    pub(super) choices: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(super) fn variants(&self) -> impl Iterator<Item = (&'a VariantResults, &'a Summary)> {
        self.results.variants.iter().zip(self.summaries)
    }

    pub(super) fn is_choice(&self, variant: &VariantResults) -> bool {
        self.choices.contains(&variant.to_string())
    }
}
