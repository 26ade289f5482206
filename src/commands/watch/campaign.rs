//! One campaign under `watch`: its cycles on a fixed schedule, and how it is left.

use std::io;
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;

use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices as _};
use crate::commands::live_cycle::{self, MetricsBoard};
use crate::commands::pause::{self, Pause, wait};
use crate::commands::watchdog::GRACE;
use crate::live::{CycleReport, Live, LiveOptions, State};
use crate::pacing::{Reason, Setpoint, Unit};
use crate::report::board::Board;
use crate::report::{Screen, text};

/// What becomes of the campaign when a watch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnExit {
    /// It goes on at the rate that it has
    Keep,
    /// It goes on at the safe rate, if that is lower
    Safe,
    /// It dials nobody; the next run paces it again
    Stop,
}

/// The end of a watch.
#[derive(Debug)]
pub(super) enum Watched {
    /// All cycles of `--cycles` were run; the report of the last one.
    Done(Box<CycleReport>),
    /// A signal ended it.
    Interrupted,
}

/// How one campaign is watched.
pub(super) struct Watch<'a> {
    pub(super) screen: &'a Screen,
    pub(super) options: &'a LiveOptions,
    /// Its line, where there are several campaigns.
    pub(super) place: Option<usize>,
    /// Cycles to run.
    pub(super) cycles: Option<u64>,
    pub(super) on_exit: OnExit,
    pub(super) metrics: &'a MetricsBoard,
    pub(super) clock: &'a dyn Clock,
    pub(super) speed: u16,
}

impl Watch<'_> {
    fn show(&self, board: &Board, next: Option<Duration>) {
        match self.place {
            None => self.screen.show(0, &board.lines(next)),
            Some(place) => self
                .screen
                .show(place, &[board.line(next, self.screen.width())]),
        }
    }
}

/// Runs cycles of one campaign until enough are done or the run is asked to stop.
pub(super) fn watch(live: &Live, view: &Watch) -> Result<Watched> {
    let Watch {
        screen,
        options,
        cycles: wanted,
        on_exit,
        clock,
        speed,
        ..
    } = *view;
    let mut state = live.load()?;
    let cycle = live.cycle();
    let mut board = Board::new(
        live.name,
        cycle.subject,
        cycle.pacer,
        state.pacer.applied,
        options.dry_run,
    );
    let limit = live.deadline.limit().min(live.interval);
    let began = clock.monotonic();
    let mut slot = 0;
    let mut cycles = 0;
    let watched = loop {
        view.show(&board, None);
        let deadline = Deadline::after(clock, limit);
        let report = live_cycle::run(live, &mut state, &deadline, view.metrics);
        cycles += 1;
        tell_requests(cycles, live, &state);
        let was_held = report.decision.reason == Reason::HeldByOperator;
        let is_cut_short = clock.is_stopping() && report.error.is_some();
        if !is_cut_short {
            board.add(&report);
            view.show(&board, None);
            print(options, live, screen, &report)?;
        }
        let next = next_slot(clock.monotonic().saturating_sub(began), live.interval);
        let end = began + due_at(next, live.interval);
        let pause = Pause { clock, speed, end };
        pause::see_burst_out(live, &mut state, &pause, &mut |report| {
            board.add_burst_end(report);
            view.show(&board, None);
            print(options, live, screen, report)
        })?;
        if clock.is_stopping() {
            break Watched::Interrupted;
        }
        if wanted == Some(cycles) {
            break Watched::Done(Box::new(report));
        }
        let next = next_slot(clock.monotonic().saturating_sub(began), live.interval);
        if next > slot + 1 {
            let count = next - slot - 1;
            cycle.notices.tell(&Notice::CyclesMissed { count });
        }
        slot = next;
        let due = began + due_at(slot, live.interval);
        // A cycle that obeyed the marker, or tried to, waits for the next one like any other.
        wait(clock, due, speed, |left| {
            view.show(&board, Some(left));
            !was_held && live.cycle().is_held()
        });
        if clock.is_stopping() {
            break Watched::Interrupted;
        }
    };
    let lasted = clock.monotonic().saturating_sub(began);
    leave(on_exit, live, &mut state, &watched, screen)?;
    let closing = board.closing(lasted, live.figures().as_ref());
    close(live, &state, view, &closing)?;
    Ok(watched)
}

/// Tells how many requests pacing takes, where the platform counts them. The first cycle has read its
/// limit.
fn tell_requests(cycles: u64, live: &Live, state: &State) {
    let platform = live.cycle().platform;
    let requests = platform.requests_a_day(&state.cursor, live.interval);
    if let Some(requests) = requests.filter(|_| cycles == 1) {
        live.cycle().notices.tell(&Notice::RequestsADay {
            estimate: requests.estimate,
            limit: requests.limit,
        });
    }
}

/// Prints the closing words, with where the campaign is left: beside JSON as a note.
fn close(live: &Live, state: &State, view: &Watch, closing: &str) -> io::Result<()> {
    let cycle = live.cycle();
    let left_at = text::left_at(
        state,
        cycle.subject,
        cycle.pacer.limits().actuator.unit,
        cycle.is_held(),
        view.options.dry_run,
    );
    let closing = match live.name {
        None => format!("{closing}\n{left_at}"),
        Some(name) => format!("{name}: {closing}; {left_at}"),
    };
    view.screen.above(|console| {
        if view.options.json {
            for text in closing.lines().map(str::to_owned) {
                console.tell_of(&live.label(), &Notice::Closing { text });
            }
            Ok(())
        } else if console.quiet {
            Ok(())
        } else {
            console.data(&closing)
        }
    })
}

/// Lowers the lever at the end of a watch, as `--on-exit` says, and tells why it could not.
fn leave(
    on_exit: OnExit,
    live: &Live,
    state: &mut State,
    watched: &Watched,
    screen: &Screen,
) -> io::Result<()> {
    let limits = live.cycle().pacer.limits();
    let operator = Reason::HeldByOperator;
    let (setpoint, reason) = match on_exit {
        // A burst is meant for some seconds.
        _ if state.open_burst().is_some() => (Setpoint::Stopped, Reason::BurstOver),
        OnExit::Keep => return Ok(()),
        OnExit::Safe => {
            let safe = limits.guards.safe.unwrap_or(limits.actuator.min);
            (safe, operator)
        }
        OnExit::Stop if limits.actuator.unit == Unit::CallsPerAgent => {
            (limits.actuator.min, operator)
        }
        OnExit::Stop => (Setpoint::Stopped, operator),
    };
    let limit = match watched {
        Watched::Interrupted => GRACE,
        Watched::Done(_) => live.deadline.limit(),
    };
    match text::failure(&live.lower_to(state, setpoint, reason, limit)) {
        Some(problem) => screen.above(|console| {
            console.error_of(&live.label(), &problem);
            Ok(())
        }),
        None => Ok(()),
    }
}

/// Number of the first cycle that is due after `elapsed`. The schedule is fixed at the start of the
/// run, so it does not drift; missed cycles are not made up for.
fn next_slot(elapsed: Duration, interval: Duration) -> u64 {
    let slot = elapsed.as_nanos() / interval.as_nanos().max(1) + 1;
    u64::try_from(slot).unwrap_or(u64::MAX)
}

/// When a cycle is due, from the start of the run.
fn due_at(slot: u64, interval: Duration) -> Duration {
    interval.saturating_mul(u32::try_from(slot).unwrap_or(u32::MAX))
}

fn print(
    options: &LiveOptions,
    live: &Live,
    screen: &Screen,
    report: &CycleReport,
) -> io::Result<()> {
    if screen.has_block() && !Board::is_news(report) {
        return Ok(());
    }
    screen.above(|console| {
        live_cycle::print(live, report, options, *console)?;
        if let Some(message) = text::failure(report) {
            console.error_of(&live.label(), &message);
        }
        Ok(())
    })
}
