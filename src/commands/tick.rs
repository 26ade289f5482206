//! `tick`: one cycle.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use super::live_args::{LiveArgs, OutputArgs, log_format};
use super::live_cycle::MetricsBoard;
use super::{exit, live_cycle};
use crate::base::clock::{Clock, Deadline, SystemClock};
use crate::config::Sources;
use crate::live::{self, Group, SandboxLifetime};
use crate::report::text;

/// The arguments of `tick`.
#[derive(Debug, Args)]
pub struct TickArgs {
    /// The campaign.
    #[command(flatten)]
    pub live: LiveArgs,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Runs one cycle of each campaign and prints it.
pub fn run(args: &TickArgs, sources: &Sources) -> Result<u8> {
    let options = args.live.options(args.output);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let begun = Deadline::after(clock.as_ref(), Duration::MAX);
    let each = live::settings_of_each(&options, sources, &args.live.picked.only)?;
    let console = args.output.console(log_format(&each)?);
    let group = Group {
        options: &options,
        sources,
        each: &each,
        notices: &console,
        clock: &clock,
        begun,
    };
    let lifetime = SandboxLifetime::Persistent;
    let metrics = MetricsBoard::default();
    let ran = live::run_each(&group, lifetime, &|_, _| false, &|live| {
        let mut state = live.load()?;
        let report = live_cycle::run(live, &mut state, &live.deadline, &metrics);
        live_cycle::print(live, &report, &options, console)
            .and_then(|()| {
                if options.dry_run && !options.json && report.error.is_none() {
                    console.data(&text::dry_run(&report))
                } else {
                    Ok(())
                }
            })
            .context("the cycle is done, but its result cannot be printed")?;
        if let Some(message) = text::failure(&report) {
            console.error_of(&live.label(), &message);
        }
        Ok(exit::of_cycle(&report))
    })?;
    live_cycle::conclude(ran, &options, console, clock.as_ref())
}

/// The end of the short help.
pub(super) const EXAMPLES: &str = "\
Examples:
  dialpace tick --sandbox                           one cycle, built-in campaign
  dialpace tick --config campaign.toml --dry-run    print, and change nothing
  dialpace tick --config campaign.toml --json       a real campaign

Every option, with its name in the environment: dialpace tick --help";

/// The end of the long help.
pub(super) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace tick --sandbox              one cycle against a built-in campaign
  dialpace tick --sandbox --dry-run    the same, printing the change instead of sending it
  dialpace tick --site na1.example.com --client-id ID --client-secret-file secret.txt \\
      --campaign-id 4711 --dw-endpoint https://warehouse.example.com/dialer
  dialpace tick --config campaign.toml --json

Settings come from flags, then the environment, then .env in the current folder, then the --config
file, then defaults. An empty value is an error. Times are written 30s, 6m or 500ms. The client
secret is never taken from the command line.

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 3 authentication or permission;
4 rate limited or out of time; 5 the platform answered something unusable; 6 applied, but records
wait for the warehouse; 75 another run holds the state; 130/143 interrupted.";
