//! Writing files so that a crash leaves the old content or the new, never a mixture.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use crate::base::fault_hook::{self, Way};

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

/// The same, for a reader of another user, whatever the mask of this one: a metrics file.
pub fn publish_to_all(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = sibling(path, ".tmp");
    let mut file = File::create(&temporary)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.write_all(content)?;
    fs::rename(&temporary, path)
}

fn replace(path: &Path, content: &[u8], options: &mut OpenOptions) -> io::Result<()> {
    let temporary = if fault_hook::is(Way::InPlace) {
        path.to_owned()
    } else {
        sibling(path, ".tmp")
    };
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .open(&temporary)?;
    let written = write_all(&mut file, content);
    drop(file);
    written
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| fault_hook::step())
        .and_then(|()| sync_folder(path))
        .and_then(|()| fault_hook::step())
        .inspect_err(|_| {
            // A full disk should not stay full because of what could not be used.
            let _ = fs::remove_file(&temporary);
        })
}

fn write_all(file: &mut File, content: &[u8]) -> io::Result<()> {
    fault_hook::step()?;
    for piece in fault_hook::pieces(content) {
        file.write_all(piece)?;
        fault_hook::step()?;
    }
    file.sync_all().and_then(|()| fault_hook::step())
}

/// A file that is written piece by piece and gets its name when it is complete. Dropped before
/// that, nothing is left of it.
///
/// The pieces are written by a thread of its own, so that whoever makes them need not wait for
/// the disk.
#[derive(Debug)]
pub struct Draft {
    pieces: Option<SyncSender<Vec<u8>>>,
    /// Gives the file back, which stays locked as long as it is open.
    writer: Option<JoinHandle<io::Result<File>>>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Draft {
    /// Begins to write what will be `path`.
    pub fn create(path: &Path) -> io::Result<Self> {
        let temporary = sibling(path, ".tmp");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&temporary)?;
        file.try_lock()
            .map_err(|_| io::Error::other("another run is writing it"))?;
        if file.metadata()?.len() > 0 {
            file.set_len(0)?;
        }
        let (pieces, written) = mpsc::sync_channel::<Vec<u8>>(PIECES_WAITING);
        let writer = thread::spawn(move || {
            let mut written = written.into_iter();
            written.try_for_each(|piece| file.write_all(&piece))?;
            Ok(file)
        });
        Ok(Self {
            pieces: Some(pieces),
            writer: Some(writer),
            temporary,
            path: path.to_owned(),
        })
    }

    /// Gives the file its name. It is not waited for that a crash of the machine leaves all of
    /// it: it can be made again.
    pub fn publish(mut self) -> io::Result<()> {
        let _locked = self.finish()?;
        fs::rename(&self.temporary, &self.path)
            .inspect_err(|_| drop(fs::remove_file(&self.temporary)))
    }

    /// Waits until all pieces are written.
    fn finish(&mut self) -> io::Result<File> {
        self.pieces = None;
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(written)) => written,
            _ => Err(io::Error::other("the thread that writes it is gone")),
        }
        .inspect_err(|_| drop(fs::remove_file(&self.temporary)))
    }
}

impl Write for Draft {
    /// Takes all of `bytes`. An error may be that of an earlier piece.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let pieces = self.pieces.as_ref();
        if pieces.is_some_and(|pieces| pieces.send(bytes.to_vec()).is_ok()) {
            return Ok(bytes.len());
        }
        self.finish().map(|_| 0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.writer.is_some() {
            let _locked = self.finish();
            let _ = fs::remove_file(&self.temporary);
        }
    }
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
    write_all(&mut file, text.as_bytes())?;
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

/// Pieces of a draft that may wait for the disk.
const PIECES_WAITING: usize = 4;
