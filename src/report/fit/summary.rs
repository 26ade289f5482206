//! A fit for people: the verdict, the estimates, and each hour.

use super::FitResults;
use super::words::{origin, outages, range, unseen, verdict};
use crate::report::table::aligned;
use crate::sim::fit::{Compared, FIGURES, RosterBasis, Uncertain};

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
    let mut rows = vec![["estimate", "value", "95 % interval"].map(str::to_owned)];
    let mut add = |name: &str, value: Uncertain, decimals: usize| {
        let text = format!("{:.decimals$}", value.value);
        rows.push([name.to_owned(), text, range(value, decimals)]);
    };
    add("answer rate", fit.answer.base, 4);
    if let Some((deviation, relaxation)) = fit.answer.drift {
        add("  its drift, standard deviation", deviation, 3);
        add("  its drift, relaxation time, s", relaxation, 0);
    }
    add("handle time, s", fit.handle.mean_secs, 1);
    if let Some(ring) = fit.ring {
        add("time of an attempt, s", ring.attempt_secs, 1);
    }
    if let Some(breaks) = fit.breaks {
        add("breaks of an agent per hour", breaks.per_hour, 2);
        add("length of a break, s", breaks.mean_secs, 0);
    }
    add("failed polls", fit.polls.failure, 4);
    let shifts = fit.roster.shifts.iter();
    if let Some(most) = shifts.max_by(|a, b| a.count.total_cmp(&b.count)) {
        let (low, high) = most.range;
        let is_measured = fit.roster.basis == RosterBasis::LoggedIn && fit.breaks.is_none();
        let range = match (is_measured, fit.is_typical) {
            (true, true) => format!("{low:.0} to {high:.0} on single days"),
            (true, false) => String::new(),
            (false, _) => format!("{low:.0} to {high:.0}"),
        };
        rows.push([
            "agents at most".to_owned(),
            format!("{:.0}", most.count),
            range,
        ]);
    }
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
