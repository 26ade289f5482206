//! The arguments of `fit`, and their help.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::commands::reading_args::ReadingArgs;
use crate::report::Console;

/// The arguments of `fit`.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// The file and how it is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// Campaign to fit, where the file has several
    #[arg(long, value_name = "ID")]
    pub campaign: Option<String>,
    /// Time zone of hours and weekdays [default: UTC]
    ///
    /// A name such as America/New_York. Times without an offset are of this zone too, unless
    /// --input-time-zone says otherwise.
    #[arg(long, value_name = "AREA/CITY")]
    pub time_zone: Option<String>,
    /// Write the scenario to a file
    ///
    /// How well it fits is printed then. Without it, the scenario is.
    #[arg(long, value_name = "SCENARIO.toml")]
    pub output: Option<PathBuf>,
    /// Write a report with pictures, in HTML
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Print no progress
    #[arg(long, short)]
    pub quiet: bool,
}

impl FitArgs {
    /// Its flags that are settings.
    #[must_use]
    pub fn settings(&self) -> BTreeMap<String, String> {
        let time_zone = self.time_zone.iter();
        let time_zone = time_zone.map(|zone| ("time_zone".to_owned(), zone.clone()));
        time_zone.collect()
    }

    /// The console that prints as much as was asked for.
    #[must_use]
    pub fn console(&self) -> Console {
        Console {
            quiet: self.quiet,
            verbose: false,
            ..Console::default()
        }
    }
}

/// The end of the short help.
pub(in crate::commands) const EXAMPLES: &str = "\
Examples:
  dialpace fit export.csv --output mine.toml --report mine.html
  dialpace simulate mine.toml --policy capacity,compensated,predictive

Every option: dialpace fit --help";

/// The end of the long help.
pub(in crate::commands) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace fit export.csv --output mine.toml --report mine.html
  dialpace fit export.csv --campaign 4711 > mine.toml
  dialpace simulate mine.toml --policy capacity,compensated,predictive

Needed columns: timestamp, totalCallsDialed, totalCallsAnswered and availableAgents. With
loggedInAgents the agents and the handle time are measured, without it they are estimates.
totalCallsAbandoned and dialRate make the fit better.

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 130/143 interrupted.";
