//! One cycle in one line: what changed, why, what was seen, and what was exported.

use std::fmt::Write;

use super::counts::{count_of, percent};
use super::lever;
use super::reason::in_a_few_words;
use crate::base::notice_text::Waiting;
use crate::base::subject::Subject;
use crate::base::timestamp::rfc3339;
use crate::live::{CycleReport, Outcome};
use crate::pacing::{Action, Basis, Decision, Evidence, Setpoint, Unit};

/// How a cycle is shown.
#[derive(Clone, Copy, Debug)]
pub struct LineOptions<'a> {
    /// The name of the campaign, where there are several.
    pub name: Option<&'a str>,
    /// True where nothing is changed.
    pub is_dry_run: bool,
    /// True where the formula of the decision is shown as well.
    pub is_verbose: bool,
}

/// The line of one cycle.
#[must_use]
pub fn cycle_line(report: &CycleReport, subject: &Subject, options: LineOptions) -> String {
    let decision = &report.decision;
    let label = match options.name {
        Some(name) => format!("{name} ({subject})"),
        None => subject.to_string(),
    };
    let mut line = format!(
        "{} {label}: {}: {}{}; {}",
        rfc3339(decision.at),
        what(report),
        why(report, subject),
        seen(decision),
        export(report, options.is_dry_run)
    );
    if options.is_verbose {
        let Evidence {
            samples, window, ..
        } = decision.evidence;
        // Writing to a String cannot fail.
        let _ = write!(line, " ({decision}; {samples} of {window} samples)");
    }
    line
}

/// What became of the lever: "dial rate 0 → 34 calls/min".
fn what(report: &CycleReport) -> String {
    let decision = &report.decision;
    let (unit, noun) = (decision.unit, lever::noun(decision.unit));
    let after = lever::position(unit, decision.setpoint);
    let change = lever::change(unit, decision.previous, decision.setpoint);
    let is_repeated = decision.previous.is_some() && decision.previous == decision.setpoint;
    match (&report.outcome, decision.action) {
        (Outcome::Applied, Action::Stop) => format!("stopped, {change}"),
        (Outcome::Applied, Action::Safe) => format!("safe rate, {change}"),
        (Outcome::Applied, _) if is_repeated => format!("{change} sent again"),
        (Outcome::Applied, _) => change,
        (Outcome::WouldApply(..), _) if is_repeated => format!("would send {change} again"),
        (Outcome::WouldApply(..), _) => format!("would set {change}"),
        (Outcome::Pending, _) => format!("{noun} {after}, accepted and not confirmed yet"),
        (Outcome::NotApplied, _) => format!("{noun} {after} was not applied"),
        (Outcome::Held | Outcome::Conflict, _) => match (unit, decision.previous) {
            (Unit::CallsPerAgent, Some(Setpoint::Stopped)) => "held, stopped".to_owned(),
            (Unit::CallsPerAgent, None) => "held, the dial ratio is not known".to_owned(),
            (_, previous) => format!("{noun} held at {}", lever::position(unit, previous)),
        },
    }
}

/// The reason in a few words, or as the platform or the hours tell it.
fn why(report: &CycleReport, subject: &Subject) -> String {
    let decision = &report.decision;
    if matches!(report.outcome, Outcome::Conflict) {
        return format!("somebody else changed the {} meanwhile", subject.kind());
    }
    let steps = |setpoint: Option<Setpoint>| setpoint.map_or(0, Setpoint::steps);
    let moved = steps(decision.setpoint) != steps(decision.previous);
    let words = in_a_few_words(decision, moved);
    decision.detail.clone().unwrap_or_else(|| words.to_owned())
}

/// The agents and the answers of this poll; nothing where it failed.
fn seen(decision: &Decision) -> String {
    let evidence = &decision.evidence;
    let (Some(agents), Some(mean)) = (evidence.available_agents, evidence.available_mean) else {
        return String::new();
    };
    let mut text = format!("; {} available", count_of(agents.into(), "agent"));
    let mean = format!("{mean:.1}");
    if mean != format!("{agents}.0") {
        // Writing to a String cannot fail.
        let _ = write!(text, " (mean {mean})");
    }
    text + &answers(evidence, decision.unit)
}

/// What has a part in the decision besides the agents: the answer rate, or the abandoned calls.
fn answers(evidence: &Evidence, unit: Unit) -> String {
    if unit == Unit::CallsPerAgent {
        return match evidence.target.map(|target| target.basis) {
            Some(Basis::Ratio(basis)) if basis.answered > 0 => format!(
                ", {} of {} abandoned in 15 min ({} % allowed)",
                basis.abandoned,
                count_of(basis.answered.into(), "answered call"),
                percent(basis.aim)
            ),
            _ => String::new(),
        };
    }
    let (Some(rate), Some(deviation)) = (evidence.answer_rate, evidence.deviation) else {
        return String::new();
    };
    let threshold = evidence.band.sla_threshold.value();
    let side = if deviation.abs() <= evidence.band.tolerance_margin.value() {
        "near"
    } else if deviation > 0.0 {
        "above"
    } else {
        "below"
    };
    format!(
        ", {} % of calls answered, {side} the threshold of {} %",
        percent(rate.value()),
        percent(threshold)
    )
}

/// What became of the records.
fn export(report: &CycleReport, is_dry_run: bool) -> String {
    let records = |n: usize| count_of(n as u64, "record");
    let waiting = Waiting(report.pending);
    let exported = match (report.has_warehouse, report.exported, report.pending) {
        _ if is_dry_run => "dry run".to_owned(),
        (false, _, 0) => "nothing is exported: DW_ENDPOINT is not set".to_owned(),
        (false, ..) => format!("nothing is exported: DW_ENDPOINT is not set; {waiting}"),
        (true, 0, 0) if report.export_problem.is_some() || report.refused > 0 => {
            "nothing exported".to_owned()
        }
        (true, 0, 0) => "nothing to export".to_owned(),
        (true, exported, 0) => format!("{} exported", records(exported)),
        (true, 0, _) => format!("nothing exported, {waiting}"),
        (true, exported, _) => format!("{} exported, {waiting}", records(exported)),
    };
    match report.refused {
        0 => exported,
        refused => format!("{exported}, {} refused for good", records(refused)),
    }
}
