//! A fit as one HTML page: history and simulation by hour of the day.

use super::FitResults;
use super::summary::summary;
use super::words::{origin, verdict};
use crate::report::chart::{Frame, add, escape};
use crate::report::page;
use crate::sim::fit::{Compared, FIGURES};

/// The whole page.
#[must_use]
pub fn page(results: &FitResults) -> String {
    let mut html = page::head(&results.scenario.name);
    for line in verdict(results).iter().chain(&origin(results)) {
        add(
            &mut html,
            format_args!("<p class=\"advice\">{}</p>\n", escape(line)),
        );
    }
    for (place, figure) in FIGURES.iter().enumerate() {
        html.push_str(&chart(results, place, figure));
    }
    add(
        &mut html,
        format_args!(
            "<h2>Figures</h2>\n<pre>{}</pre>\n</body></html>\n",
            escape(&summary(results))
        ),
    );
    html
}

/// One figure by hour of the day.
fn chart(results: &FitResults, place: usize, figure: &str) -> String {
    let of = |compared: Option<&Option<Compared>>| compared.copied().flatten();
    let hours: Vec<(f64, Compared)> = results
        .comparison
        .hours
        .iter()
        .filter_map(|hour| Some((f64::from(hour.hour), of(hour.figures.get(place))?)))
        .collect();
    if hours.is_empty() {
        return String::new();
    }
    let highest = hours
        .iter()
        .map(|(_, compared)| compared.band.1.max(compared.history))
        .fold(0.0, f64::max);
    let frame = Frame {
        left: 60.0,
        top: 10.0,
        width: 780.0,
        height: 160.0,
        x: (0.0, 24.0),
        y: (0.0, if highest > 0.0 { highest * 1.1 } else { 1.0 }),
    };
    let mut svg = frame.axes("hour of the day", figure);
    for (hour, compared) in &hours {
        let (low, high) = compared.band;
        let (left, right) = (frame.px(hour + 0.1), frame.px(hour + 0.9));
        let (top, bottom) = (frame.py(high), frame.py(low));
        let class = if compared.is_inside() {
            "dot"
        } else {
            "dot chosen"
        };
        add(
            &mut svg,
            format_args!(
                "<rect class=\"band\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/><circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>",
                right - left,
                (bottom - top).max(1.0),
                f64::midpoint(left, right),
                frame.py(compared.history)
            ),
        );
    }
    let points: Vec<(f64, Option<f64>)> = hours
        .iter()
        .map(|(hour, compared)| (hour + 0.5, Some(compared.simulated)))
        .collect();
    svg.push_str(&frame.line("line thin faint", &points));
    let (inside, all) = results.comparison.inside(place);
    format!(
        "<h2>{}</h2>\n<p class=\"note\">Dots: the history. Bands: 90 % of the simulations; line: their mean. {inside} of {all} hours are inside; others are orange.</p>\n<svg viewBox=\"0 0 860 216\" role=\"img\">{svg}</svg>\n",
        escape(&capital(figure))
    )
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
