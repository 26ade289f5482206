//! Options of a live campaign that are not settings.

use std::path::PathBuf;

/// Options of the command line for a live campaign.
#[derive(Clone, Debug)]
pub struct LiveOptions {
    /// `--sandbox`, with its scenario.
    pub sandbox: Option<Option<PathBuf>>,
    /// `--speed`.
    pub speed: u16,
    /// `--dry-run`.
    pub dry_run: bool,
    /// True where each interval is acted in twice: in `watch`.
    pub acts_twice: bool,
    /// `--json`.
    pub json: bool,
}

/// Lifetime of the sandbox's campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SandboxLifetime {
    /// Kept in a file; it continues between runs, at the speed of `--speed`.
    Persistent,
    /// Ends with the run, and runs by the run's clock.
    Ephemeral,
}
