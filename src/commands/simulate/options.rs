//! The options of `simulate`.

use std::path::PathBuf;

/// The options of `simulate`, without those that are settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// The scenario file.
    pub scenario: Option<PathBuf>,
    /// `--print-scenario`.
    pub print_scenario: bool,
    /// `--agents`.
    pub agents: Option<u32>,
    /// `--answer-rate`.
    pub answer_rate: Option<f64>,
    /// `--hours`.
    pub hours: Option<f64>,
    /// `--replications`.
    pub replications: u32,
    /// `--seed`.
    pub seed: u64,
    /// `--jobs`.
    pub jobs: Option<u16>,
    /// `--format`.
    pub format: Format,
    /// `--trace`.
    pub trace: Option<PathBuf>,
    /// `--report`.
    pub report: Option<PathBuf>,
    /// `--shard`.
    pub shard: Option<String>,
    /// `--merge`.
    pub merge: Vec<PathBuf>,
    /// `--quiet`.
    pub quiet: bool,
}

/// The form in which results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns for people.
    Table,
    /// One object.
    Json,
    /// One line for each variant.
    Csv,
}

impl Options {
    /// Threads to use.
    pub(super) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, usize::from)
    }
}
