//! What the band changes: a table for each policy that it changes anything for, a sentence for others.

use super::comparison::{Comparison, is_sure};
use crate::report::chart::{add, escape, tidy};
use crate::sim::{Summary, VariantResults};

/// The tables and sentences; empty where no policy has several bands.
pub(super) fn heat_maps(comparison: &Comparison) -> String {
    let variants = comparison.results.variants.iter();
    let mut policies: Vec<&str> = variants.map(|variant| variant.policy.as_str()).collect();
    policies.dedup();
    let maps: Vec<HeatMap> = policies
        .into_iter()
        .filter_map(|policy| HeatMap::of(comparison, policy))
        .collect();
    if maps.is_empty() {
        return String::new();
    }
    let mut html = String::from("<h2>What the band changes</h2>\n");
    let unchanged: Vec<String> = maps
        .iter()
        .filter(|map| !map.makes_a_difference())
        .map(HeatMap::of_all_bands)
        .collect();
    if !unchanged.is_empty() {
        add(
            &mut html,
            format_args!(
                "<p>{}</p>\n",
                escape(&format!(
                    "The band changes nothing beyond chance with these policies, whose conversations per agent and hour are the same with each: {}.",
                    unchanged.join(", ")
                ))
            ),
        );
    }
    if maps.iter().any(HeatMap::makes_a_difference) {
        add(
            &mut html,
            format_args!(
                "<p class=\"note\">Conversations per agent and hour. Down: the answer rate expected (the threshold); across: its tolerance. Framed: recommended. Struck out: more than {} of 100 may hear nobody.</p>\n",
                tidy(comparison.limit * 100.0)
            ),
        );
    }
    for (number, map) in maps
        .iter()
        .filter(|map| map.makes_a_difference())
        .enumerate()
    {
        html.push_str(&map.html(number));
    }
    html
}

/// A policy by SLA threshold and tolerance.
struct HeatMap<'a> {
    comparison: &'a Comparison<'a>,
    policy: &'a str,
    slas: Vec<f64>,
    margins: Vec<f64>,
    variants: Vec<(usize, &'a VariantResults, &'a Summary)>,
}

impl<'a> HeatMap<'a> {
    /// `None` for a policy with one band, or with other swept settings, which would share a cell.
    fn of(comparison: &'a Comparison, policy: &'a str) -> Option<Self> {
        let variants = comparison.variants();
        let variants: Vec<_> = variants.filter(|(_, v, _)| v.policy == policy).collect();
        let bands = || variants.iter().map(|(_, variant, _)| variant.band);
        let slas = distinct(bands().map(|band| band.sla_threshold.value()));
        let margins = distinct(bands().map(|band| band.tolerance_margin.value()));
        let is_swept = variants.iter().any(|(_, v, _)| !v.swept.is_empty());
        let has_several = !is_swept && slas.len() * margins.len() > 1;
        has_several.then_some(Self {
            comparison,
            policy,
            slas,
            margins,
            variants,
        })
    }

    /// The variants with the fewest and the most conversations.
    fn ends(&self) -> Option<[&(usize, &'a VariantResults, &'a Summary); 2]> {
        let by = |a: &&(usize, _, &Summary), b: &&(usize, _, &Summary)| {
            connects(a.2).total_cmp(&connects(b.2))
        };
        Some([
            self.variants.iter().min_by(by)?,
            self.variants.iter().max_by(by)?,
        ])
    }

    fn makes_a_difference(&self) -> bool {
        let results = self.comparison.results;
        self.ends().is_some_and(|[low, high]| {
            is_sure(results.paired(high.0, low.0, |f| f.connects_per_agent_hour))
        })
    }

    /// "capacity: 8.0"
    fn of_all_bands(&self) -> String {
        let connects = self.ends().map_or(0.0, |[_, high]| connects(high.2));
        format!("{}: {connects:.1}", self.policy)
    }

    fn html(&self, number: usize) -> String {
        let id = format!("band-{number}");
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}\"><table class=\"heat\"><caption id=\"{id}\"><span>{}</span></caption><thead><tr><th scope=\"col\">expected</th>",
            escape(self.policy)
        );
        for margin in &self.margins {
            add(
                &mut html,
                format_args!("<th scope=\"col\">± {}</th>", tidy(*margin)),
            );
        }
        html.push_str("</tr></thead><tbody>\n");
        for sla in &self.slas {
            add(
                &mut html,
                format_args!("<tr><th scope=\"row\">{}</th>", tidy(*sla)),
            );
            for margin in &self.margins {
                html.push_str(&self.cell(*sla, *margin));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody></table></div>\n");
        html
    }

    fn cell(&self, sla: f64, margin: f64) -> String {
        let is_here = |variant: &VariantResults| {
            let band = variant.band;
            band.sla_threshold.value().total_cmp(&sla).is_eq()
                && band.tolerance_margin.value().total_cmp(&margin).is_eq()
        };
        let found = self.variants.iter().find(|(_, v, _)| is_here(v));
        let (Some((number, _, summary)), Some([low, high])) = (found, self.ends()) else {
            return "<td></td>".to_owned();
        };
        let (low, high) = (connects(low.2), connects(high.2));
        let share = (connects(summary) - low) / (high - low).max(1e-9);
        let mut class = format!("c{}", 1 + step(share));
        if summary.abandonment_rate.upper() >= self.comparison.limit {
            class.push_str(" over");
        }
        if self.comparison.is_choice(*number) {
            class.push_str(" choice");
        }
        format!("<td class=\"{class}\">{:.2}</td>", connects(summary))
    }
}

/// 0 to 4.
fn step(share: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share, at most 4"
    )]
    let step = (share.clamp(0.0, 1.0) * 4.0).round() as u32;
    step
}

fn connects(summary: &Summary) -> f64 {
    summary.connects_per_agent_hour.mean
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}
