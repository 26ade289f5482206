//! The arguments of every command that reads exported history, and their help.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, which is shown as it stands"
)]

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::base::input::InputError;
use crate::history::{ColumnNames, ReadingOptions};

/// The file of history, and how it is read.
#[derive(Debug, Args)]
pub struct ReadingArgs {
    /// CSV with a header, or NDJSON; - is stdin
    ///
    /// NDJSON such as the warehouse file or the lines of --json has one object in each line.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Name that the file gives to a column
    ///
    /// Columns are timestamp, campaignId, totalCallsDialed, totalCallsAnswered, answerRate,
    /// availableAgents, dialRate, agentAvailabilityAvg, and for policy predictive
    /// totalCallsAbandoned and loggedInAgents. May be given several times.
    #[arg(long, value_name = "NAME=HEADER")]
    pub column: Vec<String>,
    /// At a bad row: fail, or skip it
    ///
    /// A row that cannot be used is bad. Rows that are skipped are counted, and the first ten are listed.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnBadRow::Fail, hide_possible_values = true)]
    pub on_bad_row: OnBadRow,
}

/// The action at a row that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnBadRow {
    /// The run ends.
    Fail,
    /// The row is left out.
    Skip,
}

impl ReadingArgs {
    /// The file; `None` for standard input.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        Some(&*self.file).filter(|file| *file != Path::new("-"))
    }

    /// The options of the reader.
    pub fn options(&self) -> Result<ReadingOptions, InputError> {
        Ok(ReadingOptions {
            columns: ColumnNames::new(&self.column)?,
        })
    }
}
