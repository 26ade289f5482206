//! The settings to choose, by the results of a comparison.

use std::fmt;

use serde::Serialize;

use super::figures::Figures;
use super::results::{Results, Summary, VariantResults};
use super::statistics::Estimate;

/// The settings to choose, and how sure that is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    /// The settings; `None` when none keeps the limit.
    pub choice: Option<String>,
    /// Settings that do as well, as far as these replications can tell.
    pub no_different: Vec<String>,
    /// Connects per agent-hour of the choice less those of the baseline, pair by pair.
    pub gain_over_baseline: Option<Estimate>,
    /// Dial rates sent per hour of the choice less those of the baseline, pair by pair.
    pub patches_over_baseline: Option<Estimate>,
    /// The settings that the choice is compared with: the current ones, or the first of the grid.
    pub baseline: String,
    /// The limit.
    pub abandonment_limit: f64,
}

/// Recommends the variant with the most connects per agent-hour whose abandonment rate is under the
/// limit with its whole confidence interval; of those that are statistically no different, the one
/// that sends the fewest dial rates. `None` where there is nothing to compare.
#[must_use]
pub fn recommend(results: &Results, summaries: &[Summary], limit: f64) -> Option<Recommendation> {
    let name = |n: usize| results.variants.get(n).map(VariantResults::to_string);
    let baseline = name(results.baseline)?;
    if results.variants.len() < 2 || results.replications < 2 {
        return None;
    }
    let connects: fn(&Figures) -> f64 = |figures| figures.connects_per_agent_hour;
    let patches: fn(&Figures) -> f64 = |figures| figures.patches_per_hour;
    let mean = |n: usize, figure: fn(&Summary) -> f64| summaries.get(n).map_or(0.0, figure);
    let keeps_limit = |s: &Summary| s.abandonment_rate.upper() < limit;
    let numbered = summaries.iter().enumerate();
    let allowed: Vec<usize> = numbered
        .filter(|(_, summary)| keeps_limit(summary))
        .map(|(n, _)| n)
        .collect();
    // The first of several that are equal, so that the order of the grid decides.
    let best = allowed.iter().copied().rev().max_by(|a, b| {
        let connects = |n: &usize| mean(*n, |s| s.connects_per_agent_hour.mean);
        connects(a).total_cmp(&connects(b))
    });
    let Some(best) = best else {
        return Some(Recommendation {
            choice: None,
            no_different: Vec::new(),
            gain_over_baseline: None,
            patches_over_baseline: None,
            baseline,
            abandonment_limit: limit,
        });
    };
    let is_equal = |n: &usize| {
        let difference = results.paired(best, *n, connects);
        difference.mean.abs() <= difference.half_width || *n == best
    };
    let equals: Vec<usize> = allowed.into_iter().filter(is_equal).collect();
    let choice = equals.iter().copied().min_by(|a, b| {
        let patches = |n: &usize| mean(*n, |s| s.patches_per_hour.mean);
        patches(a).total_cmp(&patches(b))
    })?;
    let others = equals.into_iter().filter(|n| *n != choice);
    Some(Recommendation {
        choice: name(choice),
        no_different: others.filter_map(name).collect(),
        gain_over_baseline: Some(results.paired(choice, results.baseline, connects)),
        patches_over_baseline: Some(results.paired(choice, results.baseline, patches)),
        baseline,
        abandonment_limit: limit,
    })
}

impl fmt::Display for Recommendation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.abandonment_limit * 100.0;
        let Some(choice) = &self.choice else {
            return write!(
                f,
                "No settings keep abandonment under {limit} % with confidence: lower the dial rate, or add agents."
            );
        };
        write!(
            f,
            "Recommended: {choice}: the most connects per agent-hour with abandonment under {limit} %"
        )?;
        match self.no_different.len() {
            0 => f.write_str(".")?,
            1..=3 => write!(
                f,
                ", and of those no different the fewest PATCHes.\nNo different: {}.",
                self.no_different.join("; ")
            )?,
            n => write!(
                f,
                ", and of those no different the fewest PATCHes.\nNo different: {} and {} others.",
                self.no_different.first().map_or("", String::as_str),
                n - 1
            )?,
        }
        if let (Some(gain), Some(patches)) = (self.gain_over_baseline, self.patches_over_baseline) {
            write!(
                f,
                "\nAgainst {}: {:+.2} ± {:.2} connects per agent-hour, {:+.1} ± {:.1} PATCHes per hour.",
                self.baseline, gain.mean, gain.half_width, patches.mean, patches.half_width
            )?;
        }
        Ok(())
    }
}
