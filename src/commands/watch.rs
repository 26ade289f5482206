//! `watch`: the cycle of `tick` on a fixed schedule, until `--cycles` are done or a signal comes.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::interrupt::Interrupt;
use super::live_args::{LiveArgs, OutputArgs};
use super::pause::{self, Pause, wait};
use super::watchdog::{GRACE, SetOnDrop, shutdown_watchdog};
use super::{exit, live_cycle};
use crate::base::clock::{Clock, Deadline, RunClock};
use crate::base::notice::{Notice, Notices};
use crate::config::Sources;
use crate::live::{self, CycleReport, Live, LiveOptions, SandboxLifetime, State};
use crate::pacing::{Reason, Setpoint, Unit};
use crate::report::board::Board;
use crate::report::{Screen, text};

/// The arguments of `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// End after this many cycles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub cycles: Option<u64>,
    /// How watch leaves the campaign
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnExit::Keep, hide_possible_values = true)]
    pub on_exit: OnExit,
    /// The campaign.
    #[command(flatten)]
    pub live: LiveArgs,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

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
pub enum Watched {
    /// All cycles of `--cycles` were run; the report of the last one.
    Done(Box<CycleReport>),
    /// A signal ended it.
    Interrupted,
}

/// Runs cycles until `interrupt` asks to stop or enough are done. `end_at_once` ends the process,
/// should a cycle not end soon after that: the state allows it at any moment.
pub fn run(
    args: &WatchArgs,
    sources: &Sources,
    interrupt: &Interrupt,
    end_at_once: &(dyn Fn() + Sync),
) -> Result<u8> {
    let console = args.output.console();
    let options = LiveOptions {
        acts_twice: true,
        ..args.live.options(args.output)
    };
    let stop = interrupt.stop();
    let is_at_speed = options.sandbox.is_some() && options.speed > 1;
    let (speed, lifetime) = if is_at_speed {
        (options.speed, SandboxLifetime::Ephemeral)
    } else {
        (1, SandboxLifetime::Persistent)
    };
    let clock: Arc<dyn Clock> = Arc::new(RunClock::new(speed, Arc::clone(stop)));
    let is_watched = io::stderr().is_terminal() && io::stdout().is_terminal();
    let has_block = is_watched && !options.json && !console.quiet;
    let screen = Screen::new(console, has_block.then_some(Board::LINES));
    let watched = live::open_and_run(&options, sources, &screen, &clock, lifetime, |live| {
        let is_done = AtomicBool::new(false);
        let exchanges = live.exchanges();
        thread::scope(|scope| {
            // Without a thread to be had, a call in progress ends by its own limit.
            let watchdog = || shutdown_watchdog(stop, &is_done, exchanges, end_at_once);
            let _ = thread::Builder::new().spawn_scoped(scope, watchdog);
            let _tells = SetOnDrop(&is_done);
            watch(args, &options, live, &screen, clock.as_ref(), speed)
        })
    })?;
    Ok(match watched {
        Watched::Interrupted => interrupt.code(),
        Watched::Done(last) => exit::of_cycle(&last),
    })
}

fn watch(
    args: &WatchArgs,
    options: &LiveOptions,
    live: &Live,
    screen: &Screen,
    clock: &dyn Clock,
    speed: u16,
) -> Result<Watched> {
    let mut state = live.load()?;
    let cycle = live.cycle();
    let mut board = Board::new(
        cycle.subject,
        cycle.pacer,
        live.interval,
        state.pacer.applied,
        options.dry_run,
    );
    let limit = live.deadline.limit().min(live.interval);
    let began = clock.monotonic();
    let mut slot = 0;
    let mut cycles = 0;
    let watched = loop {
        screen.show(&board.lines(None));
        let deadline = Deadline::after(clock, limit);
        let report = live_cycle::run(live, &mut state, &deadline);
        cycles += 1;
        tell_requests(cycles, live, &state, screen);
        let was_held = report.decision.reason == Reason::HeldByOperator;
        let is_cut_short = clock.is_stopping() && report.error.is_some();
        if !is_cut_short {
            board.add(&report);
            screen.show(&board.lines(None));
            print(options, live, screen, &report)?;
        }
        let next = next_slot(clock.monotonic().saturating_sub(began), live.interval);
        let end = began + due_at(next, live.interval);
        let pause = Pause { clock, speed, end };
        pause::see_burst_out(live, &mut state, &pause, &mut |report| {
            board.add_burst_end(report);
            screen.show(&board.lines(None));
            print(options, live, screen, report)
        })?;
        if clock.is_stopping() {
            break Watched::Interrupted;
        }
        if args.cycles == Some(cycles) {
            break Watched::Done(Box::new(report));
        }
        let next = next_slot(clock.monotonic().saturating_sub(began), live.interval);
        if next > slot + 1 {
            let count = next - slot - 1;
            screen.tell(&Notice::CyclesMissed { count });
        }
        slot = next;
        let due = began + due_at(slot, live.interval);
        // A cycle that obeyed the marker, or tried to, waits for the next one like any other.
        wait(clock, due, speed, |left| {
            screen.show(&board.lines(Some(left)));
            !was_held && live.cycle().is_held()
        });
        if clock.is_stopping() {
            break Watched::Interrupted;
        }
    };
    let lasted = clock.monotonic().saturating_sub(began);
    leave(args.on_exit, live, &mut state, &watched, screen)?;
    let left_at = text::left_at(
        &state,
        cycle.subject,
        cycle.pacer.limits().actuator.unit,
        cycle.is_held(),
        options.dry_run,
    );
    let closing = board.closing(lasted, live.figures().as_ref());
    close(options, screen, &format!("{closing}\n{left_at}"))?;
    Ok(watched)
}

/// Tells how many requests pacing takes, where the platform counts them. The first cycle has read its
/// limit.
fn tell_requests(cycles: u64, live: &Live, state: &State, screen: &Screen) {
    let platform = live.cycle().platform;
    let requests = platform.requests_a_day(&state.cursor, live.interval);
    if let Some(requests) = requests.filter(|_| cycles == 1) {
        screen.tell(&Notice::RequestsADay {
            estimate: requests.estimate,
            limit: requests.limit,
        });
    }
}

/// Prints the closing words: beside JSON as a note.
fn close(options: &LiveOptions, screen: &Screen, closing: &str) -> io::Result<()> {
    screen.above(|console| {
        if options.json {
            for text in closing.lines().map(str::to_owned) {
                console.tell(&Notice::Closing { text });
            }
            Ok(())
        } else if console.quiet {
            Ok(())
        } else {
            console.data(closing)
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
            console.error(&problem);
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
            console.error(&message);
        }
        Ok(())
    })
}

/// The end of the short help.
pub(super) const EXAMPLES: &str = "\
Examples:
  dialpace watch --sandbox                            a built-in campaign
  dialpace watch --sandbox --speed 60 --cycles 100    fifty minutes of it in one
  dialpace watch --config campaign.toml               a real one; Ctrl-C ends it

Every option, with its name in the environment: dialpace watch --help";

/// The end of the long help.
pub(super) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace watch --sandbox                            a built-in campaign, in real time
  dialpace watch --sandbox --speed 60 --cycles 100    fifty minutes of it in one
  dialpace watch --config campaign.toml               a real campaign; Ctrl-C ends it
  dialpace watch --config campaign.toml --dry-run     decide and show, and change nothing
  dialpace watch --config campaign.toml --on-exit stop    and leave nobody ringing
  dialpace watch --config campaign.toml --json | tee -a watch.ndjson

A failed cycle is reported and the next one is run. The exit code is that of the last cycle, as
in tick (see dialpace tick --help), or 130/143 after Ctrl-C or SIGTERM.";
