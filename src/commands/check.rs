//! `check`: whether a campaign could be paced, before the first call.

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
use super::live_args::OutputArgs;
use super::selection::{Named, Picked};
use super::setting_flags::LiveFlags;
use crate::base::clock::{Clock, Deadline, SystemClock};
use crate::config::Sources;
use crate::live::{self, Check, Group, LiveOptions, Ran, SandboxLifetime, Status};
use crate::report::checks::{self, CampaignChecks};
use crate::report::{Console, text};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Send the lever's present value and a test record too
    ///
    /// Without it nothing is changed anywhere.
    #[arg(long)]
    pub write: bool,
    /// Print each setting with its source, and ask nothing
    #[arg(long = "settings", conflicts_with = "write")]
    pub shows_settings: bool,
    /// Check against the built-in campaign
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, help_heading = "Campaign")]
    pub sandbox: Option<Option<PathBuf>>,
    /// The campaigns.
    #[command(flatten)]
    pub picked: Picked,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
    /// The settings.
    #[command(flatten)]
    pub settings: LiveFlags,
}

/// The help of `--json`, which in the other commands prints cycles.
pub(super) fn json_help(arg: clap::Arg) -> clap::Arg {
    arg.help("Print the answers as one JSON object")
}

/// Asks each question and prints its answer.
pub fn run(args: &CheckArgs, sources: &Sources) -> Result<u8> {
    let options = LiveOptions {
        sandbox: args.sandbox.clone(),
        speed: 1,
        dry_run: !args.write,
        acts_twice: true,
        json: args.output.json,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let begun = Deadline::after(clock.as_ref(), Duration::MAX);
    let each = live::settings_of_each(&options, sources, &args.picked.only);
    let each = match each {
        Ok(each) => each,
        Err(error) if args.output.json && !args.shows_settings => return unreadable(&error),
        Err(error) => return Err(error),
    };
    let console = Console {
        quiet: args.output.quiet,
        verbose: args.output.verbose,
        messages: Named::messages(&each),
        width: None,
    };
    if args.shows_settings {
        for layers in &each {
            let state = live::state_path(&options, layers, sources, SandboxLifetime::Persistent);
            let shown = layers.shown(state.ok().as_deref());
            console.data(&checks::settings(layers.name(), &shown, args.output.json))?;
        }
        return Ok(exit::DONE);
    }
    let group = Group {
        options: &options,
        sources,
        each: &each,
        notices: &console,
        clock: &clock,
        begun,
    };
    let ran = match live::check_each(&group, args.write) {
        Ok(ran) => ran,
        Err(error) if args.output.json => return unreadable(&error),
        Err(error) => return Err(error),
    };
    let campaigns = ran.into_iter().map(answers).collect::<Result<Vec<_>>>()?;
    print(campaigns, args.output, console)
}

/// The answers about one campaign, and the code of its first failure.
fn answers(ran: Ran<Vec<Check>>) -> Result<CampaignChecks> {
    let mut checks = vec![Check::settings(&ran.subject)];
    checks.extend(ran.result?);
    let failed = checks.iter().find(|check| check.status == Status::Fail);
    let exit = failed.map_or(exit::DONE, |check| match &check.error {
        Some(error) => exit::of_error(error.as_ref()),
        None => exit::FAILED,
    });
    Ok(CampaignChecks {
        name: ran.name,
        checks,
        exit,
    })
}

fn print(mut campaigns: Vec<CampaignChecks>, output: OutputArgs, console: Console) -> Result<u8> {
    let exit = exit::worst(campaigns.iter().map(|it| it.exit));
    if output.json {
        console.data(&checks::json(&campaigns, exit))?;
        return Ok(exit);
    }
    if output.quiet {
        for campaign in &mut campaigns {
            let is_told = |check: &Check| matches!(check.status, Status::Warn | Status::Fail);
            campaign.checks.retain(is_told);
        }
    }
    let text = checks::text(&campaigns);
    if !text.is_empty() {
        console.data(&text)?;
    }
    Ok(exit)
}

/// The object for settings that cannot be used.
fn unreadable(error: &anyhow::Error) -> Result<u8> {
    let exit = exit::of_error(error.as_ref());
    let campaign = CampaignChecks {
        name: None,
        checks: vec![Check::unusable_settings(text::chain(error.as_ref()))],
        exit,
    };
    Console::default().data(&checks::json(&[campaign], exit))?;
    Ok(exit)
}

/// The end of the short help.
pub(super) const EXAMPLES: &str = "\
Examples:
  dialpace check --config campaign.toml              can it be paced?
  dialpace check --config campaign.toml --write      and may it be changed?
  dialpace check --config campaign.toml --settings   what holds, and from where

Every option, with its name in the environment: dialpace check --help";

/// The end of the long help.
pub(super) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace check --sandbox                           the questions, on a built-in campaign
  dialpace check --config campaign.toml              can it be paced?
  dialpace check --config campaign.toml --write      and may it be changed?
  dialpace check --config campaign.toml --settings   what holds, and from where

Each line is a question: ok, warn, FAIL or skipped, what was found, and what to do. It may log in, and
leaves the token for the next run.

Exit codes: that of the first failure, as in dialpace tick --help; 0 without one, warnings or not.";
