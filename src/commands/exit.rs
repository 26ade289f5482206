//! Exit codes: the one table, and which error leads to which.

use std::error::Error;

use crate::base::input::InputError;
use crate::config::ConfigError;
use crate::http::{CallError, Problem};
use crate::live::{CycleError, CycleReport, Halt, HaltedBy, StateError};

/// The code of a command line that is not run: help was asked for, or it is wrong.
#[must_use]
pub fn of_usage(error: &clap::Error) -> u8 {
    if error.use_stderr() { USAGE } else { DONE }
}

/// The code of a cycle.
#[must_use]
pub fn of_cycle(report: &CycleReport) -> u8 {
    match &report.error {
        Some(error) => of_error(error),
        None if report.export_problem.is_some() => WAITING,
        None => DONE,
    }
}

/// The code of a run of several campaigns: the worst of theirs.
#[must_use]
pub fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    let severity = |code: &u8| BY_SEVERITY.iter().position(|known| known == code);
    codes.into_iter().max_by_key(severity).unwrap_or(DONE)
}

/// The code of an operator's stop. A state of a later version stops nobody; one that is no state of
/// the campaign means that the run to stop has another.
#[must_use]
pub fn of_halt(halt: &Halt) -> u8 {
    if let Some(Err(error)) = &halt.restored {
        return of_call(error);
    }
    match &halt.by {
        HaltedBy::ThisRun(report) => of_cycle(report),
        HaltedBy::Holder
        | HaltedBy::ThisRunBesideHolder(_)
        | HaltedBy::ThisRunWithoutState(StateError::Newer { .. }) => DONE,
        HaltedBy::ThisRunWithoutState(error) => of_state(error),
    }
}

/// The code of an error: that of the first error of ours in its chain.
#[must_use]
pub fn of_error(error: &(dyn Error + 'static)) -> u8 {
    links(error).find_map(of_link).unwrap_or(FAILED)
}

fn links<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn of_link(link: &(dyn Error + 'static)) -> Option<u8> {
    if link.is::<ConfigError>() || link.is::<InputError>() {
        return Some(USAGE);
    }
    if let Some(error) = link.downcast_ref::<StateError>() {
        return Some(of_state(error));
    }
    if let Some(error) = link.downcast_ref::<CallError>() {
        return Some(of_call(error));
    }
    match link.downcast_ref::<CycleError>()? {
        CycleError::Call(error) => Some(of_call(error)),
        CycleError::State(error) => Some(of_state(error)),
    }
}

fn of_state(error: &StateError) -> u8 {
    match error {
        StateError::Busy { .. } => BUSY,
        StateError::Newer { .. }
        | StateError::NotAFile(_)
        | StateError::Absent(_)
        | StateError::OtherCampaign { .. } => USAGE,
        StateError::Io { .. } => FAILED,
    }
}

fn of_call(error: &CallError) -> u8 {
    match error.problem {
        _ if error.denied => DENIED,
        Problem::Paused { .. }
        | Problem::OutOfTime { .. }
        | Problem::TimedOut(_)
        | Problem::Status { status: 429, .. } => LATE,
        Problem::Status { .. } | Problem::Unusable(_) => UNUSABLE,
        Problem::NotConnected(_)
        | Problem::ProxyRefused(_)
        | Problem::NoAnswer(_)
        | Problem::Tls(_) => FAILED,
    }
}

/// The codes of campaigns, the worst last: what needs a person comes after what passes by itself.
const BY_SEVERITY: [u8; 8] = [DONE, BUSY, WAITING, LATE, FAILED, UNUSABLE, DENIED, USAGE];

/// Everything is done.
pub const DONE: u8 = 0;
/// Failed: network, file system, or a result that cannot be printed.
pub const FAILED: u8 = 1;
/// Usage, configuration or an input file.
pub const USAGE: u8 = 2;
/// Authentication or permission.
pub const DENIED: u8 = 3;
/// Rate limited, or out of time.
pub const LATE: u8 = 4;
/// The platform answered something unusable.
pub const UNUSABLE: u8 = 5;
/// Applied, but records wait for the warehouse.
pub const WAITING: u8 = 6;
/// Another run holds the state.
pub const BUSY: u8 = 75;
