//! A fit as one HTML page: whether the simulation can be relied on, and what is sure.

use super::FitResults;
use super::estimates::{EstimateText, estimates};
use super::hour_charts::{charts, hours_table};
use super::words::{FiguresInside, Likeness, dialed_hours, origin, outages, unseen};
use crate::report::chart::{add, escape};
use crate::report::clock_axis;
use crate::report::html_table::{Cell, HtmlTable, Row};
use crate::report::page;
use crate::sim::LocalTime;
use crate::sim::fit::FIGURES;

/// The whole page.
#[must_use]
pub fn page(results: &FitResults) -> String {
    let mut html = page::head(&format!("Fit of {}", results.scenario.name));
    html.push_str(&answer(results));
    html.push_str(&charts(results));
    html.push_str(&sure(results));
    html.push_str(&list("What the history does not show", &unseen(results)));
    html.push_str(&list(
        "Times that are not in the scenario",
        &outages(results),
    ));
    html.push_str(&hours_table(results));
    let end = page::end(&html, &TERMS, &[], &results.made_by);
    html + &end
}

/// The verdict in plain words.
fn answer(results: &FitResults) -> String {
    let comparison = &results.comparison;
    let found = FiguresInside::of(comparison);
    let first = match found.likeness() {
        None => {
            "There is nothing in the history that the simulation could be compared with.".to_owned()
        }
        Some(Likeness::Alike) => format!(
            "The simulation behaves like your history: {}. What a simulation of this scenario says can be relied on, as far as the estimates below are sure.",
            found.words()
        ),
        Some(Likeness::MostHours) => format!(
            "The simulation behaves like your history in most hours, but not in all: {}. Look at the pictures before you rely on it.",
            found.words()
        ),
        Some(Likeness::Unlike) => format!(
            "The simulation does not behave like your history: {}. Do not rely on it.",
            found.words()
        ),
    };
    let worst = (0..FIGURES.len())
        .map(|place| (place, comparison.inside(place)))
        .filter(|(_, (inside, all))| inside < all)
        .max_by_key(|(_, (inside, all))| all - inside);
    let second = match worst.and_then(|(place, counts)| Some((FIGURES.get(place)?, counts))) {
        Some((figure, (inside, all))) => format!(
            "Least alike: {}, with {inside} of {all} hours inside.",
            plain(figure)
        ),
        None => String::new(),
    };
    let mut html = String::new();
    let (from, to) = results.fit.span();
    let words = |at: LocalTime| clock_axis::words(at.secs * 1_000);
    for line in origin(results, &words(from), &words(to)) {
        add(&mut html, format_args!("<p>{}</p>\n", escape(&line)));
    }
    add(
        &mut html,
        format_args!(
            "<div class=\"answer\"><p>{} {}</p></div>\n",
            escape(&first),
            escape(&second)
        ),
    );
    if let Some(hours) = dialed_hours(results) {
        add(&mut html, format_args!("<p>{}</p>\n", escape(&hours)));
    }
    html
}

/// The estimates, with how far each may be off.
fn sure(results: &FitResults) -> String {
    let row = |it: EstimateText| {
        let words = match it.may_be_off {
            None => "",
            Some(..0.1) => "sure",
            Some(..0.3) => "roughly known",
            Some(_) => "hardly known",
        };
        let off = it.may_be_off.map_or_else(
            || Cell::text("–"),
            |share| Cell::number(&format!("± {:.0} %", share * 100.0), share),
        );
        Row {
            cells: vec![
                Cell::text(it.name.trim()),
                Cell::text(&it.value),
                Cell::text(&it.range),
                off,
                Cell::text(words),
            ],
            ..Row::default()
        }
    };
    let headings = [
        "estimate",
        "value",
        "95 % interval",
        "may be off by",
        "how sure",
    ];
    let table = HtmlTable {
        id: "estimates",
        caption: "Sure: off by less than a tenth; hardly known: by more than three tenths",
        headings: headings.map(str::to_owned).to_vec(),
        rows: estimates(results).into_iter().map(row).collect(),
        is_sortable: false,
    };
    format!("<h2>What is sure, and what is not</h2>\n{}", table.html())
}

fn list(heading: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut html = format!("<h2>{heading}</h2>\n<ul>\n");
    for line in lines {
        add(&mut html, format_args!("<li>{}</li>\n", escape(line)));
    }
    html.push_str("</ul>\n");
    html
}

/// The figure in words that need no glossary.
fn plain(figure: &str) -> &str {
    match figure {
        "abandonment" => "the share of people who answer and hear nobody",
        "available agents" => "the agents without a call",
        figure => figure,
    }
}

/// The words that the page explains.
const TERMS: [&str; 5] = [
    "Abandoned call",
    "Answer rate",
    "Dial rate",
    "Drift",
    "Handle time",
];
