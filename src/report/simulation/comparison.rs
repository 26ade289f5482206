//! The data of the report, and the words for a setting.

use crate::base::swept;
use crate::report::MadeBy;
use crate::sim::{
    BaselineIs, Estimate, Figures, LivePlatform, OverTime, Recommendation, Results, Standing,
    Summary, VariantResults, recommend,
};

/// What the report shows besides the figures of each run.
pub struct ReportData<'a> {
    /// The results.
    pub results: &'a Results,
    /// The abandonment rate that is to be kept.
    pub limit: f64,
    /// The settings that were given for all variants, by key.
    pub given: &'a [(String, String)],
    /// What is to be said of other policies on the same days, in sentences.
    pub other_policies: &'a [String],
    /// What made the page.
    pub made_by: &'a MadeBy,
    /// Variants over time, by their numbers: those of [`variants_to_draw`].
    pub drawn: &'a [(usize, OverTime)],
}

/// The numbers of the variants that are drawn over time: the baseline and those recommended.
#[must_use]
pub fn variants_to_draw(results: &Results, limit: f64) -> Vec<usize> {
    let summaries = results.summaries(limit);
    let mut drawn = vec![results.baseline];
    for recommendation in recommend(results, &summaries, limit) {
        let number = number_of(results, &recommendation);
        drawn.extend(number.filter(|number| !drawn.contains(number)));
    }
    drawn
}

/// The number of the variant that is recommended.
fn number_of(results: &Results, recommendation: &Recommendation) -> Option<usize> {
    let choice = recommendation.choice.as_ref()?;
    let mut variants = results.variants.iter();
    variants.position(|variant| variant.to_string() == *choice)
}

/// The results, compared.
pub(super) struct Comparison<'a> {
    pub(super) results: &'a Results,
    /// The abandonment rate that is to be kept.
    pub(super) limit: f64,
    /// The settings that were given for all variants, by key.
    pub(super) given: &'a [(String, String)],
    pub(super) summaries: Vec<Summary>,
    /// The recommendations, each with the number of its variant.
    pub(super) recommendations: Vec<(Recommendation, Option<usize>)>,
}

/// A variant that does better than the one recommended, and runs nowhere as it was simulated.
pub(super) struct Unrunnable<'a> {
    pub(super) variant: &'a VariantResults,
    /// Connects per agent-hour more.
    pub(super) gain: Estimate,
    /// Why it cannot be run.
    pub(super) why: &'static str,
}

impl<'a> Comparison<'a> {
    pub(super) fn of(results: &'a Results, limit: f64, given: &'a [(String, String)]) -> Self {
        let summaries = results.summaries(limit);
        let recommendations = recommend(results, &summaries, limit);
        let recommendations = recommendations.into_iter().map(|it| {
            let number = number_of(results, &it);
            (it, number)
        });
        Self {
            results,
            limit,
            given,
            recommendations: recommendations.collect(),
            summaries,
        }
    }

    pub(super) fn variants(&self) -> impl Iterator<Item = (usize, &VariantResults, &Summary)> {
        let both = self.results.variants.iter().zip(&self.summaries);
        both.enumerate().map(|(n, (v, s))| (n, v, s))
    }

    /// The recommended variants with their platforms, those of today left out.
    pub(super) fn choices(&self) -> Vec<(usize, LivePlatform)> {
        let choices = self.recommendations.iter();
        let choices = choices.filter_map(|(it, number)| Some(((*number)?, it.platform?)));
        choices.collect()
    }

    pub(super) fn is_choice(&self, number: usize) -> bool {
        self.choices().iter().any(|(choice, _)| *choice == number)
    }

    /// What the baseline is called.
    pub(super) fn today(&self) -> &'static str {
        match self.results.baseline_is {
            BaselineIs::InForce => "today",
            BaselineIs::Defaults => "dialpace's defaults",
            BaselineIs::Other => "baseline",
        }
    }

    /// "today", "recommended", "recommended for skills", or "simulated" for the only one; `None` for all
    /// others.
    pub(super) fn role(&self, number: usize) -> Option<String> {
        if self.results.variants.len() < 2 {
            return Some("simulated".to_owned());
        }
        let choices = self.choices();
        let choice = choices.iter().find(|(choice, _)| *choice == number);
        let recommended = choice.map(|(_, platform)| {
            if choices.len() > 1 {
                format!("recommended for {platform}")
            } else {
                "recommended".to_owned()
            }
        });
        match (number == self.results.baseline, recommended) {
            (true, Some(recommended)) => Some(format!("{}, {recommended}", self.today())),
            (true, None) => Some(self.today().to_owned()),
            (false, recommended) => recommended,
        }
    }

    /// True for a variant that has the settings in force.
    pub(super) fn is_in_force(&self, number: usize) -> bool {
        let results = self.results;
        number == results.baseline && results.baseline_is != BaselineIs::Other
    }

    /// The best of those that run nowhere, where it keeps the limit and is surely better than this
    /// variant.
    pub(super) fn better_elsewhere(&self, number: usize) -> Option<Unrunnable<'_>> {
        let found = self.variants().filter_map(|(n, variant, summary)| {
            let why = match variant.standing {
                Standing::RunsOn(_) => return None,
                Standing::ToldMore => "it is told more than the platform tells",
                Standing::Reference => "it is a reference, which decides at every call",
            };
            let gain = self
                .results
                .paired(n, number, |f| f.connects_per_agent_hour);
            let is_better = is_sure(gain) && gain.mean > 0.0;
            let keeps = summary.abandonment_rate.upper() < self.limit;
            (is_better && keeps).then_some(Unrunnable { variant, gain, why })
        });
        found.max_by(|a, b| a.gain.mean.total_cmp(&b.gain.mean))
    }

    /// A figure of a variant less that of today.
    pub(super) fn over_today(&self, number: usize, figure: fn(&Figures) -> f64) -> Estimate {
        self.results.paired(number, self.results.baseline, figure)
    }
}

/// "capacity (band 0.3 ± 0.05), utilisation 0.8"
pub(super) fn setting(variant: &VariantResults) -> String {
    let (policy, swept) = (&variant.policy, swept::words(&variant.swept));
    if !variant.standing.has_band() {
        return format!("{policy}{swept}");
    }
    let band = variant.band;
    let (sla, margin) = (band.sla_threshold.value(), band.tolerance_margin.value());
    format!("{policy} (band {sla} ± {margin}){swept}")
}

/// Where a variant runs, in a few words.
pub(super) fn runs_on(standing: Standing) -> &'static str {
    match standing {
        Standing::RunsOn(LivePlatform::CampaignApi) => "campaign API",
        Standing::RunsOn(LivePlatform::Skills) => "skills",
        Standing::ToldMore => "nowhere (told more)",
        Standing::Reference => "nowhere (reference)",
    }
}

/// "2.1": a share as so many of a hundred; "0" where there is none at all.
pub(super) fn of_100(share: f64) -> String {
    if share <= 0.0 {
        return "0".to_owned();
    }
    format!("{:.1}", share * 100.0)
}

/// True where a difference is more than chance.
pub(super) fn is_sure(difference: Estimate) -> bool {
    difference.half_width > 0.0 && difference.mean.abs() > difference.half_width
}
