//! The file that is read, or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::base::input::InputError;

pub(super) struct Input {
    pub(super) bytes: Box<dyn Read>,
    /// Size in bytes, where it is known.
    pub(super) size: Option<u64>,
}

impl Input {
    /// Opens the file, or standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<Self, InputError> {
        if path == Path::new("-") {
            return Ok(Self {
                bytes: Box::new(io::stdin().lock()),
                size: None,
            });
        }
        let refuse = |problem: String| InputError(format!("{}: {problem}", path.display()));
        let cannot_read = |error: io::Error| refuse(format!("it cannot be read: {error}"));
        let file = File::open(path).map_err(cannot_read)?;
        let metadata = file.metadata().map_err(cannot_read)?;
        if metadata.is_dir() {
            return Err(refuse("it is a folder; expected a file".to_owned()));
        }
        Ok(Self {
            size: metadata.is_file().then_some(metadata.len()),
            bytes: Box::new(file),
        })
    }
}
