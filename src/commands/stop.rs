//! `stop`: an operator's stop, until `resume`.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::command_text;
use super::exit;
use super::selection::Named;
use super::setting_flags::LiveFlags;
use crate::base::clock::{Clock, Deadline, SystemClock};
use crate::config::{Sources, duration_or_none};
use crate::live::{self, Group, HaltedBy, LiveOptions, Stopping};
use crate::report::{Console, text};

/// The arguments of `stop`.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// Longest wait for a run at work
    ///
    /// Where it does not obey within a second, the 0 is sent beside it.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration_or_none)]
    pub wait: Duration,
    /// Put back what stood before the first change as well
    ///
    /// Of a skill: the ratio that somebody had set, and what a change damaged.
    #[arg(long)]
    pub restore: bool,
    /// The campaigns.
    #[command(flatten)]
    pub named: Named,
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

impl StopArgs {
    /// The command that was given, but for the option that names the campaigns.
    fn command(&self, sources: &Sources) -> String {
        let mut command = command_text::stop(sources);
        if self.wait != WAIT {
            let _ = match (self.wait.as_secs(), self.wait.subsec_millis()) {
                // Writing to a String cannot fail.
                (secs, 0) => write!(command, " --wait {secs}s"),
                _ => write!(command, " --wait {}ms", self.wait.as_millis()),
            };
        }
        if self.restore {
            command.push_str(" --restore");
        }
        command
    }
}

/// Stops the campaigns and says how.
pub fn run(args: &StopArgs, sources: &Sources) -> Result<u8> {
    let options = LiveOptions {
        sandbox: args.sandbox.clone(),
        speed: 1,
        dry_run: false,
        acts_twice: false,
        json: false,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let begun = Deadline::after(clock.as_ref(), Duration::MAX);
    let each = live::settings_of_each(&options, sources, &args.named.only).map_err(|error| {
        error.context(match live::leave_marker(sources, clock.now()) {
            Some(marker) => format!(
                "the marker {} is left, which every cycle obeys, but the settings are not in order, so nothing was sent",
                marker.display()
            ),
            None => "nothing was stopped".to_owned(),
        })
    })?;
    args.named
        .refuse_many(&each, "stopped", || args.command(sources))?;
    let console = Console {
        quiet: args.quiet,
        verbose: args.verbose,
        messages: Named::messages(&each),
        width: None,
    };
    let group = Group {
        options: &options,
        sources,
        each: &each,
        notices: &console,
        clock: &clock,
        begun,
    };
    let stopping = Stopping {
        wait: args.wait,
        restores: args.restore,
    };
    let mut codes = Vec::new();
    for ran in live::stop(&group, stopping)? {
        let name = ran.name;
        let halt = match (ran.result, &name) {
            (Ok(halt), _) => halt,
            (Err(error), None) => return Err(error),
            (Err(error), Some(name)) => {
                console.error_of(name, &text::chain(error.as_ref()));
                codes.push(exit::of_error(error.as_ref()));
                continue;
            }
        };
        match &halt.by {
            HaltedBy::ThisRun(report) if report.error.is_some() => {}
            _ if args.quiet => {}
            _ => {
                let resume = command_text::resume(sources, args.sandbox.as_ref(), name.as_deref());
                console.data(&text::of(name.as_deref(), text::halt(&halt, &resume)))?;
            }
        }
        if let Some(message) = text::halt_problem(&halt) {
            console.error_of(name.as_deref().unwrap_or_default(), &message);
        }
        codes.push(exit::of_halt(&halt));
    }
    Ok(exit::worst(codes))
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

/// The default of `--wait`.
const WAIT: Duration = Duration::from_secs(60);
