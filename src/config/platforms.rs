//! The platform, and what belongs to another one.

use super::error::ConfigError;
use super::layers::Layers;
use super::platform_names::{PLATFORMS, PlatformKind};
use super::setting::Group;
use super::settings::SETTINGS;
use super::values;

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
