//! Results of live cycles as text, but for the line of a cycle.

use std::error::Error;

use super::lever;
use crate::base::plain_words::without_numbers;
use crate::base::subject::Subject;
use crate::live::{CycleReport, Halt, HaltedBy, Outcome, Resumed, State, StateError};
use crate::pacing::{Action, Setpoint, Unit};

/// An error and its causes, outermost first, as one line.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let links = std::iter::successors(Some(error), |error| (*error).source());
    let texts: Vec<String> = links.map(ToString::to_string).collect();
    without_numbers(&texts.join(": ")).into_owned()
}

/// The error of a failed cycle, and the dial rate after it.
#[must_use]
pub fn failure(report: &CycleReport) -> Option<String> {
    let error = report.error.as_ref()?;
    Some(format!("{}; {}", chain(error), standing(report)))
}

/// The dial rate after a failed cycle, as a clause.
fn standing(report: &CycleReport) -> String {
    let unit = report.decision.unit;
    let noun = lever::noun(unit);
    match (report.unsettled, report.setpoint()) {
        (Some(setpoint), _) => format!(
            "the next cycle checks whether {} was applied",
            unit.show(setpoint)
        ),
        (None, None | Some(Setpoint::Stopped)) => format!("no {noun} was set"),
        (None, setpoint) if report.action() == Action::Hold => {
            format!("the {noun} stays at {}", lever::position(unit, setpoint))
        }
        (None, setpoint) => format!("the {noun} is now {}", lever::position(unit, setpoint)),
    }
}

/// Where a run leaves its campaign.
#[must_use]
pub fn left_at(
    state: &State,
    subject: &Subject,
    unit: Unit,
    is_held: bool,
    is_dry_run: bool,
) -> String {
    let (kind, noun) = (subject.kind(), lever::noun(unit));
    let (lowest, highest) = (state.lowest_in_force(), state.highest_in_force());
    match highest {
        _ if is_dry_run => format!("the {kind} was not touched"),
        None => format!("no {noun} was set, so the {kind} goes on as it was"),
        Some(Setpoint::Stopped) if is_held => {
            format!("the {kind} is stopped, until `dialpace resume`")
        }
        Some(Setpoint::Stopped) if unit == Unit::CallsPerAgent => format!("the {kind} is stopped"),
        Some(Setpoint::Stopped) => format!("the {kind} is stopped: its dial rate is 0"),
        Some(highest) if state.unsettled.is_empty() => format!(
            "the {kind} goes on at {}",
            lever::position(unit, state.last_known().or(Some(highest)))
        ),
        Some(highest) => format!(
            "the {kind} goes on at {} to {}: the last change was not confirmed",
            lever::number(unit, Some(lowest)),
            lever::position(unit, Some(highest))
        ),
    }
}

/// A text about one campaign of several.
#[must_use]
pub fn of(name: Option<&str>, text: String) -> String {
    match name {
        Some(name) => format!("{name}: {text}"),
        None => text,
    }
}

/// An operator's stop: how, and the command that ends it.
#[must_use]
pub fn halt(halt: &Halt, resume: &str) -> String {
    let (unit, zero, is_zero) = match halt.subject {
        Subject::Campaign(_) => (Unit::CallsPerMinute, "0 calls/min", "its dial rate is 0"),
        Subject::Skill(_) => (Unit::CallsPerAgent, "stopped", "it is told to stop"),
    };
    let how = match &halt.by {
        HaltedBy::ThisRun(report) if matches!(report.outcome, Outcome::Held) => {
            "nothing is dialed already".to_owned()
        }
        HaltedBy::ThisRun(report) => format!(
            "{} {} → {zero}",
            lever::noun(unit),
            lever::number(unit, report.decision.previous)
        ),
        HaltedBy::Holder => match unit {
            Unit::CallsPerMinute => "the run that holds the state has set its dial rate to 0",
            Unit::CallsPerAgent => "the run that holds the state has stopped it",
        }
        .to_owned(),
        HaltedBy::ThisRunBesideHolder(process) => format!(
            "{is_zero}; the run that holds the state{process} did not react, and obeys the marker when it goes on"
        ),
        HaltedBy::ThisRunWithoutState(_) => is_zero.to_owned(),
    };
    let (verb, until) = if halt.is_stopping {
        ("Stopping", ", until its calls have ended")
    } else {
        ("Stopped", "")
    };
    let restored = match &halt.restored {
        Some(Ok(Some(what))) => format!("; put back: {what}"),
        Some(Ok(None)) => "; nothing was to be put back".to_owned(),
        Some(Err(_)) | None => String::new(),
    };
    format!(
        "{verb} {}{until}: {how}{restored}. It stays so until `{resume}`: no run with the state {} paces it while there is {}",
        halt.subject,
        halt.state_path.display(),
        halt.marker.display()
    )
}

/// What was not in order about an operator's stop.
#[must_use]
pub fn halt_problem(halt: &Halt) -> Option<String> {
    let marker = halt.marker.display();
    if let Some(Err(error)) = &halt.restored {
        return Some(format!("stopped, but not put back as it was: {error}"));
    }
    match &halt.by {
        HaltedBy::ThisRun(report) => {
            let error = report.error.as_ref()?;
            Some(format!(
                "{}; the marker {marker} is left, and every cycle obeys it",
                chain(error)
            ))
        }
        HaltedBy::ThisRunWithoutState(error @ StateError::Newer { .. }) => Some(chain(error)),
        HaltedBy::ThisRunWithoutState(error) => Some(format!(
            "{}; a run with another state goes on pacing",
            chain(error)
        )),
        HaltedBy::Holder | HaltedBy::ThisRunBesideHolder(_) => None,
    }
}

/// The end of an operator's stop.
#[must_use]
pub fn resumed(resumed: &Resumed) -> String {
    let marker = resumed.marker.display();
    if resumed.was_latched && !resumed.was_held {
        return "resumed: writing is no longer latched off".to_owned();
    }
    if resumed.was_held {
        format!("resumed: {marker} is gone, and the next cycle paces again")
    } else {
        format!("nothing to resume: there is no marker {marker}; give the --state that stop named")
    }
}

/// The requests and the record that a dry run did not send.
#[must_use]
pub fn dry_run(report: &CycleReport) -> String {
    let export = if report.has_warehouse {
        "exported"
    } else {
        "exported, if DW_ENDPOINT were set"
    };
    match &report.outcome {
        Outcome::WouldApply(would) => {
            let requests: Vec<String> = would.requests.iter().map(ToString::to_string).collect();
            format!(
                "Dry run: nothing was changed, saved or exported. Would be sent:\n\n{}\n\nWould be {export}:\n\n{}",
                requests.join("\n\n"),
                would.record.json()
            )
        }
        _ => "Dry run: nothing was changed, saved or exported, and nothing would have been sent."
            .to_owned(),
    }
}
