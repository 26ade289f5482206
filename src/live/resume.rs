//! The end of an operator's stop, and of a latch: the markers go, and nothing is sent.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::hold::HoldMarker;
use super::options::{LiveOptions, SandboxLifetime};
use super::setup::state_path;
use crate::base::files;
use crate::config::{Layers, Sources};

/// Where an operator's stop stands, and whether one stood there before.
#[derive(Debug)]
pub struct Resumed {
    /// The name of the campaign, where there are several.
    pub name: Option<String>,
    /// The marker.
    pub marker: PathBuf,
    /// True where it was there.
    pub was_held: bool,
    /// True where writing was latched off.
    pub was_latched: bool,
}

/// Takes the markers away. The next cycle paces the campaigns again.
pub fn resume(options: &LiveOptions, sources: &Sources, each: &[Layers]) -> Result<Vec<Resumed>> {
    let resumed = each.iter().map(|layers| {
        let path = state_path(options, layers, sources, SandboxLifetime::Persistent)?;
        let marker = marker_beside(&path);
        let latch = HoldMarker::of_latch(&files::resolved(&path).unwrap_or(path));
        Ok(Resumed {
            name: layers.name().map(str::to_owned),
            was_held: clear(&marker)?,
            was_latched: clear(&latch)?,
            marker: marker.path().to_owned(),
        })
    });
    resumed.collect()
}

fn clear(marker: &HoldMarker) -> Result<bool> {
    let cleared = marker.clear();
    cleared.with_context(|| format!("cannot remove the marker {}", marker.path().display()))
}

/// The marker of the state at `path`, beside the file that a link leads to.
pub(super) fn marker_beside(path: &Path) -> HoldMarker {
    match files::resolved(path) {
        Ok(path) => HoldMarker::beside(&path),
        Err(_) => HoldMarker::beside(path),
    }
}
