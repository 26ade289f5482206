//! The file that keeps a token between runs.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::base::files;
use crate::base::units::UnixMillis;

/// The file that keeps the token between runs.
#[derive(Clone, Debug)]
pub struct TokenCache {
    /// Path of the file.
    pub path: PathBuf,
    /// True where a new token may be written to it.
    pub writable: bool,
}

/// The content of the cache file: a token, with the client and the site that it is for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CachedToken {
    pub(super) site: String,
    pub(super) client_id: String,
    pub(super) access_token: String,
    pub(super) expires_at: UnixMillis,
    #[serde(flatten)]
    pub(super) place: Place,
}

impl TokenCache {
    /// The token in the file; `None` without a file.
    pub(super) fn read(&self) -> Result<Option<CachedToken>, String> {
        let problem = match files::read_own(&self.path, BYTES_MAX) {
            Ok(json) => match serde_json::from_slice(&json) {
                Ok(cached) => return Ok(Some(cached)),
                // The content is a secret, so an error tells the place and not the content.
                Err(error) => {
                    format!("damaged at line {} column {}", error.line(), error.column())
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => error.to_string(),
        };
        let path = self.path.display();
        Err(format!("token cache {path} is not usable: {problem}"))
    }

    /// Replaces the file, unless nothing may be written.
    pub(super) fn write(&self, cached: &CachedToken) -> Result<(), String> {
        if !self.writable {
            return Ok(());
        }
        serde_json::to_vec(cached)
            .map_err(io::Error::from)
            .and_then(|json| files::replace_durably(&self.path, &json))
            .map_err(|error| {
                let path = self.path.display();
                format!("token cache {path} cannot be written: {error}")
            })
    }

    /// Removes the file, unless nothing may be written.
    pub(super) fn remove(&self) {
        if self.writable {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Largest cache file, bytes: a token with many claims has some kilobytes.
const BYTES_MAX: u64 = 1024 * 1024;
