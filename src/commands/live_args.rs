//! The arguments that `tick` and `watch` share, and their help.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::PathBuf;

use clap::Args;

use super::numbers::whole;
use super::selection::Picked;
use super::setting_flags::LiveFlags;
use crate::config::{ConfigError, Layers, LogFormat};
use crate::live;
use crate::report::{Console, Messages};

/// The arguments of the commands that pace a campaign.
#[derive(Debug, Args)]
#[command(next_help_heading = "Campaign")]
pub struct LiveArgs {
    /// Pace a built-in campaign: no account needed
    ///
    /// It runs on this machine, without credentials and without network. A scenario file may
    /// describe it.
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1)]
    pub sandbox: Option<Option<PathBuf>>,
    /// Speed of the sandbox: virtual seconds in each second, 1 to 1000
    ///
    /// In watch, waiting between cycles passes that fast as well.
    #[arg(long, value_name = "X", requires = "sandbox", hide_short_help = true, default_value_t = 1, value_parser = whole::<u16>(1..=1000, ""))]
    pub speed: u16,
    /// Decide and show, and change nothing
    ///
    /// Everything is done but writing. The request that would be sent and the record that would be
    /// exported are printed.
    #[arg(long)]
    pub dry_run: bool,
    /// The campaigns.
    #[command(flatten)]
    pub picked: Picked,
    /// The settings.
    #[command(flatten)]
    pub settings: LiveFlags,
}

/// The output of the commands that pace a campaign.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print one JSON object per cycle
    #[arg(long)]
    pub json: bool,
    /// Print warnings and errors only
    ///
    /// Prints what --json and --dry-run ask for nevertheless.
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print the formula of a decision, and HTTP exchanges to stderr
    #[arg(long, short)]
    pub verbose: bool,
}

/// The form of messages, which is the same for all campaigns of a run.
pub(super) fn log_format(each: &[Layers]) -> Result<LogFormat, ConfigError> {
    each.first()
        .map_or(Ok(LogFormat::default()), Layers::log_format)
}

impl LiveArgs {
    /// The options of the campaign that is set up.
    #[must_use]
    pub fn options(&self, output: OutputArgs) -> live::LiveOptions {
        live::LiveOptions {
            sandbox: self.sandbox.clone(),
            speed: self.speed,
            dry_run: self.dry_run,
            acts_twice: false,
            json: output.json,
        }
    }
}

impl OutputArgs {
    /// The console that prints as much as was asked for, with messages in this form.
    #[must_use]
    pub fn console(self, format: LogFormat) -> Console {
        Console {
            quiet: self.quiet,
            verbose: self.verbose,
            messages: Messages::Log(format),
            width: None,
        }
    }
}
