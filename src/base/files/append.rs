//! Lines appended to a file, each of them whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::Duration;

use serde::de::IgnoredAny;

use super::kind::{explained, refuse_other_kinds};
use super::own::{make_private, open_own, private};
use super::paths::sync_folder;
use super::replace::write_and_sync;
use crate::base::clock::Deadline;
use crate::base::fault_hook;

/// Appends whole lines to `path`, which a user named and which is created if needed, and returns once
/// they are on the disk. The file is locked meanwhile, so that runs which share it write in turn; a
/// holder of the lock is waited for until `deadline`.
///
/// A last line that was cut short by a crash or a full disk is removed if it begins as the new ones
/// do: its run did not take it for written. Any other gets the line end that it lacks, since others may
/// append to the file too.
pub fn append_durably(path: &Path, lines: &str, deadline: &Deadline) -> io::Result<()> {
    append(path, lines, |options| {
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, libc::O_NONBLOCK | libc::O_NOCTTY);
        let file = options
            .open(path)
            .map_err(|error| explained(error, fs::metadata(path)))?;
        refuse_other_kinds(&file.metadata()?)?;
        lock(&file, deadline)?;
        Ok(file)
    })
}

/// Does the same for a file of the program's own, which only its owner may read, and which the lock of
/// the state guards.
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
    let torn = unended_line(&mut file)?;
    if is_torn(&torn, lines) {
        file.set_len(file.metadata()?.len() - torn.len() as u64)?;
        fault_hook::step()?;
    } else if !torn.is_empty() {
        text.push('\n');
    }
    text.push_str(lines);
    write_and_sync(&mut file, text.as_bytes())?;
    if is_new { sync_folder(path) } else { Ok(()) }
}

/// Waits for the lock of a file, which ends with the file.
fn lock(file: &File, deadline: &Deadline) -> io::Result<()> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if deadline.remaining().is_zero() => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another program holds its lock",
                ));
            }
            Err(TryLockError::WouldBlock) => deadline.clock().sleep(LOCK_CHECK_PERIOD),
        }
    }
}

/// What stands behind the last line end, as far back as a line of ours can begin.
fn unended_line(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LINE_BYTES_MAX)))?;
    let mut end = Vec::new();
    file.take(LINE_BYTES_MAX).read_to_end(&mut end)?;
    let begin = memchr::memrchr(b'\n', &end).map_or(0, |at| at + 1);
    end.drain(..begin);
    Ok(end)
}

/// True for a piece of a line that begins as `lines` do, with the same first field, and is not whole.
fn is_torn(piece: &[u8], lines: &str) -> bool {
    let first_field = lines
        .split_inclusive(':')
        .next()
        .unwrap_or(lines)
        .as_bytes();
    let begins_so = piece.starts_with(first_field) || first_field.starts_with(piece);
    let is_whole = || serde_json::from_slice::<IgnoredAny>(piece).is_ok();
    !piece.is_empty() && (piece.len() as u64) < LINE_BYTES_MAX && begins_so && !is_whole()
}

/// Bytes of a line at most; a record has some hundreds, with the answer that refused it 1,500.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// Time between two tries to lock a file.
const LOCK_CHECK_PERIOD: Duration = Duration::from_millis(20);
