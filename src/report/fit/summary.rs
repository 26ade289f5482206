//! A fit for people: the verdict, the estimates, and each hour.

use super::FitResults;
use super::estimates::estimates;
use super::words::{origin, outages, unseen, verdict};
use crate::report::table::aligned;
use crate::sim::fit::{Compared, FIGURES};

/// The summary, as lines.
#[must_use]
pub fn summary(results: &FitResults) -> String {
    let mut lines = origin(results, &results.span.0, &results.span.1);
    lines.push(String::new());
    lines.extend(verdict(results));
    lines.push(String::new());
    lines.extend(estimate_lines(results));
    lines.push(String::new());
    lines.push("Not seen:".to_owned());
    lines.extend(unseen(results).iter().map(|line| format!("- {line}")));
    let outages = outages(results);
    if !outages.is_empty() {
        lines.push(String::new());
        lines.push("Times that are not in the scenario:".to_owned());
        lines.extend(outages.iter().map(|line| format!("- {line}")));
    }
    lines.push(String::new());
    lines.extend(hours(results).lines().map(str::to_owned));
    lines.join("\n")
}

fn estimate_lines(results: &FitResults) -> Vec<String> {
    let mut rows = vec![["estimate", "value", "95 % interval"].map(str::to_owned)];
    let all = estimates(results).into_iter();
    rows.extend(all.map(|it| [it.name, it.value, it.range]));
    aligned(&rows).lines().map(str::to_owned).collect()
}

/// The hours of the day, history and the simulation's band.
pub(super) fn hours(results: &FitResults) -> String {
    let mut head = vec!["hour".to_owned()];
    for figure in FIGURES {
        head.extend([figure.to_owned(), "90 % band".to_owned()]);
    }
    let mut rows = vec![head];
    for hour in &results.comparison.hours {
        let mut row = vec![format!("{:02}:00", hour.hour)];
        for (figure, decimals) in hour.figures.iter().zip([3, 1, 0, 4]) {
            row.extend(match figure {
                Some(compared) => cells(compared, decimals),
                None => ["-".to_owned(), "-".to_owned()],
            });
        }
        rows.push(row);
    }
    aligned(&rows)
}

/// The history, with a star outside the band, and the band.
fn cells(compared: &Compared, decimals: usize) -> [String; 2] {
    let star = if compared.is_inside() { " " } else { "*" };
    let (low, high) = compared.band;
    [
        format!("{:.decimals$}{star}", compared.history),
        format!("{low:.decimals$}-{high:.decimals$}"),
    ]
}
