//! Whole files replaced.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use super::paths::{output, sync_folder};
use super::temporary::{Readers, Temporary};
use crate::base::fault_hook;

/// Replaces `path` with `content` and returns once content and name are on the disk: temporary
/// file in the same folder, fsync, rename, fsync of the folder. Only the owner may read the file.
pub fn replace_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, content, Readers::Owner)
}

/// Does the same for a file that a user named: through links, and others may read it, as the umask
/// says. A report, a trace.
pub fn publish(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(&output(path)?, content, Readers::Umask)
}

/// Replaces `path` with `content`, which every user may read whatever the umask: a metrics file.
/// Does not wait for the disk.
pub fn publish_to_all(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut temporary = Temporary::create(&output(path)?, Readers::Everyone)?;
    temporary.file().write_all(content)?;
    temporary.rename()
}

fn replace(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let mut temporary = Temporary::create(path, readers)?;
    write_and_sync(temporary.file(), content)?;
    temporary.rename()?;
    fault_hook::step()?;
    sync_folder(path)?;
    fault_hook::step()
}

pub(super) fn write_and_sync(file: &mut File, content: &[u8]) -> io::Result<()> {
    fault_hook::step()?;
    file.write_all(content)?;
    fault_hook::step()?;
    file.sync_all()?;
    fault_hook::step()
}
