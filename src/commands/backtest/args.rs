//! The arguments of `backtest`, and their help.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::reading_args::ReadingArgs;
use crate::commands::setting_flags::ComparisonFlags;
use crate::report::Console;

/// The arguments of `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// The file, and how it is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// Write each decision, to FILE.csv or FILE.ndjson
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print a table, json or csv
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = SummaryFormat::Table, hide_possible_values = true)]
    pub format: SummaryFormat,
    /// Write a report with pictures, as one HTML file
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Print no progress
    #[arg(long, short)]
    pub quiet: bool,
    /// The settings.
    #[command(flatten)]
    pub settings: ComparisonFlags,
}

/// The form in which `backtest` prints its summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// Columns for people.
    Table,
    /// One object.
    Json,
    /// One line for each combination of settings.
    Csv,
}

impl BacktestArgs {
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
  dialpace backtest history.csv --output decisions.csv --report report.html
  dialpace backtest export.csv --column availableAgents=agents_idle
  dialpace backtest history.csv --sla-threshold 0.6:0.9:0.05

Every option, with its name in the environment: dialpace backtest --help";

/// The end of the long help.
pub(in crate::commands) const LONG_EXAMPLES: &str = "\
Examples:
  dialpace backtest history.csv
  dialpace backtest export.csv --column availableAgents=agents_idle --column timestamp=ts
  dialpace backtest history.csv --sla-threshold 0.6:0.9:0.05 --tolerance-margin 0.05,0.1
  dialpace backtest history.csv --output decisions.csv --report report.html
  zcat history.csv.gz | dialpace backtest - --format json

Needed columns: timestamp (RFC 3339, or seconds or milliseconds since 1970), availableAgents, and
answerRate or both totals. dialRate is the history to compare with; rows of several campaignIds
are paced apart. A row with none of the metrics is a poll that failed.

Exit codes: 0 done; 1 failed; 2 usage, configuration or input file; 130/143 interrupted.";
