//! Writing files so that a crash leaves the old content or the new one, never a mixture.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use crate::base::fault_hook;

/// Replaces `path` with `content` and returns once content and name are on the disk: temporary
/// file in the same folder, fsync, rename, fsync of the folder. Only the owner may read the file.
///
/// The temporary file always has the same name, so the next run overwrites one that a crash left.
/// The caller must be the only writer, by a lock.
pub fn replace_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let options = &mut OpenOptions::new();
    replace(path, content, private(options))
}

/// Does the same for a file that others may read, as the umask says: a report, a trace.
pub fn publish(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, content, &mut OpenOptions::new())
}

/// Replaces `path` with `content`, which every user may read whatever the umask: a metrics file.
/// Does not wait for the disk.
pub fn publish_to_all(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = sibling(path, ".tmp");
    let mut file = File::create(&temporary)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.write_all(content)?;
    fs::rename(&temporary, path)
}

fn replace(path: &Path, content: &[u8], options: &mut OpenOptions) -> io::Result<()> {
    let temporary = sibling(path, ".tmp");
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .open(&temporary)?;
    let written = write_and_sync(&mut file, content);
    drop(file);
    written
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| fault_hook::step())
        .and_then(|()| sync_folder(path))
        .and_then(|()| fault_hook::step())
        .inspect_err(|_| {
            // An unusable file should not keep a full disk full.
            let _ = fs::remove_file(&temporary);
        })
}

fn write_and_sync(file: &mut File, content: &[u8]) -> io::Result<()> {
    fault_hook::step()?;
    file.write_all(content)?;
    fault_hook::step()?;
    file.sync_all()?;
    fault_hook::step()
}

/// A file that is written piece by piece and gets its name when it is complete. A draft that is
/// dropped before leaves no file.
///
/// A thread of its own writes the pieces, so that their maker does not wait for the disk.
#[derive(Debug)]
pub struct Draft {
    pieces: Option<SyncSender<Vec<u8>>>,
    /// Returns the file, which stays locked while it is open.
    writer: Option<JoinHandle<io::Result<File>>>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Draft {
    /// Begins a draft that will become `path`.
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
        let (pieces, received) = mpsc::sync_channel::<Vec<u8>>(PIECES_MAX);
        let writer = thread::spawn(move || {
            for piece in received {
                file.write_all(&piece)?;
            }
            Ok(file)
        });
        Ok(Self {
            pieces: Some(pieces),
            writer: Some(writer),
            temporary,
            path: path.to_owned(),
        })
    }

    /// Gives the file its name. Does not wait for the disk: a file that a crash of the machine
    /// damages can be made again.
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
    /// Takes all of `bytes`. The error may belong to an earlier piece.
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

/// Appends whole lines to `path`, which it creates if needed, and returns once they are on the disk.
///
/// If the last line was cut short by a crash or a full disk, a line end is appended first, so that
/// the next record stands on a line of its own. The file is never truncated: others may append too.
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
    write_and_sync(&mut file, text.as_bytes())?;
    if is_new { sync_folder(path) } else { Ok(()) }
}

/// `path` with `suffix` appended to its file name.
#[must_use]
pub fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    path.with_file_name(name)
}

/// Makes the creation, renaming or removal of the file `path` durable.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()?;
    }
    Ok(())
}

/// The folder of `path`; "." for a bare file name.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Limits `options` to a file that only its owner may read and write.
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

/// Pieces of a draft that may wait for the disk. Bounds the memory on a slow disk; not measured.
const PIECES_MAX: usize = 4;
