//! The words of a fit: its verdict, and what it cannot tell.

use super::FitResults;
use crate::pacing::DayWindow;
use crate::report::counts::count_of;
use crate::sim::fit::{Comparison, Doubt, Epoch, FIGURES, HandleBasis, RosterBasis, Uncertain};

/// The file, the rows and the days, between two times in words.
pub(super) fn origin(results: &FitResults, from: &str, to: &str) -> Vec<String> {
    let zone = &results.span.2;
    let of = match results.campaign.as_str() {
        "" => String::new(),
        campaign => format!(", campaign {campaign}"),
    };
    let fit = &results.fit;
    let days = count_of(fit.days as u64, "day");
    let mut lines = vec![
        format!(
            "Fitted to {}{of}: {} of {days} with calls, {from} to {to} ({zone}), every {} s.",
            results.source,
            count_of(results.rows, "row"),
            fit.polls.interval_secs
        ),
        if !fit.is_typical {
            "The days as they were: five days or more would give a typical day.".to_owned()
        } else if results.scenario.hours > 24.0 {
            "A typical week, since weekdays differ.".to_owned()
        } else {
            "A typical day, since weekdays do not differ by more than chance.".to_owned()
        },
    ];
    lines.extend(steps(&fit.answer.epochs));
    if results.rows_left_out > 0 {
        let rows = count_of(results.rows_left_out, "earlier row");
        lines.push(format!(
            "{rows} left out: a typical day is one of the last 60 days."
        ));
    }
    lines
}

/// The lasting steps of the answer rate and the exceptional days, and which level the scenario has.
fn steps(epochs: &[Epoch]) -> Option<String> {
    let step = |pair: &[Epoch]| match pair {
        [before, after] => Some(format!(
            "{} from {:.3} to {:.3} on {}",
            if after.rate < before.rate {
                "fell"
            } else {
                "rose"
            },
            before.rate,
            after.rate,
            after.from
        )),
        _ => None,
    };
    let steps: Vec<String> = epochs.windows(2).filter_map(step).collect();
    let of_scenario = epochs.iter().rev().find(|epoch| epoch.is_of_scenario)?;
    let level = if epochs.last() == Some(of_scenario) {
        "the last of these levels".to_owned()
    } else {
        format!("the level from {} on", of_scenario.from)
    };
    (!steps.is_empty()).then(|| {
        format!(
            "The answer rate {}, by more than chance or a drift: the scenario has {level}, and the comparison with the history has all.",
            steps.join(", ")
        )
    })
}

/// The hours in which calls were dialed, and how a simulation keeps to them; none where that is at any
/// time.
pub(super) fn dialed_hours(results: &FitResults) -> Option<String> {
    let windows = results.fit.dialed_hours.iter().map(DayWindow::to_string);
    let hours = windows.collect::<Vec<_>>().join("; ");
    let zone = &results.span.2;
    (!hours.is_empty() && hours != "daily 00:00-24:00").then(|| {
        let of_people = if zone == "UTC" {
            " For the clock of the people who are called, fit with their --time-zone."
        } else {
            ""
        };
        format!(
            "Calls were dialed {hours}: a simulation keeps to that with --calling-hours \"{hours}\" --time-zone {zone}.{of_people} Which hours the law allows is not seen."
        )
    })
}

/// How alike history and simulation are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Nine in ten hourly figures are expected inside the band, and at least eight are.
    Alike,
    /// At least six in ten are.
    MostHours,
    /// Fewer are.
    Unlike,
}

/// Hourly figures of the history that are inside the band of the simulations.
pub(super) struct FiguresInside {
    pub(super) inside: usize,
    pub(super) all: usize,
    simulations: u32,
}

impl FiguresInside {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let counts = (0..FIGURES.len()).map(|place| comparison.inside(place));
        let (inside, all) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Self {
            inside,
            all,
            simulations: comparison.replications,
        }
    }

    /// Their share in per cent, rounded; a verdict compares the counts.
    fn percent(&self) -> usize {
        let all = self.all.max(1);
        (100 * self.inside + all / 2) / all
    }

    /// How alike history and simulation are; `None` where there is nothing to compare.
    pub(super) fn likeness(&self) -> Option<Likeness> {
        let reaches = |percent: usize| 100 * self.inside >= percent * self.all;
        match self.all {
            0 => None,
            _ if reaches(80) => Some(Likeness::Alike),
            _ if reaches(60) => Some(Likeness::MostHours),
            _ => Some(Likeness::Unlike),
        }
    }

    /// "31 of 32 hourly figures are where 9 in 10 of 40 simulations are"
    pub(super) fn words(&self) -> String {
        format!(
            "{} of {} hourly figures are where 9 in 10 of {} simulations are",
            self.inside, self.all, self.simulations
        )
    }
}

/// The verdict in one sentence, the hours of each figure, and what to simulate.
pub(super) fn verdict(results: &FitResults) -> Vec<String> {
    let comparison = &results.comparison;
    let found = FiguresInside::of(comparison);
    let counts: Vec<(usize, usize)> = (0..FIGURES.len()).map(|n| comparison.inside(n)).collect();
    let (inside, all, percent) = (found.inside, found.all, found.percent());
    let words = match found.likeness() {
        None => "There is nothing to compare with",
        Some(Likeness::Alike) => "The simulation looks like the history",
        Some(Likeness::MostHours) => "The simulation looks like the history in most hours",
        Some(Likeness::Unlike) => {
            "The simulation does not look like the history: do not rely on it"
        }
    };
    let mut lines = vec![format!(
        "{words}: {inside} of {all} hourly figures ({percent} %) are inside the 90 % band of {} simulations.",
        comparison.replications
    )];
    let each = FIGURES.iter().zip(&counts).filter(|(_, (_, all))| *all > 0);
    let each: Vec<String> = each
        .map(|(figure, (inside, all))| format!("{figure} {inside} of {all}"))
        .collect();
    lines.push(format!("Hours inside: {}.", each.join(", ")));
    lines.push(format!(
        "Simulated are the history's own dial {}{}.",
        if comparison.are_ratios {
            "ratios"
        } else {
            "rates"
        },
        if comparison.follows.abs() < FOLLOWS_MIN {
            ""
        } else {
            ", which follow the simulated agents as they followed the agents of the history"
        }
    ));
    lines.extend(dialed_hours(results));
    lines
}

/// What the history does not show.
pub(super) fn unseen(results: &FitResults) -> Vec<String> {
    let fit = &results.fit;
    let mut lines: Vec<String> = fit.doubts.iter().map(|it| doubt(*it).to_owned()).collect();
    if !fit.is_typical {
        lines.push(format!(
            "A drift of the answer rate: {} cannot tell it from levels; a standard deviation up to {:.3} would look the same.",
            count_of(fit.days as u64, "day"),
            fit.answer.drift_max
        ));
    } else if fit.answer.drift.is_none() {
        lines.push(format!(
            "A drift of the answer rate: none beyond chance, so the scenario has none; a standard deviation up to {:.3} (95 %) would look the same.",
            fit.answer.drift_max
        ));
    }
    if handle_is_lower_bound(results) {
        lines.push("The handle time is a rough range, no 95 % interval, since the export has neither logged-in agents (loggedInAgents) nor abandoned calls (totalCallsAbandoned): a lower bound where people abandon.".to_owned());
    } else if fit.handle.basis == HandleBasis::Response && polls_are_apart(results) {
        lines.push("The handle time is hardly known: the export has no logged-in agents (loggedInAgents), and most calls are over before the next row. Rows every five minutes or less would tell more.".to_owned());
    } else if fit.handle.basis == HandleBasis::Response {
        lines.push("The handle time is a range only, since the export has no logged-in agents (loggedInAgents).".to_owned());
    } else if fit.handle.basis == HandleBasis::ShiftStarts {
        lines.push("The handle time is a range only, since the export has no logged-in agents (loggedInAgents): that of the first hour of shifts, which began with everybody available. Breaks would look like calls.".to_owned());
    }
    if fit.roster.basis == RosterBasis::Estimated {
        lines.push("The agents are an estimate, since the export has no logged-in agents (loggedInAgents): the fewest that explain those available and the calls.".to_owned());
    }
    if let Some(share) = fit.abandoned_share {
        lines.push(format!(
            "Abandoned calls: the export has none (totalCallsAbandoned). A simulation of it abandons {:.1} % of the calls that people answer: they are taken out of the handle time, whose range allows for none and for half as many again.",
            share * 100.0
        ));
    } else if !fit.has_abandoned {
        lines.push("Abandoned calls: the export has none (totalCallsAbandoned); all who answered count as connected, so the handle time is too short by the share of those who were not.".to_owned());
    }
    lines.push(attempts(results));
    lines.push(
        "The spread of the handle time, and its parts talk and wrap-up: at their defaults."
            .to_owned(),
    );
    lines
}

/// True where the interval of the handle time is none: calls that were abandoned count as connected, and
/// nothing else tells what agents do. In a trial of such exports 18 of 30 held the true time, and
/// nearly all others were too short.
pub(super) fn handle_is_lower_bound(results: &FitResults) -> bool {
    let fit = &results.fit;
    fit.handle.basis == HandleBasis::Response && !fit.has_abandoned && !polls_are_apart(results)
}

/// True where rows are more than five minutes apart.
fn polls_are_apart(results: &FitResults) -> bool {
    results.fit.polls.interval_secs > 300.0
}

/// Why the counts are doubtful, and what to look at.
fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::FewerLoggedInThanAvailable => {
            "Do not rely on the handle time and the agents: in most rows fewer agents are logged in (loggedInAgents) than available (availableAgents); are these the right columns?"
        }
        Doubt::AvailableNeverChanges => {
            "Do not rely on the handle time and the agents: availableAgents is the same in every row; is it the right column?"
        }
    }
}

/// How long attempts take, and what that is worth.
fn attempts(results: &FitResults) -> String {
    let what = "What becomes of the calls that nobody answers (ring out, busy, machine)";
    if let Some(ring) = results.fit.ring {
        return format!(
            "{what}: only that attempts take {:.1} s in the mean, {}, since {}.",
            ring.attempt_secs.value,
            range(ring.attempt_secs, 1),
            if results.comparison.are_ratios {
                "as many agents are available as at its ratios in a simulation"
            } else {
                "they follow the dial rate so much later"
            }
        );
    }
    let calls = &results.scenario.calls;
    let (answer_rate, handle) = (
        results.fit.answer.base.value,
        results.fit.handle.mean_secs.value,
    );
    // One call at a time for each available agent: H ÷ (H + t ÷ p), t the mean time of an attempt.
    let occupancy = |unanswered_secs: f64| {
        let answered_secs = calls.time_to_answer.mean_secs();
        let attempt = answer_rate * answered_secs + (1.0 - answer_rate) * unanswered_secs;
        100.0 * handle / (handle + attempt / answer_rate)
    };
    format!(
        "{what}: here all ring out after {} s, the default. It matters for a progressive dialer, which would keep agents {:.0} % busy, and {:.0} % if all met busy lines ({} s); ring_out_secs, busy_share and machine_share change it.",
        calls.ring_out_secs,
        occupancy(calls.ring_out_secs),
        occupancy(calls.fail_secs),
        calls.fail_secs
    )
}

/// Times without metrics.
pub(super) fn outages(results: &FitResults) -> Vec<String> {
    let outages = &results.fit.polls.outages;
    let line = |outage: &crate::sim::fit::OutageOfHistory| {
        let what = if outage.is_gap {
            "no rows"
        } else {
            "no metrics"
        };
        format!(
            "{what} for {:.0} min from {}",
            outage.secs / 60.0,
            outage.from
        )
    };
    let mut lines: Vec<String> = outages.iter().take(OUTAGES_LISTED).map(line).collect();
    if outages.len() > OUTAGES_LISTED {
        lines.push(format!("and {} more", outages.len() - OUTAGES_LISTED));
    }
    lines
}

/// "0.291 to 0.318"
pub(super) fn range(value: Uncertain, decimals: usize) -> String {
    format!("{:.decimals$} to {:.decimals$}", value.low, value.high)
}

/// Outages that are listed.
const OUTAGES_LISTED: usize = 10;
/// Calls per minute for each agent; less is no feedback.
const FOLLOWS_MIN: f64 = 0.01;
