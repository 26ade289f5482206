//! `resume`: the end of an operator's stop.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::command_text;
use super::exit;
use super::selection::Named;
use super::setting_flags::LiveFlags;
use crate::base::notice::Notices as _;
use crate::config::{Layers, Sources};
use crate::live::{self, LiveOptions};
use crate::report::{Console, text};

/// The arguments of `resume`.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// The campaigns.
    #[command(flatten)]
    pub named: Named,
    /// Resume the built-in campaign
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, help_heading = "Campaign")]
    pub sandbox: Option<Option<PathBuf>>,
    /// Print errors only
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,
    /// The settings.
    #[command(flatten)]
    pub settings: LiveFlags,
}

/// Takes the marker away and says so.
pub fn run(args: &ResumeArgs, sources: &Sources) -> Result<u8> {
    let options = LiveOptions {
        sandbox: args.sandbox.clone(),
        speed: 1,
        dry_run: false,
        acts_twice: false,
        json: false,
    };
    let each = live::settings_of_each(&options, sources, &args.named.only)?;
    args.named.refuse_many(&each, "resumed", || {
        command_text::resume(sources, args.sandbox.as_ref(), None)
    })?;
    let console = Console {
        quiet: args.quiet,
        ..Console::default()
    };
    for notice in each.iter().take(1).flat_map(Layers::notices) {
        console.tell(notice);
    }
    for resumed in live::resume(&options, sources, &each)? {
        if !args.quiet {
            let text = text::resumed(&resumed);
            console.data(&text::of(resumed.name.as_deref(), text))?;
        }
    }
    Ok(exit::DONE)
}

/// The end of the help.
pub(super) const EXAMPLES: &str = "\
Examples:
  dialpace resume --config campaign.toml

The marker lies beside the state: give what stop was given.";
