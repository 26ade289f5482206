//! What to make of a sweep.

use std::fmt;

use serde::Serialize;

use super::figures::Figures;
use super::plan::{Cell, Plan, Point, Summary};
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

/// Most connects per agent-hour with the upper end of abandonment under the limit; of those that
/// are statistically no different, the fewest dial rates sent.
#[must_use]
pub fn recommend(
    plan: &Plan,
    cells: &[Cell],
    summaries: &[Summary],
    limit: f64,
) -> Option<Recommendation> {
    let baseline = plan.points.get(plan.baseline)?;
    if plan.points.len() < 2 || plan.replications < 2 {
        return None;
    }
    let connects: fn(&Figures) -> f64 = |figures| figures.connects_per_agent_hour;
    let patches: fn(&Figures) -> f64 = |figures| figures.patches_per_hour;
    let allowed: Vec<usize> = (0..summaries.len())
        .filter(|n| {
            summaries
                .get(*n)
                .is_some_and(|s| s.abandonment_rate.upper() < limit)
        })
        .collect();
    let mean_connects = |n: &usize| {
        summaries
            .get(*n)
            .map_or(0.0, |s| s.connects_per_agent_hour.mean)
    };
    let mean_patches = |n: &usize| summaries.get(*n).map_or(0.0, |s| s.patches_per_hour.mean);
    // The first of several that are equal, so that the order of the grid decides.
    let best = allowed
        .iter()
        .copied()
        .rev()
        .max_by(|a, b| mean_connects(a).total_cmp(&mean_connects(b)));
    let Some(best) = best else {
        return Some(Recommendation {
            choice: None,
            no_different: Vec::new(),
            gain_over_baseline: None,
            patches_over_baseline: None,
            baseline: baseline.to_string(),
            abandonment_limit: limit,
        });
    };
    let equals: Vec<usize> = allowed
        .into_iter()
        .filter(|n| {
            let difference = plan.paired(cells, best, *n, connects);
            difference.mean.abs() <= difference.half_width || *n == best
        })
        .collect();
    let choice = equals
        .iter()
        .copied()
        .min_by(|a, b| mean_patches(a).total_cmp(&mean_patches(b)))?;
    let others = equals.iter().filter(|n| **n != choice);
    Some(Recommendation {
        choice: plan.points.get(choice).map(Point::to_string),
        no_different: others
            .filter_map(|n| plan.points.get(*n))
            .map(Point::to_string)
            .collect(),
        gain_over_baseline: Some(plan.paired(cells, choice, plan.baseline, connects)),
        patches_over_baseline: Some(plan.paired(cells, choice, plan.baseline, patches)),
        baseline: baseline.to_string(),
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
