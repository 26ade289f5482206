//! History and simulation by hour of the day, as pictures and as a table.

use super::FitResults;
use crate::report::chart::{Frame, add, escape};
use crate::report::figure::Figure;
use crate::report::html_table::{Cell, HtmlTable, Row};
use crate::sim::fit::{Compared, FIGURES, HourComparison};

/// A picture of each figure.
pub(super) fn charts(results: &FitResults) -> String {
    let charts: String = QUANTITIES
        .iter()
        .enumerate()
        .map(|(place, quantity)| chart(results, place, quantity))
        .collect();
    if charts.is_empty() {
        return String::new();
    }
    format!(
        "<h2>History and simulation by hour of the day</h2>\n<ul class=\"legend\"><li><span class=\"key dots\">●</span>history, inside the band</li><li><span class=\"key dots out\">■</span>history, outside</li><li><span class=\"key range\"></span>band of 9 in 10 simulations</li><li><span class=\"key past\"></span>their mean</li></ul>\n<div class=\"pictures\">\n{charts}</div>\n"
    )
}

/// A figure in plain words.
struct Quantity {
    heading: &'static str,
    unit: &'static str,
    factor: f64,
    decimals: usize,
}

/// The hours of a figure.
fn hours(results: &FitResults, place: usize) -> Vec<(u32, Compared)> {
    let hours = results.comparison.hours.iter();
    let known = hours.filter_map(|hour| {
        let figure = hour.figures.get(place).copied().flatten();
        Some((hour.hour, figure?))
    });
    known.collect()
}

/// One figure by hour of the day.
fn chart(results: &FitResults, place: usize, quantity: &Quantity) -> String {
    let hours = hours(results, place);
    let (Some((first, _)), Some((last, _))) = (hours.first(), hours.last()) else {
        return String::new();
    };
    let factor = quantity.factor;
    let most = |(_, compared): &(u32, Compared)| compared.band.1.max(compared.history) * factor;
    let highest = hours.iter().map(most).fold(0.0, f64::max);
    let (from, to) = (f64::from(*first), f64::from(last + 1));
    let highest = if highest > 0.0 { highest * 1.1 } else { 1.0 };
    let frame = Frame::half((from, to), (0.0, highest));
    let mut svg = frame.y_axis(quantity.unit);
    let ticks = (*first..=last + 1).map(|hour| (f64::from(hour), format!("{hour:02}:00")));
    svg.push_str(&frame.x_axis(&ticks.collect::<Vec<_>>()));
    for (hour, compared) in &hours {
        let hour = f64::from(*hour);
        let band = (compared.band.0 * factor, compared.band.1 * factor);
        svg.push_str(&frame.bar("range", (hour + 0.1, hour + 0.9), band));
    }
    let means = hours.iter();
    let means = means.map(|(hour, it)| (f64::from(*hour) + 0.5, Some(it.simulated * factor)));
    svg.push_str(&frame.line("line past", &means.collect::<Vec<_>>()));
    for (hour, compared) in &hours {
        svg.push_str(&dot(&frame, f64::from(*hour), compared, factor));
    }
    for (hour, compared) in &hours {
        let strip = (f64::from(*hour), f64::from(hour + 1));
        svg.push_str(&frame.hover(strip, &words(*hour, compared, quantity)));
    }
    let (inside, all) = results.comparison.inside(place);
    Figure {
        id: &format!("figure-{}", place + 1),
        heading: quantity.heading,
        words: &description(&hours, quantity),
        caption: &escape(&format!("{inside} of {all} hours are inside the band.")),
        size: frame.size(),
        svg: &svg,
    }
    .half()
}

/// The history: a circle inside the band, a square outside.
fn dot(frame: &Frame, hour: f64, compared: &Compared, factor: f64) -> String {
    let (x, y) = (frame.px(hour + 0.5), frame.py(compared.history * factor));
    if compared.is_inside() {
        return format!("<circle class=\"dot inside\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>");
    }
    format!(
        "<rect class=\"dot outside\" x=\"{:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\"/>",
        x - 5.0,
        y - 5.0
    )
}

/// "09:00 to 10:00: history 0.291, 9 in 10 simulations 0.27 to 0.31, their mean 0.29"
fn words(hour: u32, compared: &Compared, quantity: &Quantity) -> String {
    let number = |value: f64| format!("{:.*}", quantity.decimals, value * quantity.factor);
    let outside = if compared.is_inside() {
        ""
    } else {
        ", outside"
    };
    format!(
        "{hour:02}:00 to {:02}:00, {}: history {}{outside}; 9 in 10 simulations {} to {}, their mean {}",
        hour + 1,
        quantity.unit,
        number(compared.history),
        number(compared.band.0),
        number(compared.band.1),
        number(compared.simulated)
    )
}

/// What the picture says.
fn description(hours: &[(u32, Compared)], quantity: &Quantity) -> String {
    let of = |value: &dyn Fn(&Compared) -> f64| {
        let values = || hours.iter().map(|(_, it)| value(it) * quantity.factor);
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let decimals = quantity.decimals;
        format!("{low:.decimals$} to {high:.decimals$}")
    };
    let mut text = format!(
        "{} by hour of the day. History: {}. Simulation: {}.",
        quantity.unit,
        of(&|it| it.history),
        of(&|it| it.simulated)
    );
    for (hour, _) in hours.iter().filter(|(_, it)| !it.is_inside()) {
        add(
            &mut text,
            format_args!(" Outside the band at {hour:02}:00."),
        );
    }
    text
}

/// The same as a table.
pub(super) fn hours_table(results: &FitResults) -> String {
    let mut headings = vec!["hour".to_owned()];
    for quantity in &QUANTITIES {
        headings.push(format!("{}, {}", quantity.heading, quantity.unit));
        headings.push("9 in 10 simulations".to_owned());
    }
    let row = |hour: &HourComparison| {
        let mut cells = vec![Cell::text(&format!("{:02}:00", hour.hour))];
        for (figure, quantity) in hour.figures.iter().zip(&QUANTITIES) {
            let number = |value: f64| format!("{:.*}", quantity.decimals, value * quantity.factor);
            cells.extend(match figure {
                Some(it) => {
                    let outside = if it.is_inside() { "" } else { " (outside)" };
                    let (low, high) = it.band;
                    [
                        Cell::text(&format!("{}{outside}", number(it.history))),
                        Cell::text(&format!("{} to {}", number(low), number(high))),
                    ]
                }
                None => [Cell::text("–"), Cell::text("–")],
            });
        }
        Row {
            cells,
            ..Row::default()
        }
    };
    let table = HtmlTable {
        id: "by-hour",
        caption: "History, and the band of the simulations",
        headings,
        rows: results.comparison.hours.iter().map(row).collect(),
        is_sortable: false,
    };
    format!("<h2>By hour, as a table</h2>\n{}", table.html())
}

/// The figures in the order of [`FIGURES`].
const QUANTITIES: [Quantity; FIGURES.len()] = [
    Quantity {
        heading: "Answer rate",
        unit: "of 100 calls, answered",
        factor: 100.0,
        decimals: 1,
    },
    Quantity {
        heading: "Available agents",
        unit: "agents without a call",
        factor: 1.0,
        decimals: 1,
    },
    Quantity {
        heading: "Answered calls",
        unit: "per hour",
        factor: 1.0,
        decimals: 0,
    },
    Quantity {
        heading: "People who answer and hear nobody",
        unit: "of 100 who answer",
        factor: 100.0,
        decimals: 2,
    },
];
