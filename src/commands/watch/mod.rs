//! `watch`: the cycle of `tick` on a fixed schedule, until `--cycles` are done or a signal comes.

mod campaign;

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::interrupt::Interrupt;
use super::live_args::{LiveArgs, OutputArgs, log_format};
use super::live_cycle::MetricsBoard;
use super::numbers::at_least;
use super::watchdog::{Exchanges, SetOnDrop, shutdown_watchdog};
use super::{exit, live_cycle};
use crate::base::clock::{Clock, Deadline, RunClock};
use crate::config::{Layers, Sources};
use crate::live::{self, Group, LiveOptions, SandboxLifetime};
use crate::report::board::Board;
use crate::report::{Console, Screen, text};
use campaign::{Watch, Watched, watch};

pub use campaign::OnExit;

/// The arguments of `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// End after this many cycles
    #[arg(long, value_name = "N", value_parser = at_least(1))]
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

/// Runs cycles until `interrupt` asks to stop or enough are done. `end_at_once` ends the process,
/// should a cycle not end soon after that: the state allows it at any moment.
pub fn run(
    args: &WatchArgs,
    sources: &Sources,
    interrupt: &Interrupt,
    end_at_once: &(dyn Fn() + Sync),
) -> Result<u8> {
    let options = LiveOptions {
        acts_twice: true,
        ..args.live.options(args.output)
    };
    let stop = interrupt.stop();
    let (speed, lifetime) = speed_of(&options);
    let clock: Arc<dyn Clock> = Arc::new(RunClock::new(speed, Arc::clone(stop)));
    let begun = Deadline::after(clock.as_ref(), Duration::MAX);
    let each = live::settings_of_each(&options, sources, &args.live.picked.only)?;
    let console = args.output.console(log_format(&each)?);
    let names: Vec<&str> = each.iter().filter_map(Layers::name).collect();
    let screen = screen(console, &options, names.len());
    let group = Group {
        options: &options,
        sources,
        each: &each,
        notices: &screen,
        clock: &clock,
        begun,
    };
    let interval = each.first().and_then(|layers| layers.interval().ok()?);
    let again = |name: &str, error: &anyhow::Error| {
        let goes_on = !names.is_empty() && !clock.is_stopping();
        if goes_on {
            screen.above(|console| console.error_of(name, &text::chain(error.as_ref())));
            clock.sleep(interval.unwrap_or(AGAIN));
        }
        goes_on && !clock.is_stopping()
    };
    let is_done = AtomicBool::new(false);
    let metrics = MetricsBoard::default();
    let exchanges = Exchanges::default();
    let ran = thread::scope(|scope| {
        // Without a thread to be had, a call in progress ends by its own limit.
        let watchdog = || shutdown_watchdog(stop, &is_done, &exchanges, end_at_once);
        let _ = thread::Builder::new().spawn_scoped(scope, watchdog);
        let _tells = SetOnDrop(&is_done);
        live::run_each(&group, lifetime, &again, &|live| {
            exchanges.add(live.exchanges());
            let place = names.iter().position(|name| Some(*name) == live.name);
            let view = Watch {
                screen: &screen,
                options: &options,
                place,
                cycles: args.cycles,
                on_exit: args.on_exit,
                metrics: &metrics,
                clock: clock.as_ref(),
                speed,
            };
            let watched = watch(live, &view)?;
            Ok(match watched {
                Watched::Interrupted => exit::DONE,
                Watched::Done(last) => exit::of_cycle(&last),
            })
        })
    })?;
    let code = live_cycle::conclude(ran, &options, console, clock.as_ref())?;
    Ok(if clock.is_stopping() {
        interrupt.code()
    } else {
        code
    })
}

/// Virtual seconds in each second, and how long the sandbox lasts.
fn speed_of(options: &LiveOptions) -> (u16, SandboxLifetime) {
    if options.sandbox.is_some() && options.speed > 1 {
        (options.speed, SandboxLifetime::Ephemeral)
    } else {
        (1, SandboxLifetime::Persistent)
    }
}

/// The screen for one campaign, or for this many with names.
fn screen(console: Console, options: &LiveOptions, named: usize) -> Screen {
    let is_watched = io::stderr().is_terminal() && io::stdout().is_terminal();
    let has_block = is_watched && !options.json && !console.quiet;
    let lines = if named == 0 { Board::LINES } else { named };
    Screen::new(console, has_block.then_some(lines))
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

/// Time to the next try of a campaign that cannot be opened, where no interval is set.
const AGAIN: Duration = Duration::from_secs(30);
