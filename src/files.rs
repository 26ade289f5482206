//! Writing files so that a crash leaves the old content or the new, never a mixture.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Replaces `path` with `content` and returns once both are on the disk: temporary file in the
/// same folder, fsync, rename, fsync of the folder. Only the owner may read the file.
///
/// The temporary file has a fixed name, so that what a crash leaves behind is overwritten by the
/// next run; callers hold the lock that makes them the only writer.
pub fn replace_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let options = &mut OpenOptions::new();
    replace(path, content, private(options))
}

/// The same, for what is meant to be read by others: a report, a trace.
pub fn publish(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, content, &mut OpenOptions::new())
}

fn replace(path: &Path, content: &[u8], options: &mut OpenOptions) -> io::Result<()> {
    let temporary = sibling(path, ".tmp");
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .open(&temporary)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    drop(file);
    written
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| sync_folder(path))
        .inspect_err(|_| {
            // A full disk should not stay full because of what could not be used.
            let _ = fs::remove_file(&temporary);
        })
}

/// Appends whole lines to `path`, creating it if needed, and returns once they are on the disk.
///
/// A line that a crash or a full disk cut short is ended first, so that it cannot swallow the next
/// one. Nothing is ever cut off: others may append to the same file.
pub fn append_durably(path: &Path, lines: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let length = metadata.len();
    let mut text = String::with_capacity(lines.len() + 1);
    if length > 0 && last_byte(&mut file)? != b'\n' {
        text.push('\n');
    }
    text.push_str(lines);
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if is_new { sync_folder(path) } else { Ok(()) }
}

/// `path` with `suffix` added to its file name.
#[must_use]
pub fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    path.with_file_name(name)
}

/// Makes the name of a created, renamed or removed file durable.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()?;
    }
    Ok(())
}

/// The folder that holds `path`; "." for a bare name.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// `options` for a file that only its owner may read and write.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn last_byte(file: &mut File) -> io::Result<u8> {
    file.seek(SeekFrom::End(-1))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}
