//! Kinds of files that are not regular ones.

use std::fmt;
use std::fs::{FileType, Metadata};
use std::io;

/// A kind of file that is not a regular one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    Link,
    Pipe,
    Socket,
    Device,
}

impl Kind {
    /// The kind; `None` for a regular file.
    pub(super) fn of(file_type: FileType) -> Option<Self> {
        if file_type.is_file() {
            return None;
        }
        if file_type.is_dir() {
            return Some(Self::Folder);
        }
        if file_type.is_symlink() {
            return Some(Self::Link);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt as _;
            if file_type.is_fifo() {
                return Some(Self::Pipe);
            }
            if file_type.is_socket() {
                return Some(Self::Socket);
            }
        }
        Some(Self::Device)
    }

    /// The error for it where a regular file is needed.
    pub(super) fn refused(self) -> io::Error {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("it is {self}, not a regular file"),
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folder => "a folder",
            Self::Link => "a link",
            Self::Pipe => "a pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
        })
    }
}

/// An error for a file that is not a regular one.
pub(super) fn refuse_other_kinds(metadata: &Metadata) -> io::Result<()> {
    match Kind::of(metadata.file_type()) {
        None => Ok(()),
        Some(kind) => Err(kind.refused()),
    }
}

/// `error`, or a clearer one where the file that could not be opened is not a regular one.
pub(super) fn explained(error: io::Error, metadata: io::Result<Metadata>) -> io::Error {
    match metadata.map(|metadata| Kind::of(metadata.file_type())) {
        Ok(Some(kind)) if error.kind() != io::ErrorKind::AlreadyExists => kind.refused(),
        _ => error,
    }
}
