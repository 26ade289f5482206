//! The platforms by name, and what belongs to one of them.

use super::error::ConfigError;
use super::layers::Layers;
use super::setting::Group;
use super::settings::SETTINGS;
use super::values::{self, Named};
use crate::platform::IfMatch;
use crate::platform::skills::SettingsWrite;

/// A kind of platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformKind {
    /// The campaign API: a dial rate is set.
    CampaignApi,
    /// Skills that dial by themselves: their calls per agent are set.
    Skills,
}

/// How the login proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    AccessKey,
    Password,
}

impl Layers {
    /// The platform. A flag that means nothing there is refused.
    pub fn platform(&self) -> Result<PlatformKind, ConfigError> {
        let platform = self.value("platform", values::named(&PLATFORMS))?;
        for setting in SETTINGS {
            let of_another = match platform {
                PlatformKind::CampaignApi => setting.group == Group::Skill,
                PlatformKind::Skills => OF_THE_CAMPAIGN_API.contains(&setting.key),
            };
            let source = self.source_of(setting.key);
            if of_another && source.rank() == 0 {
                let (name, other) = match platform {
                    PlatformKind::CampaignApi => ("campaign-api", "skills"),
                    PlatformKind::Skills => ("skills", "campaign-api"),
                };
                return Err(ConfigError::Value(
                    source.to_string(),
                    format!("it is for --platform {other}, and the platform is {name}"),
                ));
            }
        }
        Ok(platform)
    }
}

pub(super) const PLATFORMS: [Named<PlatformKind>; 2] = [
    (
        "campaign-api",
        PlatformKind::CampaignApi,
        "a campaign, by its dial rate",
    ),
    (
        "skills",
        PlatformKind::Skills,
        "a skill of NICE CXone, by the calls per agent that it dials",
    ),
];

pub(super) const GRANTS: [Named<Grant>; 2] = [
    ("access-key", Grant::AccessKey, "the access key alone"),
    (
        "password-grant",
        Grant::Password,
        "the access key as user and password of a registered application, whose id and secret are --client-id and --client-secret-file",
    ),
];

pub(super) const WRITES: [Named<SettingsWrite>; 2] = [
    (
        "merge",
        SettingsWrite::Merge,
        "everything that was read, with the ratio replaced",
    ),
    (
        "partial",
        SettingsWrite::Partial,
        "the ratio alone, for a tenant that refuses the rest",
    ),
];

pub(super) const GUARDS: [Named<IfMatch>; 2] = [
    (
        "any",
        IfMatch::Any,
        "no condition; the campaign may have changed meanwhile",
    ),
    (
        "etag",
        IfMatch::Etag,
        "the campaign has not changed since it was read in the same cycle",
    ),
];

/// Settings that mean nothing on a skill.
const OF_THE_CAMPAIGN_API: [&str; 7] = [
    "site",
    "campaign_id",
    "if_match",
    "min_dial_rate",
    "max_dial_rate",
    "dial_rate",
    "logged_in_agents",
];
