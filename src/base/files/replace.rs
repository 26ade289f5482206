//! Whole files replaced, and lines appended.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::kind::{explained, refuse_other_kinds};
use super::own::{make_private, open_own, private};
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

fn write_and_sync(file: &mut File, content: &[u8]) -> io::Result<()> {
    fault_hook::step()?;
    file.write_all(content)?;
    fault_hook::step()?;
    file.sync_all()?;
    fault_hook::step()
}

/// Appends whole lines to `path`, which a user named and which is created if needed, and returns once
/// they are on the disk.
///
/// If the last line was cut short by a crash or a full disk, a line end is appended first, so that
/// the next record stands on a line of its own. The file is never truncated: others may append too.
pub fn append_durably(path: &Path, lines: &str) -> io::Result<()> {
    append(path, lines, |options| {
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, libc::O_NONBLOCK | libc::O_NOCTTY);
        let file = options
            .open(path)
            .map_err(|error| explained(error, fs::metadata(path)))?;
        refuse_other_kinds(&file.metadata()?)?;
        Ok(file)
    })
}

/// Does the same for a file of the program's own, which only its owner may read.
pub fn append_own_durably(path: &Path, lines: &str) -> io::Result<()> {
    append(path, lines, |options| {
        let file = open_own(path, private(options))?;
        make_private(&file)?;
        Ok(file)
    })
}

fn append(
    path: &Path,
    lines: &str,
    open: impl Fn(&mut OpenOptions) -> io::Result<File>,
) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = open(OpenOptions::new().read(true).append(true).create(true))?;
    let mut text = String::with_capacity(lines.len() + 1);
    if file.metadata()?.len() > 0 && last_byte(&mut file)? != b'\n' {
        text.push('\n');
    }
    text.push_str(lines);
    write_and_sync(&mut file, text.as_bytes())?;
    if is_new { sync_folder(path) } else { Ok(()) }
}

fn last_byte(file: &mut File) -> io::Result<u8> {
    file.seek(SeekFrom::End(-1))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}
