//! The recommendation of a comparison, for each platform that can carry one out.

use serde::Serialize;

use super::figures::Figures;
use super::results::{Results, Summary, VariantResults};
use super::standing::{LivePlatform, Standing};
use super::statistics::Estimate;

/// The recommended variant of a platform, with its confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    /// The platform that it is for; `None` where nothing that was compared runs on one.
    pub platform: Option<LivePlatform>,
    /// The variant; `None` when none keeps the limit.
    pub choice: Option<String>,
    /// Variants whose connects per agent-hour are statistically equal to those of the best.
    pub no_different: Vec<String>,
    /// The variant that keeps the limit on average, where the replications are too few to tell whether
    /// any keeps it.
    pub undecided: Option<String>,
    /// Replications of each variant.
    pub replications: u32,
    /// The abandonment rate of the choice.
    pub abandonment_rate: Option<Estimate>,
    /// Its highest abandonment rate of any half hour, on average over the replications.
    pub worst_half_hour_abandonment: Option<f64>,
    /// Connects per agent-hour of the choice less those of the baseline, replication by replication.
    pub gain_over_baseline: Option<Estimate>,
    /// Changes sent per hour of the choice less those of the baseline, replication by replication.
    pub patches_over_baseline: Option<Estimate>,
    /// The variant that the choice is compared with.
    pub baseline: String,
    /// The abandonment rate that the choice keeps.
    pub abandonment_limit: f64,
}

/// Recommends, for each platform, the variant that it can run with the most connects per agent-hour
/// whose abandonment rate is under the limit with its whole confidence interval; of those that are
/// statistically equal to it, the one that sends the fewest changes. Empty where there is nothing to
/// compare.
#[must_use]
pub fn recommend(results: &Results, summaries: &[Summary], limit: f64) -> Vec<Recommendation> {
    if results.variants.len() < 2 {
        return Vec::new();
    }
    let asked = |platform: &LivePlatform| results.platform.is_none_or(|asked| asked == *platform);
    let platforms = LivePlatform::ALL.into_iter().filter(asked);
    let comparison = Comparison {
        results,
        summaries,
        limit,
    };
    let made: Vec<Recommendation> = platforms
        .filter_map(|platform| comparison.recommendation(platform))
        .collect();
    if made.is_empty() {
        return vec![comparison.without_choice(results.platform, None)];
    }
    made
}

/// The variants to choose from.
struct Comparison<'a> {
    results: &'a Results,
    summaries: &'a [Summary],
    limit: f64,
}

impl Comparison<'_> {
    /// The recommendation for a platform; `None` where no variant runs on it.
    fn recommendation(&self, platform: LivePlatform) -> Option<Recommendation> {
        let runs = |n: &usize| {
            let variant = self.results.variants.get(*n);
            variant.is_some_and(|v| v.standing == Standing::RunsOn(platform))
        };
        let candidates: Vec<usize> = (0..self.results.variants.len()).filter(runs).collect();
        if candidates.is_empty() {
            return None;
        }
        // One replication has no confidence interval.
        let can_tell = self.results.replications >= 2;
        let keeps_limit = |n: &usize| {
            let abandoned = |s: &Summary| s.abandonment_rate.upper() < self.limit;
            can_tell && self.summaries.get(*n).is_some_and(abandoned)
        };
        let allowed: Vec<usize> = candidates.iter().copied().filter(keeps_limit).collect();
        let Some(best) = self.most_connects(&allowed) else {
            let on_average = |n: &usize| self.figure(*n, |s| s.abandonment_rate.mean) < self.limit;
            let maybe: Vec<usize> = candidates.into_iter().filter(on_average).collect();
            let undecided = self.most_connects(&maybe);
            return Some(self.without_choice(Some(platform), undecided));
        };
        let connects: fn(&Figures) -> f64 = |figures| figures.connects_per_agent_hour;
        let patches: fn(&Figures) -> f64 = |figures| figures.patches_per_hour;
        let is_equal = |n: &usize| {
            let difference = self.results.paired(best, *n, connects);
            difference.mean.abs() <= difference.half_width || *n == best
        };
        let equals: Vec<usize> = allowed.into_iter().filter(is_equal).collect();
        let choice = equals.iter().copied().min_by(|a, b| {
            let patches = |n: &usize| self.figure(*n, |s| s.patches_per_hour.mean);
            patches(a).total_cmp(&patches(b))
        })?;
        let others = equals.into_iter().filter(|n| *n != choice);
        let over_baseline = |figure| self.results.paired(choice, self.results.baseline, figure);
        let summary = self.summaries.get(choice)?;
        Some(Recommendation {
            choice: self.name(choice),
            no_different: others.filter_map(|n| self.name(n)).collect(),
            abandonment_rate: Some(summary.abandonment_rate),
            worst_half_hour_abandonment: Some(summary.worst_half_hour_abandonment.mean),
            gain_over_baseline: Some(over_baseline(connects)),
            patches_over_baseline: Some(over_baseline(patches)),
            ..self.without_choice(Some(platform), None)
        })
    }

    /// The first of several that are equal, so that the order of the grid decides.
    fn most_connects(&self, variants: &[usize]) -> Option<usize> {
        let connects = |n: &usize| self.figure(*n, |s| s.connects_per_agent_hour.mean);
        let variants = variants.iter().copied().rev();
        variants.max_by(|a, b| connects(a).total_cmp(&connects(b)))
    }

    fn without_choice(
        &self,
        platform: Option<LivePlatform>,
        undecided: Option<usize>,
    ) -> Recommendation {
        Recommendation {
            platform,
            choice: None,
            no_different: Vec::new(),
            undecided: undecided.and_then(|n| self.name(n)),
            replications: self.results.replications,
            abandonment_rate: None,
            worst_half_hour_abandonment: None,
            gain_over_baseline: None,
            patches_over_baseline: None,
            baseline: self.name(self.results.baseline).unwrap_or_default(),
            abandonment_limit: self.limit,
        }
    }

    fn name(&self, n: usize) -> Option<String> {
        self.results.variants.get(n).map(VariantResults::to_string)
    }

    fn figure(&self, n: usize, figure: fn(&Summary) -> f64) -> f64 {
        self.summaries.get(n).map_or(0.0, figure)
    }
}
