//! The state file of one campaign: locked, checked when read, replaced as a whole when written.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::envelope::{Decoded, SCHEMA, decode, encode};
use super::hold::HoldMarker;
use super::state::State;
use crate::base::files;
use crate::base::timestamp::file_stamp;
use crate::base::units::UnixMillis;

/// The state file of one campaign.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    campaign_id: String,
    hold: HoldMarker,
    latch: HoldMarker,
    /// Held for the life of the store; `None` for one that never writes.
    lock: Option<File>,
}

/// The content of the state file.
#[derive(Debug, PartialEq)]
pub enum Loaded {
    /// The state of an earlier run.
    Earlier(Box<State>),
    /// No file: the first run.
    None,
    /// A file that is not a valid state; the damage.
    Damaged(String),
}

/// A state file that cannot be used.
#[derive(Debug)]
pub enum StateError {
    /// Another process holds the lock.
    Busy {
        /// The state file.
        path: PathBuf,
        /// The process, where the lock file tells.
        process: Option<u32>,
    },
    /// The file was written by a later version.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema number.
        schema: u64,
    },
    /// The path is not that of a regular file.
    NotAFile(PathBuf),
    /// No run has left a state here.
    Absent(PathBuf),
    /// The file belongs to another campaign.
    OtherCampaign {
        /// The file.
        path: PathBuf,
        /// The campaign in the file.
        found: String,
        /// The campaign of this run.
        wanted: String,
    },
    /// The file system refused.
    Io {
        /// The operation, as a verb with its object.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
}

impl Store {
    /// Takes the lock file beside `path`; fails at once where another process has it. A link is
    /// followed first, so that a state has one lock whatever name it is given by.
    pub fn lock(path: &Path, campaign_id: &str) -> Result<Self, StateError> {
        let store = Self::read_only(path, campaign_id)?;
        let path = store.path();
        let folder = files::folder(path);
        fs::create_dir_all(folder).map_err(failed("create the folder", folder))?;
        // Every write replaces the state's inode, so the lock is on another file. That is never
        // removed: a removed one could be locked twice.
        let lock_path = files::sibling(path, ".lock");
        let lock =
            files::lock_file(&lock_path).map_err(failed("open the lock file", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {
                files::sign_lock(&lock);
                Ok(Self {
                    lock: Some(lock),
                    ..store
                })
            }
            Err(TryLockError::WouldBlock) => Err(StateError::Busy {
                process: files::signer_of_lock(&lock),
                path: store.path,
            }),
            Err(TryLockError::Error(error)) => Err(failed("lock", &lock_path)(error)),
        }
    }

    /// A store that only reads, without the lock: the file is always whole, since it is replaced.
    pub fn read_only(path: &Path, campaign_id: &str) -> Result<Self, StateError> {
        let path = files::resolved(path).map_err(failed("follow", path))?;
        if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(StateError::NotAFile(path));
        }
        Ok(Self::unread(&path, campaign_id))
    }

    /// A store that is neither read nor written: of a run that goes on without its state.
    #[must_use]
    pub fn unread(path: &Path, campaign_id: &str) -> Self {
        Self {
            path: path.to_owned(),
            campaign_id: campaign_id.to_owned(),
            hold: HoldMarker::beside(path),
            latch: HoldMarker::of_latch(path),
            lock: None,
        }
    }

    /// False for a store that only reads.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.lock.is_some()
    }

    /// Path of the state file, behind any link.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The marker of an operator's stop.
    #[must_use]
    pub fn hold(&self) -> &HoldMarker {
        &self.hold
    }

    /// The marker that latches writing off.
    #[must_use]
    pub fn latch(&self) -> &HoldMarker {
        &self.latch
    }

    /// Reads and checks the state.
    pub fn load(&self) -> Result<Loaded, StateError> {
        let content = match files::read_own(&self.path, STATE_BYTES_MAX) {
            Ok(content) => content,
            Err(error) => {
                return match error.kind() {
                    io::ErrorKind::NotFound => Ok(Loaded::None),
                    io::ErrorKind::FileTooLarge => Ok(Loaded::Damaged(error.to_string())),
                    _ => Err(failed("read", &self.path)(error)),
                };
            }
        };
        match decode(&content) {
            Decoded::State(state) if state.campaign_id != self.campaign_id => {
                Err(StateError::OtherCampaign {
                    path: self.path.clone(),
                    found: state.campaign_id,
                    wanted: self.campaign_id.clone(),
                })
            }
            Decoded::State(state) => Ok(Loaded::Earlier(state)),
            Decoded::Newer(schema) => Err(StateError::Newer {
                path: self.path.clone(),
                schema,
            }),
            Decoded::Damaged(problem) => Ok(Loaded::Damaged(problem)),
        }
    }

    /// Keeps a damaged file under a dated name, writes `state` in its place, and returns the dated
    /// name; `None` for a store that only reads. There is a state file at every moment: a run that
    /// found none would take itself for the first.
    pub fn set_aside(&self, state: &State, now: UnixMillis) -> Result<Option<PathBuf>, StateError> {
        if self.lock.is_none() {
            return Ok(None);
        }
        let name = |n: u32| match n {
            0 => format!(".damaged-{}", file_stamp(now)),
            n => format!(".damaged-{}-{n}", file_stamp(now)),
        };
        let mut candidates = (0..).map(|n| files::sibling(&self.path, &name(n)));
        let is_free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
        let aside = candidates.find(is_free).unwrap_or_default();
        fs::hard_link(&self.path, &aside)
            .or_else(|_| files::copy_new(&self.path, &aside))
            .and_then(|()| files::sync_folder(&self.path))
            .map_err(failed("keep the damaged state as", &aside))?;
        self.save(state).inspect_err(|_| {
            // The damaged file is still at the state's path.
            let _ = fs::remove_file(&aside);
        })?;
        Ok(Some(aside))
    }

    /// Appends records that leave the outbox undelivered to the day's file of their `kind` beside the
    /// state, and returns its path; `None` for a store that only reads.
    pub fn append_dated(
        &self,
        kind: &str,
        lines: &str,
        now: UnixMillis,
    ) -> Result<Option<PathBuf>, StateError> {
        if self.lock.is_none() {
            return Ok(None);
        }
        let stamp = file_stamp(now);
        let day = stamp.split('T').next().unwrap_or(&stamp);
        let path = files::sibling(&self.path, &format!(".{kind}-{day}.ndjson"));
        files::append_own_durably(&path, lines).map_err(failed("write", &path))?;
        Ok(Some(path))
    }

    /// Replaces the state file and returns once it is on the disk. A store that only reads writes
    /// nothing.
    pub fn save(&self, state: &State) -> Result<(), StateError> {
        if self.lock.is_none() {
            return Ok(());
        }
        encode(state)
            .map_err(io::Error::from)
            .and_then(|content| files::replace_durably(&self.path, &content))
            .map_err(failed("write", &self.path))
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { path, process } => write!(
                f,
                "another run holds the state file {}{}; this run changed nothing: try again when the other has ended",
                path.display(),
                Process(*process)
            ),
            Self::Newer { path, schema } => write!(
                f,
                "state file {} has schema {schema}, and this version reads schemas up to {SCHEMA}: use the later version that wrote it, or another --state",
                path.display()
            ),
            Self::Absent(path) => write!(
                f,
                "there is no state at {}: give the --state of the run",
                path.display()
            ),
            Self::NotAFile(path) => write!(
                f,
                "{} is not a regular file and cannot hold the state: name another --state",
                path.display()
            ),
            Self::OtherCampaign {
                path,
                found,
                wanted,
            } => write!(
                f,
                "state file {} belongs to campaign {found}, not to {wanted}: name another --state",
                path.display()
            ),
            Self::Io { doing, path, .. } => write!(f, "cannot {doing} {}", path.display()),
        }
    }
}

impl std::error::Error for StateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// The process that holds a state, as an insertion: " (process 4711)".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(pub Option<u32>);

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(id) => write!(f, " (process {id})"),
            None => Ok(()),
        }
    }
}

fn failed<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> StateError + 'a {
    move |error| StateError::Io {
        doing,
        path: path.to_owned(),
        error,
    }
}

/// Suffixes of the files beside the state; one that ends in `-` is followed by a date.
pub(super) const HELPERS: &[&str] = &[
    ".tmp",
    ".lock",
    ".token",
    ".token.tmp",
    ".campaign",
    ".campaign.tmp",
    ".hold",
    ".latch",
    ".damaged-",
    ".overflow-",
];
/// Largest state file, bytes; a state with a full outbox and window has about a megabyte.
const STATE_BYTES_MAX: u64 = 256 * 1024 * 1024;
