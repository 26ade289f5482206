//! Settings: merged from every source and checked once, before anything is sent.

pub mod expectation;
mod layers;
mod pacing;
pub mod scenario_file;
mod values;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use ureq::tls::{Certificate, PemItem, parse_pem};

use crate::http::{HostScope, Retry};
use crate::platform::{CampaignId, IfMatch, Site, checked_url};
use layers::Setting;

pub use layers::{Layers, Sources};
pub use pacing::{Grid, Pacing};

/// How a live campaign is driven, wherever it runs.
#[derive(Clone, Debug)]
pub struct Driving {
    /// What paces it.
    pub pacing: Pacing,
    /// The state file; `None`: the default place.
    pub state: Option<PathBuf>,
    /// Where records go.
    pub warehouse: Option<Endpoint>,
    /// Time that a cycle may take.
    pub deadline: Duration,
    /// How calls are tried again.
    pub retry: Retry,
    /// What guards the PATCH.
    pub if_match: IfMatch,
    /// Authorities trusted besides those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// Records that may wait.
    pub outbox_capacity: usize,
    /// Where metrics are written, if anywhere.
    pub metrics_file: Option<PathBuf>,
}

/// A campaign on a real platform.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where it is.
    pub site: Site,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// The campaign.
    pub campaign_id: CampaignId,
}

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// An address that takes one POST per record.
    Http(String, HostScope),
    /// A file that gets one line per record.
    File(PathBuf),
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// Where it was given, and what is wrong with it.
    Value(String, String),
    /// What is needed and no source gives, and how to give it.
    Missing(String),
}

/// What `--sandbox` takes from flags only: a sandbox must never touch what belongs to a real
/// campaign because its address is in the environment.
const SANDBOX_FROM_FLAGS: &[&str] = &[
    "site",
    "client_id",
    "client_secret",
    "client_secret_file",
    "campaign_id",
    "dw_endpoint",
    "state",
];

impl Layers {
    /// Merges the sources.
    pub fn gather(sources: &Sources, sandbox: bool) -> Result<Self, ConfigError> {
        let only_flags: &[&str] = if sandbox { SANDBOX_FROM_FLAGS } else { &[] };
        Self::merge(sources, SETTINGS, only_flags)
    }

    /// Names in the environment or in `.env` that are no settings and nearly are, with the names
    /// that they resemble.
    #[must_use]
    pub fn suspects(&self) -> &[(String, &'static str)] {
        &self.suspects
    }

    /// The settings that drive a live campaign.
    pub fn driving(&self) -> Result<Driving, ConfigError> {
        let retry = Retry::default();
        Ok(Driving {
            pacing: self.pacing()?,
            state: self.text("state").map(PathBuf::from),
            warehouse: self.parse("dw_endpoint", endpoint)?,
            deadline: self
                .parse("deadline", values::duration)?
                .unwrap_or(DEADLINE),
            retry: Retry {
                retries: self
                    .parse("retries", values::whole)?
                    .unwrap_or(retry.retries),
                wait: self
                    .parse("retry_wait", values::duration)?
                    .unwrap_or(retry.wait),
            },
            if_match: self
                .parse("if_match", values::if_match)?
                .unwrap_or_default(),
            authorities: self.parse("ca_file", authorities)?.unwrap_or_default(),
            outbox_capacity: self
                .parse("outbox_limit", values::whole)?
                .unwrap_or(OUTBOX_CAPACITY),
            metrics_file: self.text("metrics_file").map(PathBuf::from),
        })
    }

    /// The campaign and the credentials for it. What is missing is told all at once.
    pub fn account(&self) -> Result<Account, ConfigError> {
        let site = self.parse("site", Site::new)?;
        let client_id = self.text("client_id").map(str::to_owned);
        let client_secret = self.client_secret()?;
        let campaign_id = self.parse("campaign_id", CampaignId::new)?;
        match (site, client_id, client_secret, campaign_id) {
            (Some(site), Some(client_id), Some(client_secret), Some(campaign_id)) => Ok(Account {
                site,
                client_id,
                client_secret,
                campaign_id,
            }),
            (site, client_id, client_secret, campaign_id) => {
                let wanted = [
                    (site.is_none(), "site"),
                    (client_id.is_none(), "client_id"),
                    (client_secret.is_none(), "client_secret_file"),
                    (campaign_id.is_none(), "campaign_id"),
                ];
                let keys = wanted.into_iter().filter(|(missing, _)| *missing);
                let ways: Vec<String> = keys.map(|(_, key)| ways(key)).collect();
                Err(ConfigError::Missing(format!(
                    "{}; to try it without a campaign: dialpace tick --sandbox",
                    ways.join(", ")
                )))
            }
        }
    }

    /// The secret itself or the file that holds it, whichever the stronger source gives.
    fn client_secret(&self) -> Result<Option<SecretString>, ConfigError> {
        let rank = |key| self.find(key).map(|given| given.source.rank());
        let by_file = match (rank("client_secret_file"), rank("client_secret")) {
            (Some(file), Some(secret)) => file <= secret,
            (file, _) => file.is_some(),
        };
        if by_file {
            self.parse("client_secret_file", secret_in)
        } else {
            Ok(self.text("client_secret").map(SecretString::from))
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.find(key).map(|given| given.text.as_str())
    }
}

/// The state file of a campaign where none is named: under the user's state directory.
pub fn default_state_path(sources: &Sources, campaign: &Path) -> Result<PathBuf, ConfigError> {
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
            ways("state")
        ))),
    }
}

/// How a setting can be given: by its flag or its name in the environment.
fn ways(key: &str) -> String {
    let flag = format!("--{}", key.replace('_', "-"));
    let env = match key {
        "client_secret_file" => Some("CXONE_CLIENT_SECRET"),
        key => SETTINGS.iter().find(|s| s.key == key).map(|s| s.env),
    };
    match env {
        Some(env) => format!("{flag} or {env}"),
        None => flag,
    }
}

fn secret_in(path: &str) -> Result<SecretString, String> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    match text.trim() {
        "" => Err(format!("the file {path} holds no secret")),
        secret => Ok(SecretString::from(secret)),
    }
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    if let Some(path) = text.strip_prefix("file://") {
        return Err(format!("{text:?}: give the path alone, {path}"));
    }
    if text.contains("://") {
        let (_, reach) = checked_url(text)?;
        return Ok(Endpoint::Http(text.to_owned(), reach));
    }
    // A host name without its https:// must not become a file of that name.
    let path = PathBuf::from(text);
    let names_a_file = text.contains(['/', '\\'])
        || path
            .extension()
            .is_some_and(|extension| RECORD_FILES.iter().any(|known| extension == *known));
    if names_a_file {
        return Ok(Endpoint::File(path));
    }
    Err(format!(
        "{text:?} is neither an address nor clearly a file; write https://{text} or ./{text}"
    ))
}

fn authorities(path: &str) -> Result<Vec<Certificate<'static>>, String> {
    let pem = fs::read(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
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

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(place, problem) => write!(f, "{place}: {problem}"),
            Self::Missing(ways) => write!(f, "needed and not set: {ways}"),
        }
    }
}

impl std::error::Error for ConfigError {}

/// Every setting, under the names that its sources use.
const SETTINGS: &[Setting] = &[
    setting("site", "CXONE_SITE"),
    setting("client_id", "CXONE_CLIENT_ID"),
    setting("client_secret", "CXONE_CLIENT_SECRET"),
    setting("client_secret_file", "CXONE_CLIENT_SECRET_FILE"),
    setting("campaign_id", "CAMPAIGN_ID"),
    setting("sla_threshold", "SLA_THRESHOLD"),
    setting("tolerance_margin", "TOLERANCE_MARGIN"),
    setting("min_dial_rate", "MIN_DIAL_RATE"),
    setting("max_dial_rate", "MAX_DIAL_RATE"),
    setting("dw_endpoint", "DW_ENDPOINT"),
    setting("policy", "DIALPACE_POLICY"),
    setting("dial_rate", "DIALPACE_DIAL_RATE"),
    setting("window", "DIALPACE_WINDOW"),
    setting("utilisation", "DIALPACE_UTILISATION"),
    setting("interval", "DIALPACE_INTERVAL"),
    setting("abandonment_limit", "DIALPACE_ABANDONMENT_LIMIT"),
    setting("logged_in_agents", "DIALPACE_LOGGED_IN_AGENTS"),
    setting("handle_time", "DIALPACE_HANDLE_TIME"),
    setting("max_sample_age", "DIALPACE_MAX_SAMPLE_AGE"),
    setting("stop_without_agents", "DIALPACE_STOP_WITHOUT_AGENTS"),
    setting("safe_rate", "DIALPACE_SAFE_RATE"),
    setting("state", "DIALPACE_STATE"),
    setting("deadline", "DIALPACE_DEADLINE"),
    setting("retries", "DIALPACE_RETRIES"),
    setting("retry_wait", "DIALPACE_RETRY_WAIT"),
    setting("if_match", "DIALPACE_IF_MATCH"),
    setting("ca_file", "DIALPACE_CA_FILE"),
    setting("outbox_limit", "DIALPACE_OUTBOX_LIMIT"),
    setting("metrics_file", "DIALPACE_METRICS_FILE"),
    setting("config", "DIALPACE_CONFIG"),
];

const fn setting(key: &'static str, env: &'static str) -> Setting {
    Setting { key, env }
}

/// A cycle ends before the next one is due, 30 s after it began.
const DEADLINE: Duration = Duration::from_secs(25);
/// Sixteen hours of records at one every 30 s.
const OUTBOX_CAPACITY: usize = 2_000;
/// Extensions that make a bare name a file of records.
const RECORD_FILES: &[&str] = &["ndjson", "jsonl", "json", "log", "txt"];
