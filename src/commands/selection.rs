//! Which campaigns of the configuration file are meant.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use clap::Args;

use crate::base::input::InputError;
use crate::config::Layers;
use crate::report::Messages;

/// Which campaigns a run paces.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Campaign")]
pub struct Picked {
    /// Pace this campaign of --config only
    ///
    /// May be given several times. Without it, all of them are paced, side by side.
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub only: Vec<String>,
}

/// Which campaigns an operator means.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Campaign")]
pub struct Named {
    /// This campaign of --config
    ///
    /// May be given several times.
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub only: Vec<String>,
    /// Every campaign of --config
    #[arg(long)]
    pub all: bool,
}

impl Named {
    /// The form of messages about the campaigns that are meant.
    pub(super) fn messages(each: &[Layers]) -> Messages {
        if each.iter().any(|layers| layers.name().is_some()) {
            Messages::Named
        } else {
            Messages::Plain
        }
    }

    /// Refuses a command for several campaigns that names none of them.
    /// `done` says what was not done, and `command` is the one that was given.
    pub(super) fn refuse_many(
        &self,
        each: &[Layers],
        done: &str,
        command: impl FnOnce() -> String,
    ) -> Result<(), InputError> {
        let names: Vec<&str> = each.iter().filter_map(Layers::name).collect();
        if names.is_empty() || self.all || !self.only.is_empty() {
            return Ok(());
        }
        Err(InputError(format!(
            "nothing was {done}: the file has several campaigns, {}: give --only NAME or --all, such as `{} --all`",
            names.join(", "),
            command()
        )))
    }
}
