//! The settings of a live campaign, wherever it runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, parse_pem};

use super::endpoint::{Endpoint, endpoint};
use super::error::ConfigError;
use super::layers::{Layers, Sources};
use super::log_format::{LOG_FORMATS, LogFormat};
use super::pacing::Pacing;
use super::platform_names::{BODY_FORMATS, GUARDS, PlatformKind};
use super::settings::how_to_set;
use super::values;
use crate::http::{BodyFormat, Growth, HeaderFile, Retry};
use crate::platform::IfMatch;

/// The settings of a live campaign, wherever it runs.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Policy, limits and interval.
    pub pacing: Pacing,
    /// The state file; `None`: the default place.
    pub state: Option<PathBuf>,
    /// The place that records go to, if any.
    pub warehouse: Option<Endpoint>,
    /// Whether records are sent one by one or together.
    pub warehouse_format: BodyFormat,
    /// Time for one try of an export.
    pub warehouse_timeout: Duration,
    /// Header fields of every export, if any. An operator's stop goes on without them.
    pub warehouse_headers: Option<Result<HeaderFile, ConfigError>>,
    /// Time that a cycle may take.
    pub deadline: Duration,
    /// The platform.
    pub platform: PlatformKind,
    /// Retries of a failed call to the platform.
    pub retry: Retry,
    /// Retries of a failed export.
    pub warehouse_retry: Retry,
    /// The guard of the PATCH.
    pub if_match: IfMatch,
    /// Authorities trusted besides those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// Records that may wait.
    pub outbox_capacity: usize,
    /// The file that metrics are written to, if any.
    pub metrics_file: Option<PathBuf>,
}

impl Layers {
    /// The state file, where one is named.
    #[must_use]
    pub fn state_path(&self) -> Option<PathBuf> {
        self.text("state").map(PathBuf::from)
    }

    /// The state file where none is named: `name` in the folder of states.
    pub fn default_state_path(
        &self,
        sources: &Sources,
        name: &Path,
    ) -> Result<PathBuf, ConfigError> {
        match self.text("state_dir") {
            Some(folder) => Ok(Path::new(folder).join(name).with_extension("json")),
            None => default_state_path(sources, name),
        }
    }

    /// The form of messages.
    pub fn log_format(&self) -> Result<LogFormat, ConfigError> {
        self.value("log_format", values::named(&LOG_FORMATS))
    }

    /// The settings of a live campaign.
    pub fn live_settings(&self) -> Result<LiveSettings, ConfigError> {
        let platform = self.platform()?;
        let retry = Retry {
            retries: self.value("retries", values::whole)?,
            wait: self.value("retry_wait", values::duration)?,
            growth: Growth::Fibonacci,
        };
        let is_given = ["retries", "retry_wait"].map(|key| self.find(key).is_some());
        Ok(LiveSettings {
            platform,
            pacing: self.pacing()?,
            state: self.state_path(),
            warehouse: self.parse("dw_endpoint", endpoint)?,
            warehouse_format: self.value("dw_format", values::named(&BODY_FORMATS))?,
            warehouse_timeout: self.value("dw_timeout", values::duration)?,
            warehouse_headers: self
                .parse("dw_header_file", |path| {
                    HeaderFile::read(Path::new(path), self.patience())
                })
                .transpose(),
            deadline: self.value("deadline", values::duration)?,
            retry: match platform {
                PlatformKind::Skills if is_given == [false, false] => Retry::on_skills(),
                _ => retry,
            },
            warehouse_retry: retry,
            if_match: self.value("if_match", values::named(&GUARDS))?,
            authorities: self
                .parse("ca_file", |path| self.authorities(path))?
                .unwrap_or_default(),
            outbox_capacity: self.value(
                "outbox_limit",
                values::at_most(
                    OUTBOX_MAX,
                    "the state holds them, and is written whole several times a cycle",
                ),
            )?,
            metrics_file: self.text("metrics_file").map(PathBuf::from),
        })
    }

    fn authorities(&self, path: &str) -> Result<Vec<Certificate<'static>>, String> {
        let pem = self
            .read_bytes(Path::new(path))
            .map_err(|error| format!("{path} cannot be read: {error}"))?;
        let mut certificates = Vec::new();
        for item in parse_pem(&pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
                Ok(_) => {}
                Err(error) => return Err(format!("{path} is not a PEM file: {error}")),
            }
        }
        if certificates.is_empty() {
            return Err(format!("{path} holds no certificate in PEM form"));
        }
        Ok(certificates)
    }
}

impl Sources {
    /// The form of messages that a flag or the environment asks for, as far as it is understood: for
    /// the message that the settings cannot be read.
    #[must_use]
    pub fn log_format(&self) -> LogFormat {
        let text = self.flags.get("log_format");
        let text = text.or_else(|| self.environment.get("DIALPACE_LOG_FORMAT"));
        let format = text.and_then(|text| values::named(&LOG_FORMATS)(text).ok());
        format.unwrap_or_default()
    }
}

/// The state file of a campaign where none is named: under the user's state directory.
fn default_state_path(sources: &Sources, campaign: &Path) -> Result<PathBuf, ConfigError> {
    let folder = |name: &str| {
        let path = sources.environment.get(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let base = folder("XDG_STATE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".local/state")));
    match base {
        Some(base) => Ok(base.join("dialpace").join(campaign).with_extension("json")),
        None => Err(ConfigError::Missing(format!(
            "{}, since HOME, which its default needs, is not set",
            how_to_set("state")
        ))),
    }
}

/// Records that may wait at most: a state of some 25 MB.
const OUTBOX_MAX: usize = 100_000;
