//! Paths beside and behind a path.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::kind::refuse_other_kinds;

/// `path` with `suffix` appended to its file name.
#[must_use]
pub fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    path.with_file_name(name)
}

/// The folder of `path`; "." for a bare file name.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The file that a link leads to, which need not exist; `path` itself where it is no link.
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(target) => path = path.with_file_name("").join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("it is a link that leads back to itself"))
}

/// The file that will be replaced or made by writing to `path`, which a user named: through links,
/// and never a device, a pipe or a folder.
pub(super) fn output(path: &Path) -> io::Result<PathBuf> {
    if let Ok(metadata) = fs::metadata(path) {
        refuse_other_kinds(&metadata)?;
    }
    resolved(path)
}

/// Makes the creation, renaming or removal of the file `path` durable.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()?;
    }
    Ok(())
}

/// Links that are followed, one after the other: as many as Linux follows.
const LINKS_MAX: usize = 40;
