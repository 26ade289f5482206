//! The program's own files: opened without following a link or waiting for another program.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process;

use super::bounded;
use super::kind::{explained, refuse_other_kinds};

/// Opens the file at `path` itself, if it is a regular one.
pub(super) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    let file = options
        .open(path)
        .map_err(|error| explained(error, fs::symlink_metadata(path)))?;
    refuse_other_kinds(&file.metadata()?)?;
    Ok(file)
}

/// Limits the file to its owner, whatever the umask and whoever made it.
pub(super) fn make_private(file: &File) -> io::Result<()> {
    set_mode(file, PRIVATE)
}

/// Sets the permissions of an open file.
#[cfg_attr(not(unix), expect(unused_variables, reason = "no modes there"))]
pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    Ok(())
}

/// Makes files that are created with `options` private from their beginning.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, PRIVATE);
    options
}

/// The file at `path`, created if needed, to be locked.
pub fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = open_own(path, private(&mut options)).map_err(to_be_removed)?;
    if has_one_name(&file.metadata()?) {
        // Another user who can open the file could hold its lock. One made by another account
        // serves as well.
        let _ = make_private(&file);
    }
    Ok(file)
}

/// Fails where no file can be made in `folder`: makes one, and removes it.
pub fn can_write_in(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".dialpace-check-{}", process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    open_own(&path, private(&mut options))?;
    fs::remove_file(&path)
}

/// Writes the number of this process to a lock file that it holds, for whoever finds it locked. A
/// lock without it is as good.
pub fn sign_lock(mut lock: &File) {
    // Another name of the file may be somebody's data.
    if lock
        .metadata()
        .is_ok_and(|metadata| has_one_name(&metadata))
        && lock.set_len(0).is_ok()
    {
        let _ = writeln!(lock, "{}", process::id());
    }
}

/// The process that wrote its number to a lock file.
#[must_use]
pub fn signer_of_lock(lock: &File) -> Option<u32> {
    let mut text = String::new();
    let _ = lock.take(SIGNATURE_BYTES_MAX).read_to_string(&mut text);
    text.trim().parse().ok()
}

/// The content of a file of the program's own, up to `bytes_max`.
pub fn read_own(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let file = open_own(path, OpenOptions::new().read(true))?;
    bounded::read(file, bytes_max)
}

/// Copies a file to a name that is free.
pub fn copy_new(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = open_own(from, OpenOptions::new().read(true))?;
    let mut to = open_own(to, private(OpenOptions::new().write(true).create_new(true)))?;
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// `error` with the remedy, where something stands in the way of a file of the program's own.
pub(super) fn to_be_removed(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidInput => {
            io::Error::new(io::ErrorKind::InvalidInput, format!("{error}: remove it"))
        }
        _ => error,
    }
}

#[cfg(unix)]
fn has_one_name(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) == 1
}

#[cfg(not(unix))]
fn has_one_name(_: &fs::Metadata) -> bool {
    true
}

const PRIVATE: u32 = 0o600;

/// The longest number of a process, and a line end.
const SIGNATURE_BYTES_MAX: u64 = 16;
