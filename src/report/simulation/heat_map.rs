//! A heat map for each policy: connects per agent-hour by SLA threshold and tolerance margin.

use super::comparison::Comparison;
use crate::report::chart::{add, escape, tidy};
use crate::sim::{Summary, VariantResults};

/// A heat map for each policy that has several settings.
pub(super) fn heat_maps(comparison: &Comparison) -> String {
    let variants = comparison.results.variants.iter();
    let mut policies: Vec<&str> = variants.map(|variant| variant.policy.as_str()).collect();
    policies.dedup();
    let maps = policies.into_iter().map(|policy| {
        let of_policy = comparison.variants().filter(|(v, _)| v.policy == policy);
        heat_map(comparison, policy, &of_policy.collect::<Vec<_>>())
    });
    maps.collect()
}

fn heat_map(
    comparison: &Comparison,
    policy: &str,
    variants: &[(&VariantResults, &Summary)],
) -> String {
    let bands = || variants.iter().map(|(variant, _)| variant.band);
    let slas = distinct(bands().map(|band| band.sla_threshold.value()));
    let margins = distinct(bands().map(|band| band.tolerance_margin.value()));
    // Two of them would have the same cell.
    let is_swept = variants
        .iter()
        .any(|(variant, _)| !variant.swept.is_empty());
    if is_swept || slas.len() * margins.len() < 2 {
        return String::new();
    }
    let connects = |summary: &Summary| summary.connects_per_agent_hour.mean;
    let all = || comparison.summaries.iter().map(connects);
    let (low, high) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(0.0, f64::max),
    );
    let mut svg = String::new();
    for (variant, summary) in variants {
        let cell = Cell {
            x: LEFT + WIDE * place(&slas, variant.band.sla_threshold.value()),
            y: TOP + TALL * place(&margins, variant.band.tolerance_margin.value()),
            connects: connects(summary),
            share: (connects(summary) - low) / (high - low).max(1e-9),
            is_crossed: summary.abandonment_rate.upper() >= comparison.limit,
            is_framed: comparison.is_choice(variant),
        };
        cell.draw(&mut svg);
    }
    let bottom = TOP + TALL * float(margins.len());
    add_axes(&mut svg, &slas, &margins, bottom);
    let width = (LEFT + WIDE * float(slas.len()) + 20.0).max(300.0);
    let height = bottom + 46.0;
    format!(
        "<h2>{}: connects per agent-hour</h2>\n<p class=\"note\">Crossed: abandonment may be over {} %. Framed: recommended.</p>\n<svg viewBox=\"0 0 {width:.0} {height:.0}\" style=\"max-width:{width:.0}px\" role=\"img\">{svg}</svg>\n",
        escape(policy),
        tidy(comparison.limit * 100.0)
    )
}

/// A cell at its corner, in pixels.
struct Cell {
    x: f64,
    y: f64,
    connects: f64,
    /// Connects between the fewest and the most of all variants, from 0 to 1.
    share: f64,
    is_crossed: bool,
    is_framed: bool,
}

impl Cell {
    fn draw(&self, svg: &mut String) {
        let Self { x, y, connects, .. } = *self;
        let opacity = 0.1 + 0.6 * self.share;
        add(
            svg,
            format_args!(
                "<rect class=\"cell\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{WIDE}\" height=\"{TALL}\" style=\"fill-opacity:{opacity:.3}\"/>"
            ),
        );
        if self.is_crossed {
            add(
                svg,
                format_args!(
                    "<path class=\"cross\" d=\"M{x:.1} {y:.1}l{WIDE} {TALL}m-{WIDE} 0l{WIDE} -{TALL}\"/>"
                ),
            );
        }
        let (middle, line) = (x + WIDE / 2.0, y + 17.0);
        add(
            svg,
            format_args!(
                "<text class=\"value\" x=\"{middle:.1}\" y=\"{line:.1}\" text-anchor=\"middle\">{connects:.2}</text>"
            ),
        );
        if self.is_framed {
            add(
                svg,
                format_args!(
                    "<rect class=\"choice\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    x + 1.5,
                    y + 1.5,
                    WIDE - 3.0,
                    TALL - 3.0
                ),
            );
        }
    }
}

fn add_axes(svg: &mut String, slas: &[f64], margins: &[f64], bottom: f64) {
    for (n, sla) in slas.iter().enumerate() {
        let (x, y) = (LEFT + WIDE * (float(n) + 0.5), bottom + 16.0);
        let sla = tidy(*sla);
        add(
            svg,
            format_args!(
                "<text class=\"num\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{sla}</text>"
            ),
        );
    }
    for (n, margin) in margins.iter().enumerate() {
        let y = TOP + 17.0 + TALL * float(n);
        let margin = tidy(*margin);
        add(
            svg,
            format_args!(
                "<text class=\"num\" x=\"74\" y=\"{y:.1}\" text-anchor=\"end\">{margin}</text>"
            ),
        );
    }
    let x = LEFT + WIDE * float(slas.len()) / 2.0;
    let (y, middle) = (bottom + 36.0, TOP + TALL * float(margins.len()) / 2.0);
    add(
        svg,
        format_args!(
            "<text class=\"title\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">SLA threshold (answer rate)</text><text class=\"title\" transform=\"translate(20,{middle:.1}) rotate(-90)\" text-anchor=\"middle\">tolerance</text>"
        ),
    );
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// The place of a value in a list in order.
fn place(list: &[f64], value: f64) -> f64 {
    float(list.iter().take_while(|v| **v < value).count())
}

fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Margins of a map and sizes of its cells, in pixels.
const LEFT: f64 = 80.0;
const TOP: f64 = 10.0;
const WIDE: f64 = 56.0;
const TALL: f64 = 26.0;
