//! The fitted scenario as a file, with how sure each value is.

use super::FitResults;
use super::summary::hours;
use super::words::{handle_is_lower_bound, origin, outages, range, unseen, verdict};
use crate::report::chart::add;
use crate::sim::fit::{FittedShift, Level, RosterBasis};
use crate::sim::{ClockStep, Distribution};

/// The file: a scenario in TOML whose comments say where it comes from.
#[must_use]
pub fn scenario_text(results: &FitResults) -> String {
    let scenario = &results.scenario;
    let mut text = comments(results);
    add(
        &mut text,
        format_args!(
            "name = {}\ndescription = {}\nstart = \"{}\"\nhours = {}\ninterval_secs = {}\n",
            quoted(&scenario.name),
            quoted(&scenario.description),
            scenario.start,
            float(scenario.hours),
            float(scenario.interval_secs)
        ),
    );
    answer_rate(&mut text, results);
    agents(&mut text, results);
    calls(&mut text, results);
    let failure = results.fit.polls.failure;
    add(
        &mut text,
        format_args!(
            "\n[faults]\npoll_failure = {}  # {} (95 %)\n",
            float(scenario.faults.poll_failure),
            range(failure, 4)
        ),
    );
    text
}

fn comments(results: &FitResults) -> String {
    let mut lines = origin(results, &results.span.0, &results.span.1);
    lines.push(String::new());
    lines.extend(verdict(results));
    lines.push(String::new());
    lines.extend(hours(results).lines().map(str::to_owned));
    lines.push("* outside the band".to_owned());
    lines.push(String::new());
    lines.push("Not seen:".to_owned());
    lines.extend(unseen(results).iter().map(|line| format!("- {line}")));
    let outages = outages(results);
    if !outages.is_empty() {
        lines.push("Not in the scenario:".to_owned());
        lines.extend(outages.iter().map(|line| format!("- {line}")));
    }
    let mut text = String::new();
    for line in lines {
        add(
            &mut text,
            format_args!("{}\n", format!("# {line}").trim_end()),
        );
    }
    text.push('\n');
    text
}

fn answer_rate(text: &mut String, results: &FitResults) {
    let (fitted, scenario) = (&results.fit.answer, &results.scenario.answer_rate);
    add(
        text,
        format_args!(
            "\n[answer_rate]\nbase = {}  # {} (95 %)\n",
            float(scenario.base),
            range(fitted.base, 4)
        ),
    );
    if let Some((deviation, relaxation)) = fitted.drift {
        add(
            text,
            format_args!(
                "drift_deviation = {}  # {} (95 %)\ndrift_relaxation_secs = {}  # {} (95 %)\n",
                float(scenario.drift_deviation),
                range(deviation, 4),
                float(scenario.drift_relaxation_secs),
                range(relaxation, 0)
            ),
        );
    }
    let sure = |level: &Level| format!("{:.4}, {} (95 %)", level.rate.value, range(level.rate, 4));
    if !scenario.by_clock.is_empty() {
        text.push_str("by_clock = [\n");
        for (step, level) in scenario.by_clock.iter().zip(&fitted.levels) {
            clock_step(text, step, &sure(level));
        }
        text.push_str("]\n");
    }
    if !scenario.steps.is_empty() {
        text.push_str("steps = [\n");
        for (step, level) in scenario.steps.iter().zip(&fitted.levels) {
            add(
                text,
                format_args!(
                    "  {{ at_secs = {}, factor = {} }},  # {}\n",
                    float(step.at_secs),
                    float(step.factor),
                    sure(level)
                ),
            );
        }
        text.push_str("]\n");
    }
}

fn agents(text: &mut String, results: &FitResults) {
    let (fitted, agents) = (&results.fit.roster, &results.scenario.agents);
    text.push_str("\n[agents]\n");
    let sure = |shift: &FittedShift| {
        let (low, high) = shift.range;
        match fitted.basis {
            RosterBasis::Estimated => format!("  # an estimate, {low:.0} to {high:.0}"),
            RosterBasis::LoggedIn if high - low >= 1.0 => {
                format!("  # {low:.0} to {high:.0} on single days")
            }
            RosterBasis::LoggedIn => String::new(),
        }
    };
    if agents.by_clock.is_empty() {
        text.push_str("roster = [\n");
        for (shift, fitted) in agents.roster.iter().zip(&fitted.shifts) {
            add(
                text,
                format_args!(
                    "  {{ from_secs = {}, count = {} }},{}\n",
                    float(shift.from_secs),
                    shift.count,
                    sure(fitted)
                ),
            );
        }
    } else {
        text.push_str("by_clock = [\n");
        for (shift, fitted) in agents.by_clock.iter().zip(&fitted.shifts) {
            add(
                text,
                format_args!(
                    "  {{ days = \"{}\", at = \"{}\", count = {} }},{}\n",
                    shift.days,
                    shift.at,
                    shift.count,
                    sure(fitted)
                ),
            );
        }
    }
    text.push_str("]\n");
    if let Some(breaks) = results.fit.breaks {
        add(
            text,
            format_args!(
                "breaks_per_hour = {}  # {} (95 %)\nbreak_duration = {{ kind = \"fixed\", mean_secs = {} }}  # {} (95 %)\n",
                float(agents.breaks_per_hour),
                range(breaks.per_hour, 2),
                float(agents.break_duration.mean_secs()),
                range(breaks.mean_secs, 0)
            ),
        );
    }
}

fn calls(text: &mut String, results: &FitResults) {
    let (fitted, calls) = (&results.fit.handle, &results.scenario.calls);
    let ring = match results.fit.ring {
        Some(ring) => format!("{} (95 %)", range(ring.unanswered_secs, 1)),
        None => "the default; the history does not show it".to_owned(),
    };
    add(
        text,
        format_args!(
            "\n[calls]\nring_out_secs = {}  # {ring}: mean time of the calls that nobody answers\n",
            float(calls.ring_out_secs)
        ),
    );
    let what = if handle_is_lower_bound(results) {
        "no 95 % interval: a lower bound where people abandon"
    } else {
        "95 %"
    };
    add(
        text,
        format_args!(
            "# Talk and wrap-up together: {:.1} s, {} ({what}).\n",
            fitted.mean_secs.value,
            range(fitted.mean_secs, 1)
        ),
    );
    for (key, duration) in [("talk", calls.talk), ("wrap_up", calls.wrap_up)] {
        match duration {
            Distribution::Lognormal { mean_secs, cv } => add(
                text,
                format_args!(
                    "{key} = {{ kind = \"lognormal\", mean_secs = {}, cv = {} }}\n",
                    float(mean_secs),
                    float(cv)
                ),
            ),
            duration => add(
                text,
                format_args!(
                    "{key} = {{ kind = \"exponential\", mean_secs = {} }}\n",
                    float(duration.mean_secs())
                ),
            ),
        }
    }
    if !calls.talk_by_clock.is_empty() {
        text.push_str("talk_by_clock = [\n");
        for (step, (_, factor)) in calls.talk_by_clock.iter().zip(&fitted.by_hour) {
            let handle = |value: f64| value * fitted.mean_secs.value;
            let sure = format!(
                "{:.0} s together, {:.0} to {:.0} (95 %)",
                handle(factor.value),
                handle(factor.low),
                handle(factor.high)
            );
            clock_step(text, step, &sure);
        }
        text.push_str("]\n");
    }
}

fn clock_step(text: &mut String, step: &ClockStep, sure: &str) {
    add(
        text,
        format_args!(
            "  {{ days = \"{}\", at = \"{}\", factor = {} }},  # {sure}\n",
            step.days,
            step.at,
            float(step.factor)
        ),
    );
}

/// A number that TOML reads as a float or a whole number.
fn float(value: f64) -> String {
    format!("{value}")
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
