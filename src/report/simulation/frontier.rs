//! Occupancy against abandonment: every variant with its confidence intervals.

use super::comparison::Comparison;
use crate::report::chart::{Frame, add, escape};
use crate::sim::Estimate;

/// Occupancy against abandonment, with the limit.
pub(super) fn frontier(comparison: &Comparison) -> String {
    let frame = frame(comparison);
    let mut svg = frame.axes("abandoned, % of live answers", "occupancy, %");
    let x = frame.px(comparison.limit * 100.0);
    let beside = x + 4.0;
    add(
        &mut svg,
        format_args!(
            "<line class=\"limit\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"10\" y2=\"310\"/><text class=\"num\" x=\"{beside:.1}\" y=\"24\">limit</text>"
        ),
    );
    add_points(&mut svg, comparison, &frame);
    add_names(&mut svg, comparison, &frame);
    format!(
        "<h2>Occupancy against abandonment</h2>\n<p class=\"note\">Bars are 95 % confidence intervals; the best corner is top left.</p>\n<svg viewBox=\"0 0 860 356\" role=\"img\">{svg}</svg>\n"
    )
}

fn frame(comparison: &Comparison) -> Frame {
    let summaries = comparison.summaries.iter();
    let abandoned = summaries.map(|s| s.abandonment_rate.upper() * 100.0);
    let occupied = || {
        comparison
            .summaries
            .iter()
            .map(|s| s.occupancy.mean * 100.0)
    };
    let low = (occupied().fold(100.0, f64::min) - 5.0).max(0.0);
    let high = (occupied().fold(0.0, f64::max) + 5.0).min(100.0);
    Frame {
        left: 60.0,
        top: 10.0,
        width: 780.0,
        height: 300.0,
        x: (0.0, abandoned.fold(comparison.limit * 150.0, f64::max)),
        y: (low, high),
    }
}

fn add_points(svg: &mut String, comparison: &Comparison, frame: &Frame) {
    let lower = |estimate: Estimate| estimate.mean - estimate.half_width;
    for (variant, summary) in comparison.variants() {
        let (abandoned, occupied) = (summary.abandonment_rate, summary.occupancy);
        let x = frame.px(abandoned.mean * 100.0);
        let left = frame.px((lower(abandoned) * 100.0).max(0.0));
        let right = frame.px(abandoned.upper() * 100.0);
        let y = frame.py(occupied.mean * 100.0);
        let top = frame.py(occupied.upper() * 100.0);
        let bottom = frame.py(lower(occupied) * 100.0);
        let class = if comparison.is_choice(variant) {
            "dot chosen"
        } else {
            "dot"
        };
        let name = escape(&variant.to_string());
        add(
            svg,
            format_args!(
                "<path class=\"whisker\" d=\"M{left:.1} {y:.1}H{right:.1}M{x:.1} {top:.1}V{bottom:.1}\"/><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{name}</title></circle>"
            ),
        );
    }
}

/// The name of each policy, at its first variant.
fn add_names(svg: &mut String, comparison: &Comparison, frame: &Frame) {
    let mut named: Vec<&str> = Vec::new();
    for (variant, summary) in comparison.variants() {
        if named.contains(&variant.policy.as_str()) {
            continue;
        }
        named.push(&variant.policy);
        let x = frame.px(summary.abandonment_rate.mean * 100.0) + 8.0;
        let y = frame.py(summary.occupancy.mean * 100.0) - 6.0;
        let name = escape(&variant.policy);
        add(
            svg,
            format_args!("<text class=\"num\" x=\"{x:.1}\" y=\"{y:.1}\">{name}</text>"),
        );
    }
}
