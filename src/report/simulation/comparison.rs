//! The variants of a comparison as the pictures show them.

use crate::sim::{Results, Summary, VariantResults};

pub(super) struct Comparison<'a> {
    pub(super) results: &'a Results,
    pub(super) summaries: &'a [Summary],
    /// The abandonment rate that is to be kept.
    pub(super) limit: f64,
    /// The recommended variant.
    pub(super) choice: Option<String>,
}

impl<'a> Comparison<'a> {
    pub(super) fn variants(&self) -> impl Iterator<Item = (&'a VariantResults, &'a Summary)> {
        self.results.variants.iter().zip(self.summaries)
    }

    pub(super) fn is_choice(&self, variant: &VariantResults) -> bool {
        self.choice.as_ref() == Some(&variant.to_string())
    }
}
