//! The tables of a file for several campaigns: `[account]`, `[defaults]`, and one `[[campaign]]`
//! each.

use super::setting::Setting;
use super::source::Given;

/// A value of a file, and the setting that it is for.
pub(super) type Entry = (&'static Setting, Given);

/// One `[[campaign]]` of a file.
#[derive(Clone, Debug)]
pub(super) struct CampaignTable {
    pub(super) name: String,
    /// Its place in the file, for messages.
    pub(super) place: String,
    pub(super) entries: Vec<Entry>,
}

/// The part of a file that a setting stands in.
#[derive(Clone, Copy)]
pub(super) enum Section {
    /// A file for one campaign.
    Flat,
    /// Outside the tables of a file for several.
    OutsideTables,
    Account,
    Defaults,
    Campaign,
}

impl Section {
    /// Refuses a setting that does not belong here.
    pub(super) fn check(self, setting: &Setting) -> Result<(), String> {
        let key = setting.key;
        let of_account = ACCOUNT.contains(&key) || key.starts_with("api_versions.");
        let of_run = OF_THE_RUN.contains(&key);
        let of_campaign = OF_A_CAMPAIGN.contains(&key);
        let place = match self {
            Self::Flat if key == POOL => "a [[campaign]]",
            _ if key == "state" && !matches!(self, Self::Flat) => {
                return Err("each campaign has a state of its own in state_dir".to_owned());
            }
            Self::Flat => return Ok(()),
            Self::Account if of_account => return Ok(()),
            Self::Defaults if !of_account && !of_campaign => return Ok(()),
            Self::Campaign if !of_account && !of_run => return Ok(()),
            _ if of_account => "[account]",
            _ if of_campaign => "a [[campaign]]",
            Self::Campaign => "[defaults], since it is the same for all campaigns",
            Self::Account | Self::OutsideTables if of_run => "[defaults]",
            _ => "[defaults] or a [[campaign]]",
        };
        Err(format!("{key} belongs in {place}"))
    }
}

/// The name of a campaign, which is also that of its state's file.
pub(super) fn name_of(name: &str) -> Result<String, String> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_good) {
        return Ok(name.to_owned());
    }
    Err(format!(
        "name = {name:?} is no name of a campaign: text of letters, digits, - and _, at most {NAME_BYTES_MAX}"
    ))
}

impl CampaignTable {
    /// The pool that it shares agents with, if any.
    pub(super) fn pool(&self) -> Option<&str> {
        let entry = self.entries.iter().find(|(setting, _)| setting.key == POOL);
        entry.map(|(_, given)| given.text.trim())
    }
}

/// The setting that names a pool.
pub(super) const POOL: &str = "shares_agents";
/// Settings of the account that the campaigns share, besides the versions of its API.
const ACCOUNT: [&str; 13] = [
    "platform",
    "site",
    "client_id",
    "client_secret_file",
    "access_key_id",
    "access_key_secret_file",
    "area",
    "auth",
    "auth_base",
    "api_base",
    "api_version",
    "ca_file",
    "api_versions",
];
/// Settings that are the same for every campaign of a run.
const OF_THE_RUN: [&str; 7] = [
    "interval",
    "deadline",
    "metrics_file",
    "log_format",
    "state_dir",
    "retries",
    "retry_wait",
];
/// Settings that differ between campaigns.
const OF_A_CAMPAIGN: [&str; 3] = ["campaign_id", "skill_id", POOL];
/// Longest name: it is that of a file, with suffixes.
const NAME_BYTES_MAX: usize = 64;
