//! A file under a temporary name, until it is complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::kind::Kind;
use super::own::{make_private, open_own, private, set_mode, to_be_removed};
use super::paths::{folder, sibling};

/// A new file beside `path`, locked while it is open. It gets that name when it is complete; dropped
/// before, it leaves nothing.
#[derive(Debug)]
pub(super) struct Temporary {
    file: File,
    /// Its place until then.
    place: PathBuf,
    path: PathBuf,
    has_its_name: bool,
}

/// The users who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner, who alone may write it as well.
    Owner,
    /// Those whom the umask lets.
    Umask,
    /// Every user.
    Everyone,
}

impl Temporary {
    /// Begins the file. The temporary name is always the same, and a file that a crash left there is
    /// removed; one that another run is writing is an error.
    pub(super) fn create(path: &Path, readers: Readers) -> io::Result<Self> {
        let temporary = sibling(path, ".tmp");
        let stale = remove_stale(&temporary).map_err(|error| about(&temporary, &error))?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if readers == Readers::Owner {
            private(&mut options);
        }
        let file = open_own(&temporary, &mut options).map_err(|error| about(&temporary, &error))?;
        lock(&file)?;
        drop(stale);
        match readers {
            Readers::Owner => make_private(&file)?,
            Readers::Everyone => set_mode(&file, 0o644)?,
            Readers::Umask => {}
        }
        Ok(Self {
            file,
            place: temporary,
            path: path.to_owned(),
            has_its_name: false,
        })
    }

    /// The open file.
    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives the file its name, which another file may have had.
    pub(super) fn rename(mut self) -> io::Result<()> {
        fs::rename(&self.place, &self.path).map_err(explained)?;
        self.has_its_name = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.has_its_name {
            // An unusable file should not keep a full disk full.
            let _ = fs::remove_file(&self.place);
        }
    }
}

/// Removes what is at the temporary name, whatever it is but a folder. A file is returned locked, so
/// that no other run removes the new one in the meantime.
fn remove_stale(temporary: &Path) -> io::Result<Option<File>> {
    let stale = match fs::symlink_metadata(temporary) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(metadata) if metadata.is_dir() => return Err(to_be_removed(Kind::Folder.refused())),
        Ok(_) => open_own(temporary, OpenOptions::new().read(true)).ok(),
    };
    if let Some(stale) = &stale {
        lock(stale)?;
    }
    fs::remove_file(temporary)?;
    Ok(stale)
}

fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::other("another run is writing it"),
        TryLockError::Error(error) => error,
    })
}

fn about(temporary: &Path, error: &io::Error) -> io::Error {
    let folder = folder(temporary);
    if error.kind() == io::ErrorKind::NotFound && !folder.exists() {
        let problem = format!("the folder {} does not exist", folder.display());
        return io::Error::new(error.kind(), problem);
    }
    io::Error::new(
        error.kind(),
        format!("its temporary file {}: {error}", temporary.display()),
    )
}

/// A file that is mounted by itself keeps its name, so it cannot be replaced.
fn explained(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => io::Error::new(
            error.kind(),
            "it is mounted as a single file, which cannot be replaced: mount its folder",
        ),
        _ => error,
    }
}
