//! A file that is written piece by piece.

use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use super::paths::output;
use super::temporary::{Readers, Temporary};

/// A file that is written piece by piece and gets its name when it is complete. A draft that is
/// dropped before leaves no file.
#[derive(Debug)]
pub struct Draft(Writer);

#[derive(Debug)]
enum Writer {
    /// A thread of its own writes the pieces, so that their maker does not wait for the disk.
    Aside(SyncSender<Vec<u8>>, JoinHandle<io::Result<Temporary>>),
    /// There was no thread to be had.
    Here(Temporary),
    /// It failed.
    Gone,
}

impl Draft {
    /// Begins a draft that will become `path`.
    pub fn create(path: &Path) -> io::Result<Self> {
        let path = output(path)?;
        let temporary = Temporary::create(&path, Readers::Umask)?;
        let (pieces, received) = mpsc::sync_channel(PIECES_MAX);
        let thread = thread::Builder::new().spawn(move || write_all(temporary, &received));
        Ok(Self(match thread {
            Ok(thread) => Writer::Aside(pieces, thread),
            Err(_) => Writer::Here(Temporary::create(&path, Readers::Umask)?),
        }))
    }

    /// Gives the file its name. Does not wait for the disk: a file that a crash of the machine
    /// damages can be made again.
    pub fn publish(mut self) -> io::Result<()> {
        self.finish()?.rename()
    }

    /// Waits until all pieces are written.
    fn finish(&mut self) -> io::Result<Temporary> {
        match std::mem::replace(&mut self.0, Writer::Gone) {
            Writer::Here(temporary) => Ok(temporary),
            Writer::Aside(pieces, thread) => {
                drop(pieces);
                thread.join().unwrap_or_else(|_| Err(gone()))
            }
            Writer::Gone => Err(gone()),
        }
    }
}

impl Write for Draft {
    /// Takes all of `bytes`. The error may belong to an earlier piece.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Writer::Here(temporary) => temporary.file().write(bytes),
            Writer::Aside(pieces, _) if pieces.send(bytes.to_vec()).is_ok() => Ok(bytes.len()),
            Writer::Aside(..) | Writer::Gone => self.finish().map(|_| 0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // The thread must be done before the process ends, since it removes the file.
        let _ = self.finish();
    }
}

fn write_all(mut temporary: Temporary, pieces: &Receiver<Vec<u8>>) -> io::Result<Temporary> {
    for piece in pieces {
        temporary.file().write_all(&piece)?;
    }
    Ok(temporary)
}

fn gone() -> io::Error {
    io::Error::other("the thread that writes it is gone")
}

/// Pieces of a draft that may wait for the disk. Bounds the memory on a slow disk; not measured.
const PIECES_MAX: usize = 4;
