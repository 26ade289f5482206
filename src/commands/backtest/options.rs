//! Options of `backtest`.

use std::path::PathBuf;

/// Options of the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file, or `-`.
    pub file: PathBuf,
    /// `--column`, each as it was given.
    pub columns: Vec<String>,
    /// `--output`.
    pub output: Option<PathBuf>,
    /// `--on-bad-row skip`.
    pub skips_bad_rows: bool,
    /// `--format json`.
    pub json: bool,
    /// `--report`.
    pub report: Option<PathBuf>,
    /// `--quiet`.
    pub quiet: bool,
}
