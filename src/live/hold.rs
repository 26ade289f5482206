//! The markers by which an operator stops a campaign, and by which a fault stops writing, whatever
//! else runs on it.
//!
//! A marker is a file beside the state, stronger than the lock: every cycle looks for it before
//! anything else and again right before each change it sends. It stays until `resume` takes it away;
//! nothing else ever does.

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

/// An order to stand still, or to write nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// When it was given. A marker whose content cannot be read is as good, and has the time 0.
    pub since: UnixMillis,
    /// True where the platform accepted the stop from a run that does not hold the state.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_stopped: bool,
    /// The cause, of an order to write nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl HoldMarker {
    /// The marker of an operator's stop, of the state at `state_path`.
    #[must_use]
    pub fn beside(state_path: &Path) -> Self {
        Self {
            path: files::sibling(state_path, ".hold"),
        }
    }

    /// The marker that latches writing off, of the state at `state_path`.
    #[must_use]
    pub fn of_latch(state_path: &Path) -> Self {
        Self {
            path: files::sibling(state_path, ".latch"),
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
                Some(
                    serde_json::from_slice(&content).unwrap_or_else(|_| Hold::since(UnixMillis(0))),
                )
            }
            _ => Some(Hold::since(UnixMillis(0))),
        }
    }

    /// True where an order stands.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.read().is_some()
    }

    /// Leaves the order, durably, unless one stands already, and returns the one that stands.
    pub fn set(&self, order: Hold) -> io::Result<Hold> {
        if let Some(hold) = self.read() {
            return Ok(hold);
        }
        fs::create_dir_all(files::folder(&self.path))?;
        self.write(&order)?;
        Ok(order)
    }

    /// Notes, durably, that the platform accepted the stop.
    pub fn note_stopped(&self) -> io::Result<()> {
        match self.read() {
            Some(order) if !order.was_stopped => self.write(&Hold {
                was_stopped: true,
                ..order
            }),
            _ => Ok(()),
        }
    }

    /// Takes the order away, durably. Returns whether one stood.
    pub fn clear(&self) -> io::Result<bool> {
        match fs::remove_file(&self.path) {
            Ok(()) => files::sync_folder(&self.path).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn write(&self, order: &Hold) -> io::Result<()> {
        files::replace_durably(&self.path, &serde_json::to_vec(order)?)
    }
}

impl Hold {
    /// An order given at `now`.
    #[must_use]
    pub fn since(now: UnixMillis) -> Self {
        Self {
            since: now,
            was_stopped: false,
            why: String::new(),
        }
    }
}

/// A marker holds one short object.
const MARKER_BYTES_MAX: u64 = 4096;
