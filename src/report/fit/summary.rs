//! A fit for people: the verdict, the estimates, and each hour.

use super::FitResults;
use super::words::{origin, outages, range, unseen, verdict};
use crate::report::table::aligned;
use crate::sim::fit::{Compared, FIGURES};

/// The summary, as lines.
#[must_use]
pub fn summary(results: &FitResults) -> String {
    let mut lines = origin(results);
    lines.push(String::new());
    lines.extend(verdict(results));
    lines.push(String::new());
    lines.extend(estimates(results));
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

fn estimates(results: &FitResults) -> Vec<String> {
    let fit = &results.fit;
    let row = |name: &str, value: String, range: String| vec![name.to_owned(), value, range];
    let mut rows = vec![row(
        "estimate",
        "value".to_owned(),
        "95 % interval".to_owned(),
    )];
    let answer = &fit.answer;
    rows.push(row(
        "answer rate",
        format!("{:.4}", answer.base.value),
        range(answer.base, 4),
    ));
    if let Some((deviation, relaxation)) = answer.drift {
        rows.push(row(
            "  drift, deviation",
            format!("{:.3}", deviation.value),
            range(deviation, 3),
        ));
        rows.push(row(
            "  drift, relaxation, s",
            format!("{:.0}", relaxation.value),
            range(relaxation, 0),
        ));
    }
    let handle = fit.handle.mean_secs;
    rows.push(row(
        "handle time, s",
        format!("{:.1}", handle.value),
        range(handle, 1),
    ));
    let failure = fit.polls.failure;
    rows.push(row(
        "failed polls",
        format!("{:.4}", failure.value),
        range(failure, 4),
    ));
    let agents = results.scenario.agents_max();
    rows.push(row("agents at most", agents.to_string(), String::new()));
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
