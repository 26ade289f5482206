//! A skill, the credentials for it, and the settings of its platform.

use super::error::ConfigError;
use super::layers::Layers;
use super::platform_names::{GRANTS, Grant, WRITES};
use super::settings::how_to_set;
use super::values;
use crate::platform::Site;
use crate::platform::skills::hosts::{api_base, of_area};
use crate::platform::skills::{
    ApiVersions, Application, SkillAccess, SkillCredentials, SkillId, SkillSettings,
};

impl Layers {
    /// The skill and the credentials for it. The error names everything that is missing.
    pub fn skill_access(&self) -> Result<SkillAccess, ConfigError> {
        let skill_id = self.parse("skill_id", SkillId::new)?;
        let key_id = self.text("access_key_id").map(str::to_owned);
        let key_secret = self.secret("access_key_secret", "access_key_secret_file")?;
        let application = match self.value("auth", values::named(&GRANTS))? {
            Grant::AccessKey => None,
            Grant::Password => Some((
                self.text("client_id").map(str::to_owned),
                self.secret("client_secret", "client_secret_file")?,
            )),
        };
        let area = self.value("area", |text| of_area(text).map(|_| text.to_owned()))?;
        let auth_base = self.parse("auth_base", Site::new)?;
        let api_base = self.parse("api_base", api_base)?;
        let mut missing = Vec::new();
        for (is_missing, key) in [
            (skill_id.is_none(), "skill_id"),
            (key_id.is_none(), "access_key_id"),
            (key_secret.is_none(), "access_key_secret_file"),
        ] {
            missing.extend(is_missing.then_some(key));
        }
        if let Some((id, secret)) = &application {
            missing.extend(id.is_none().then_some("client_id"));
            missing.extend(secret.is_none().then_some("client_secret_file"));
        }
        let (Some(skill_id), Some(key_id), Some(key_secret), true) =
            (skill_id, key_id, key_secret, missing.is_empty())
        else {
            let ways: Vec<String> = missing.into_iter().map(how_to_set).collect();
            return Err(ConfigError::Missing(format!(
                "{}; to try it without an account: dialpace tick --sandbox --platform skills",
                ways.join(", ")
            )));
        };
        let application = application.and_then(|(client_id, client_secret)| {
            Some(Application {
                client_id: client_id?,
                client_secret: client_secret?,
            })
        });
        Ok(SkillAccess {
            skill_id,
            credentials: SkillCredentials {
                key_id,
                key_secret,
                application,
            },
            area,
            auth_base,
            api_base,
        })
    }

    /// The skill.
    pub fn skill_id(&self) -> Result<SkillId, ConfigError> {
        let id = self.parse("skill_id", SkillId::new)?;
        id.ok_or_else(|| ConfigError::Missing(how_to_set("skill_id")))
    }

    /// The settings of a skill's platform.
    pub fn skill_settings(&self) -> Result<SkillSettings, ConfigError> {
        Ok(SkillSettings {
            versions: self.api_versions()?,
            write: self.value("settings_write", values::named(&WRITES))?,
            overdial_lever: self.value("overdial_lever", values::flag)?,
            ratio_max: self.parse("max_ratio", values::dial_ratio)?,
            time_zone: self.parse("time_zone", values::time_zone)?,
        })
    }

    fn api_versions(&self) -> Result<ApiVersions, ConfigError> {
        let usual = self.value("api_version", api_version)?;
        let version = |key| Ok(self.parse(key, api_version)?.unwrap_or(usual));
        Ok(ApiVersions {
            activity: version("api_versions.activity")?,
            summary: version("api_versions.summary")?,
            settings: version("api_versions.settings")?,
            skill: version("api_versions.skill")?,
            control: version("api_versions.control")?,
            campaign_skills: version("api_versions.campaign_skills")?,
        })
    }
}

/// A version of the API: `30`, also as `v30.0`.
fn api_version(text: &str) -> Result<u32, String> {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    let version = values::whole::<u32>(bare).ok();
    version
        .filter(|version| (1..=VERSION_MAX).contains(version))
        .ok_or_else(|| format!("{text:?} is not a version of the API, such as 30"))
}

/// Far above the versions that exist.
const VERSION_MAX: u32 = 999;
