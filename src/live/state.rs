//! What must outlive the process: locked, checked when read, replaced as a whole when written.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::base::files;
use crate::base::timestamp::file_stamp;
use crate::base::units::UnixMillis;
use crate::pacing::PacerState;
use crate::warehouse::{Outbox, Record};

/// All that outlives a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// The campaign it belongs to.
    pub campaign_id: String,
    /// Window and dial rate.
    pub pacer: PacerState,
    /// A dial rate that was about to be sent, until it is known whether it was applied.
    pub intent: Option<Intent>,
    /// Records that wait for the warehouse.
    pub outbox: Outbox,
    /// When the platform wants to be called again at the earliest.
    pub quiet_until: Option<UnixMillis>,
    /// What the metrics file counts, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
}

/// What the metrics file counts over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counters {
    /// Cycles that sent a rate.
    pub adjusted: u64,
    /// Cycles that sent nothing.
    pub held: u64,
    /// Cycles that stopped the dialing.
    pub stopped: u64,
    /// Cycles that went to the safe rate.
    pub safe: u64,
    /// Cycles that failed.
    pub failed: u64,
    /// Calls that were tried again.
    pub retries: u64,
    /// Records that the warehouse took.
    pub exported: u64,
    /// When a cycle last went well.
    pub succeeded_at: Option<UnixMillis>,
}

/// A dial rate that is about to be sent, and its record if it is applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Intent {
    /// Calls per minute.
    pub dial_rate: u32,
    /// What the warehouse gets; `None` when nothing is exported.
    pub record: Option<Record>,
}

impl State {
    /// The state before the first run.
    #[must_use]
    pub fn cold(campaign_id: &str) -> Self {
        Self {
            campaign_id: campaign_id.to_owned(),
            pacer: PacerState::default(),
            intent: None,
            outbox: Outbox::default(),
            quiet_until: None,
            counters: None,
        }
    }
}

/// The state file of one campaign.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    campaign_id: String,
    /// Held for the life of the store; `None` for one that never writes.
    _lock: Option<File>,
}

/// What was found in the state file.
#[derive(Debug, PartialEq)]
pub enum Loaded {
    /// The state of an earlier run.
    Earlier(Box<State>),
    /// No file: the first run.
    None,
    /// A file that is not a state any more; why.
    Damaged(String),
}

/// Why the state cannot be used.
#[derive(Debug)]
pub enum StateError {
    /// Another process holds the lock.
    Busy(PathBuf),
    /// The file was written by a later version.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        schema: u64,
    },
    /// What stands at its place is not a file that could be one.
    NotAFile(PathBuf),
    /// The file belongs to another campaign.
    OtherCampaign {
        /// The file.
        path: PathBuf,
        /// Its campaign.
        found: String,
        /// The campaign of this run.
        wanted: String,
    },
    /// The file system refused.
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        error: io::Error,
    },
}

impl Store {
    /// Takes the lock beside `path`, or fails at once when another process has it.
    pub fn lock(path: &Path, campaign_id: &str) -> Result<Self, StateError> {
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(StateError::NotAFile(path.to_owned()));
        }
        let folder = files::folder(path);
        fs::create_dir_all(folder).map_err(failed("create the folder", folder))?;
        // The state's own inode changes with every write, so the lock is on a file of its own,
        // which is never removed: a removed one could be locked twice.
        let lock_path = files::sibling(path, ".lock");
        let lock = files::private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&lock_path)
            .map_err(failed("open the lock file", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                campaign_id: campaign_id.to_owned(),
                _lock: Some(lock),
            }),
            Err(TryLockError::WouldBlock) => Err(StateError::Busy(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(failed("lock", &lock_path)(error)),
        }
    }

    /// A store that only reads, without the lock: a file is always whole, since it is replaced.
    #[must_use]
    pub fn read_only(path: &Path, campaign_id: &str) -> Self {
        Self {
            path: path.to_owned(),
            campaign_id: campaign_id.to_owned(),
            _lock: None,
        }
    }

    /// Where the state is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and checks the state.
    pub fn load(&self) -> Result<Loaded, StateError> {
        let metadata = match fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::None),
            Err(error) => return Err(failed("read", &self.path)(error)),
        };
        if !metadata.is_file() {
            return Err(StateError::NotAFile(self.path.clone()));
        }
        if metadata.len() > STATE_BYTES_MAX {
            return Ok(Loaded::Damaged(format!("it has {} bytes", metadata.len())));
        }
        let content = fs::read(&self.path).map_err(failed("read", &self.path))?;
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

    /// Puts `state` in the place of a damaged file, whose content gets a dated name, and returns
    /// that name. At no moment is there no file: a run that found none would take it for the
    /// first.
    pub fn set_aside(&self, state: &State, now: UnixMillis) -> Result<PathBuf, StateError> {
        let name = |n: u32| match n {
            0 => format!(".damaged-{}", file_stamp(now)),
            n => format!(".damaged-{}-{n}", file_stamp(now)),
        };
        let mut candidates = (0..).map(|n| files::sibling(&self.path, &name(n)));
        let aside = candidates.find(|path| !path.exists()).unwrap_or_default();
        fs::hard_link(&self.path, &aside)
            .or_else(|_| fs::copy(&self.path, &aside).map(|_| ()))
            .and_then(|()| files::sync_folder(&self.path))
            .map_err(failed("keep the damaged state as", &aside))?;
        self.save(state).inspect_err(|_| {
            // The damaged file is still in its place.
            let _ = fs::remove_file(&aside);
        })?;
        Ok(aside)
    }

    /// Replaces the state and returns once it is on the disk.
    pub fn save(&self, state: &State) -> Result<(), StateError> {
        encode(state)
            .map_err(io::Error::from)
            .and_then(|content| files::replace_durably(&self.path, &content))
            .map_err(failed("write", &self.path))
    }
}

/// The file: a schema number, a checksum of it and of the state's text, and the state.
///
/// The checksum is what tells a flipped bit in a number, which is still JSON, from the number.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    schema: u64,
    checksum: String,
    #[serde(borrow)]
    state: &'a RawValue,
}

enum Decoded {
    State(Box<State>),
    Newer(u64),
    Damaged(String),
}

fn encode(state: &State) -> serde_json::Result<Vec<u8>> {
    let state = serde_json::value::to_raw_value(state)?;
    let envelope = Envelope {
        schema: SCHEMA,
        checksum: checksum(SCHEMA, &state),
        state: &state,
    };
    let mut content = serde_json::to_vec(&envelope)?;
    content.push(b'\n');
    Ok(content)
}

fn decode(content: &[u8]) -> Decoded {
    if content.is_empty() {
        return Decoded::Damaged("it is empty".to_owned());
    }
    let envelope: Envelope = match serde_json::from_slice(content) {
        Ok(envelope) => envelope,
        Err(error) => {
            return match newer_schema(content) {
                Some(schema) => Decoded::Newer(schema),
                None => Decoded::Damaged(error.to_string()),
            };
        }
    };
    if envelope.checksum != checksum(envelope.schema, envelope.state) {
        // A file of this version whose schema number alone is damaged is not a newer one.
        let is_ours = envelope.checksum == checksum(SCHEMA, envelope.state);
        return if envelope.schema > SCHEMA && !is_ours {
            Decoded::Newer(envelope.schema)
        } else {
            Decoded::Damaged("its content does not match its checksum".to_owned())
        };
    }
    if envelope.schema > SCHEMA {
        return Decoded::Newer(envelope.schema);
    }
    match serde_json::from_str(envelope.state.get()) {
        Ok(state) => Decoded::State(Box::new(state)),
        Err(error) => Decoded::Damaged(error.to_string()),
    }
}

/// The schema of a file whose layout is not known here, if it says that it is a later one.
fn newer_schema(content: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Schema {
        schema: u64,
    }
    let Schema { schema } = serde_json::from_slice(content).ok()?;
    (schema > SCHEMA).then_some(schema)
}

fn checksum(schema: u64, state: &RawValue) -> String {
    let text = format!("{schema}:{}", state.get());
    Uuid::new_v5(&CHECKSUM_NAMESPACE, text.as_bytes()).to_string()
}

/// A file's content, read as at the begin of a run; a state must be read back as it was. Of fuzzing
/// builds only.
#[cfg(fuzzing)]
pub fn fuzz(content: &[u8]) {
    if let Decoded::State(state) = decode(content) {
        let written = encode(&state).expect("a state that was read can be written");
        assert!(matches!(decode(&written), Decoded::State(again) if again == state));
    }
}

/// The same, of what the state says of itself once its checksum is right.
#[cfg(fuzzing)]
pub fn fuzz_inside(content: &str) {
    if let Ok(state) = serde_json::from_str::<State>(content) {
        fuzz(&encode(&state).expect("a state that was read can be written"));
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(path) => write!(
                f,
                "another run holds the state file {}; this one changed nothing, try again when that is done",
                path.display()
            ),
            Self::Newer { path, schema } => write!(
                f,
                "state file {} has schema {schema}, and this version knows up to {SCHEMA}: use the later version that wrote it, or another --state",
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

fn failed<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> StateError + 'a {
    move |error| StateError::Io {
        doing,
        path: path.to_owned(),
        error,
    }
}

/// Version of the layout of [`State`]; raised when an older program could not read it.
const SCHEMA: u64 = 1;
/// A state with a full outbox and window is about a megabyte; anything far larger is none.
const STATE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The name space of checksums, so that none is ever a record's id.
const CHECKSUM_NAMESPACE: Uuid = Uuid::from_u128(0x2b7d_90f4_61ac_5e38_8c13_e5a9_7f40_d26b);
