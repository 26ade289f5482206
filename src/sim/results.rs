//! The results of a plan: the figures of each replication, their means, and their differences.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::figures::Figures;
use super::scenario::Scenario;
use super::standing::{LivePlatform, Standing};
use super::statistics::Estimate;
use crate::base::swept::{self, SweptValues};
use crate::pacing::Band;

/// The results of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The world.
    pub scenario: Scenario,
    /// The seed of all draws.
    pub seed: u64,
    /// Replications of each variant.
    pub replications: u32,
    /// The variants.
    pub variants: Vec<VariantResults>,
    /// The variant that the others are compared with.
    pub baseline: usize,
    /// What that variant is to the user.
    pub baseline_is: BaselineIs,
    /// The platform that a recommendation is for; `None`: each.
    pub platform: Option<LivePlatform>,
}

/// What the variant is that the others are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineIs {
    /// It has the settings of the files and the environment.
    InForce,
    /// It has the program's defaults, since no file and no environment sets anything.
    Defaults,
    /// Another one, since the settings in force are not among those compared.
    #[default]
    Other,
}

/// The results of one variant.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantResults {
    /// The policy's name.
    pub policy: String,
    /// The SLA band.
    pub band: Band,
    /// Values of swept settings that tell it from the others.
    pub swept: SweptValues,
    /// Where it can be run.
    pub standing: Standing,
    /// The figures of each replication, in order.
    pub figures: Vec<Figures>,
}

/// One replication of one variant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// Its place in the plan: number of the variant × replications + number of the replication.
    #[serde(rename = "cell")]
    pub index: usize,
    /// Its figures.
    pub figures: Figures,
}

/// The figures of one variant, summed up over its replications.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Talk and wrap-up ÷ logged-in time without breaks.
    pub occupancy: Estimate,
    /// Abandoned ÷ (connected + abandoned).
    pub abandonment_rate: Estimate,
    /// Live calls that reached an agent, per agent and hour.
    pub connects_per_agent_hour: Estimate,
    /// Idle time before each of them, seconds.
    pub idle_wait_secs: Estimate,
    /// Calls per minute.
    pub dial_rate: Estimate,
    /// Calls per available agent.
    pub ratio: Estimate,
    /// Changes of the dial rate or ratio.
    pub rate_changes_per_hour: Estimate,
    /// Dial rates or ratios sent.
    pub patches_per_hour: Estimate,
    /// Records made.
    pub exports_per_hour: Estimate,
    /// Share of intervals outside the SLA band.
    pub outside_sla_band: Estimate,
    /// Mean answer rate of the intervals.
    pub answer_rate: Estimate,
    /// Worst half hour.
    pub worst_half_hour_abandonment: Estimate,
    /// Share of replications above the limit.
    pub above_limit: f64,
    /// Calls placed in all replications.
    pub calls_dialed: f64,
}

/// A figure's name, and the figure of a summary.
type NamedEstimate = (&'static str, fn(&Summary) -> Estimate);

impl Results {
    /// The same with the figures of these replications, which are in order.
    #[must_use]
    pub fn with(mut self, replications: &[Replication]) -> Self {
        let per_variant = self.replications.max(1) as usize;
        for replication in replications {
            let variant = self.variants.get_mut(replication.index / per_variant);
            if let Some(variant) = variant {
                variant.figures.push(replication.figures);
            }
        }
        self
    }

    /// The same with recommendations for this platform; `None`: for each.
    #[must_use]
    pub fn for_platform(self, platform: Option<LivePlatform>) -> Self {
        Self { platform, ..self }
    }

    /// The first variant of a policy.
    #[must_use]
    pub fn of_policy(&self, policy: &str) -> Option<&VariantResults> {
        self.variants.iter().find(|v| v.policy == policy)
    }

    /// The summary of each variant; `limit` is the abandonment rate that is to be kept.
    #[must_use]
    pub fn summaries(&self, limit: f64) -> Vec<Summary> {
        let variants = self.variants.iter();
        variants.map(|variant| variant.summary(limit)).collect()
    }

    /// A figure of one variant less that of another, replication by replication.
    #[must_use]
    pub fn paired(&self, a: usize, b: usize, figure: fn(&Figures) -> f64) -> Estimate {
        let figures = |n: usize| self.variants.get(n).map_or(&[][..], |v| &v.figures);
        let pairs = figures(a).iter().zip(figures(b));
        let differences: Vec<f64> = pairs.map(|(a, b)| figure(a) - figure(b)).collect();
        Estimate::of(&differences)
    }
}

impl VariantResults {
    /// The end of the name of a policy that places the calls of an interval in its first third.
    pub const FRONT_LOADED: &str = " front-loaded";

    /// True where the calls of an interval are placed in its first third.
    #[must_use]
    pub fn is_front_loaded(&self) -> bool {
        self.policy.ends_with(Self::FRONT_LOADED)
    }

    /// The mean of a figure.
    #[must_use]
    pub fn estimate(&self, figure: fn(&Figures) -> f64) -> Estimate {
        let values: Vec<f64> = self.figures.iter().map(figure).collect();
        Estimate::of(&values)
    }

    fn summary(&self, limit: f64) -> Summary {
        let above = |figures: &&Figures| figures.abandonment_rate > limit;
        #[expect(clippy::cast_precision_loss, reason = "counts of replications")]
        let share = |count: usize| count as f64 / self.figures.len().max(1) as f64;
        Summary {
            occupancy: self.estimate(|f| f.occupancy),
            abandonment_rate: self.estimate(|f| f.abandonment_rate),
            connects_per_agent_hour: self.estimate(|f| f.connects_per_agent_hour),
            idle_wait_secs: self.estimate(|f| f.idle_wait_secs),
            dial_rate: self.estimate(|f| f.dial_rate),
            ratio: self.estimate(|f| f.ratio),
            rate_changes_per_hour: self.estimate(|f| f.rate_changes_per_hour),
            patches_per_hour: self.estimate(|f| f.patches_per_hour),
            exports_per_hour: self.estimate(|f| f.exports_per_hour),
            outside_sla_band: self.estimate(|f| f.outside_sla_band),
            answer_rate: self.estimate(|f| f.answer_rate),
            worst_half_hour_abandonment: self.estimate(|f| f.worst_half_hour_abandonment),
            above_limit: share(self.figures.iter().filter(above).count()),
            calls_dialed: self.figures.iter().map(|f| f.calls_dialed).sum(),
        }
    }
}

impl Summary {
    /// The figures that have a confidence interval, by their names in JSON and CSV.
    pub const ESTIMATES: [NamedEstimate; 12] = [
        ("occupancy", |s| s.occupancy),
        ("abandonmentRate", |s| s.abandonment_rate),
        ("connectsPerAgentHour", |s| s.connects_per_agent_hour),
        ("idleWaitSecs", |s| s.idle_wait_secs),
        ("dialRate", |s| s.dial_rate),
        ("ratio", |s| s.ratio),
        ("rateChangesPerHour", |s| s.rate_changes_per_hour),
        ("patchesPerHour", |s| s.patches_per_hour),
        ("exportsPerHour", |s| s.exports_per_hour),
        ("outsideSlaBand", |s| s.outside_sla_band),
        ("worstHalfHourAbandonment", |s| {
            s.worst_half_hour_abandonment
        }),
        ("answerRate", |s| s.answer_rate),
    ];
}

impl fmt::Display for VariantResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (policy, band) = (&self.policy, self.band);
        let swept = swept::words(&self.swept);
        if !self.standing.has_band() {
            return write!(f, "{policy}{swept}");
        }
        let (sla, margin) = (band.sla_threshold.value(), band.tolerance_margin.value());
        write!(f, "{policy} with threshold {sla} ± {margin}{swept}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_estimates_are_those_of_json() {
        let results = VariantResults {
            policy: String::new(),
            standing: Standing::Reference,
            band: crate::pacing::Limits::default().band,
            swept: Vec::new(),
            figures: Vec::new(),
        };
        let json = serde_json::to_value(results.summary(0.03)).unwrap();
        let json = json.as_object().unwrap().iter();
        let in_json: Vec<&str> = json
            .filter(|(_, v)| v.is_object())
            .map(|(k, _)| k.as_str())
            .collect();
        let mut names = Summary::ESTIMATES.map(|(name, _)| name);
        names.sort_unstable();
        assert_eq!(names.as_slice(), in_json);
    }
}
