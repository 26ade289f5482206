//! The marker by which an operator stops a campaign, whatever else runs on it.
//!
//! It is a file beside the state, stronger than the lock: every cycle looks for it before anything
//! else and again right before each change it sends. It stays until `resume` takes it away; nothing
//! else ever does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::files;
use crate::base::units::UnixMillis;

/// The place of a marker, whether there is one or not.
#[derive(Clone, Debug)]
pub struct HoldMarker {
    path: PathBuf,
}

/// An order to stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// When it was given. A marker whose content cannot be read is as good, and has the time 0.
    pub since: UnixMillis,
}

impl HoldMarker {
    /// The marker of the state at `state_path`.
    #[must_use]
    pub fn beside(state_path: &Path) -> Self {
        Self {
            path: files::sibling(state_path, ".hold"),
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The order, if one stands. It does where it cannot be told that none does.
    #[must_use]
    pub fn read(&self) -> Option<Hold> {
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            // A path through a file or an unreachable folder holds no marker and no state.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => None,
            Ok(metadata) if metadata.is_file() && metadata.len() < MARKER_BYTES_MAX => {
                let content = fs::read(&self.path).unwrap_or_default();
                Some(serde_json::from_slice(&content).unwrap_or(UNREADABLE))
            }
            _ => Some(UNREADABLE),
        }
    }

    /// Leaves the order, durably, unless one stands already, and returns the one that stands.
    pub fn set(&self, now: UnixMillis) -> io::Result<Hold> {
        if let Some(hold) = self.read() {
            return Ok(hold);
        }
        fs::create_dir_all(files::folder(&self.path))?;
        let hold = Hold { since: now };
        files::replace_durably(&self.path, &serde_json::to_vec(&hold)?)?;
        Ok(hold)
    }

    /// Takes the order away, durably. Returns whether one stood.
    pub fn clear(&self) -> io::Result<bool> {
        match fs::remove_file(&self.path) {
            Ok(()) => files::sync_folder(&self.path).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

const UNREADABLE: Hold = Hold {
    since: UnixMillis(0),
};
/// A marker holds one short object.
const MARKER_BYTES_MAX: u64 = 4096;
