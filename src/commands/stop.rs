//! `stop`: an operator's stop, until `resume`.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::exit;
use super::setting_flags::LiveFlags;
use crate::base::clock::{Clock, SystemClock};
use crate::config::{Sources, duration};

use crate::live::{self, HaltedBy, LiveOptions};
use crate::report::{Console, text};

/// The arguments of `stop`.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// Longest wait for a run at work
    ///
    /// Where it does not obey within a second, the 0 is sent beside it.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub wait: Duration,
    /// Put back what stood before the first change as well
    ///
    /// Of a skill: the ratio that somebody had set, and what a change damaged.
    #[arg(long)]
    pub restore: bool,
    /// Stop the built-in campaign
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, help_heading = "Campaign")]
    pub sandbox: Option<Option<PathBuf>>,
    /// Print errors only
    #[arg(long, short, help_heading = "Output", conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every HTTP exchange to stderr as well
    #[arg(long, short, help_heading = "Output")]
    pub verbose: bool,
    /// The settings.
    #[command(flatten)]
    pub settings: LiveFlags,
}

/// Stops the campaign and says how.
pub fn run(args: &StopArgs, sources: &Sources) -> Result<u8> {
    let console = Console {
        quiet: args.quiet,
        verbose: args.verbose,
    };
    let options = LiveOptions {
        sandbox: args.sandbox.clone(),
        speed: 1,
        dry_run: false,
        acts_twice: false,
        json: false,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let halt = live::stop(&options, sources, &console, &clock, args.wait, args.restore)?;
    match &halt.by {
        HaltedBy::ThisRun(report) if report.error.is_some() => {}
        _ if args.quiet => {}
        _ => console.data(&text::halt(&halt))?,
    }
    if let Some(message) = text::halt_problem(&halt) {
        console.error(&message);
    }
    Ok(exit::of_halt(&halt))
}

/// The end of the short help.
pub(super) const EXAMPLES: &str = "\
Examples:
  dialpace stop --config campaign.toml              stop it, whatever runs on it
  dialpace resume --config campaign.toml            let it be paced again

Every option, with its name in the environment: dialpace stop --help";

/// The end of the long help.
pub(super) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace stop --config campaign.toml              stop it, whatever runs on it
  dialpace stop --config campaign.toml --wait 0s    and wait for no other run
  dialpace resume --config campaign.toml            let it be paced again

The state, and with it the marker, is found as in tick and watch: give what they are given.

Exit codes: 0 the platform confirmed that nothing is dialed; otherwise as in dialpace tick --help.
The marker is left in any case, unless the message says that it could not be.";
