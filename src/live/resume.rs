//! The end of an operator's stop, and of a latch: the markers go, and nothing is sent.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::hold::HoldMarker;
use super::options::{LiveOptions, SandboxLifetime};
use super::setup::{layers, state_path};
use crate::base::files;
use crate::base::notice::Notices;
use crate::config::Sources;

/// Where an operator's stop stands, and whether one stood there before.
#[derive(Debug)]
pub struct Resumed {
    /// The marker.
    pub marker: PathBuf,
    /// True where it was there.
    pub was_held: bool,
    /// True where writing was latched off.
    pub was_latched: bool,
}

/// Takes the marker away. The next cycle paces the campaign again.
pub fn resume(options: &LiveOptions, sources: &Sources, notices: &dyn Notices) -> Result<Resumed> {
    let layers = layers(options, sources, notices)?;
    let path = state_path(options, &layers, sources, SandboxLifetime::Persistent)?;
    let marker = marker_beside(&path);
    let was_held = marker
        .clear()
        .with_context(|| format!("cannot remove the marker {}", marker.path().display()))?;
    let latch = HoldMarker::of_latch(&files::resolved(&path).unwrap_or(path));
    let was_latched = latch
        .clear()
        .with_context(|| format!("cannot remove the marker {}", latch.path().display()))?;
    Ok(Resumed {
        marker: marker.path().to_owned(),
        was_held,
        was_latched,
    })
}

/// The marker of the state at `path`, beside the file that a link leads to.
pub(super) fn marker_beside(path: &Path) -> HoldMarker {
    match files::resolved(path) {
        Ok(path) => HoldMarker::beside(&path),
        Err(_) => HoldMarker::beside(path),
    }
}
