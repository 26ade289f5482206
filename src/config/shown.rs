//! The settings that hold, with their sources, for a person to look at.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::layers::Layers;
use super::pacing::Pacing;
use super::platform_names::PlatformKind;
use super::setting::{DefaultValue, GivenBy, Group};
use super::settings::SETTINGS;
use crate::base::{files, secrets};
use crate::http::shown_address;
use crate::pacing::Unit;

/// A setting, the value that holds, and where that came from.
#[derive(Clone, Debug, Serialize)]
pub struct ShownSetting {
    /// The name in the configuration file.
    pub name: String,
    /// The value; of a secret, that it is set.
    pub value: String,
    /// The source of the value.
    pub source: String,
}

impl Layers {
    /// Every setting that has a value, in the order of help. `state` is the file of the state.
    #[must_use]
    pub fn shown(&self, state: Option<&Path>) -> Vec<ShownSetting> {
        // Of the pacing alone, so that a warehouse that is refused hides none of them.
        let pacing = self.pacing().ok();
        let is_skill = matches!(self.platform(), Ok(PlatformKind::Skills));
        let shown_settings = SETTINGS.iter().filter_map(|setting| {
            let given = self.find(setting.key);
            if given.is_none() && setting.group == Group::Skill && !is_skill {
                return None;
            }
            let (value, source) = match (given, setting.default) {
                (Some(_), _) if setting.given_by == GivenBy::Environment => {
                    ("set, and not shown".to_owned(), given?.source.to_string())
                }
                (Some(given), _) => (shown(&given.text), given.source.to_string()),
                (None, DefaultValue::Text(text) | DefaultValue::Words(text)) => {
                    let known = self.default_of(setting.key, is_skill, pacing.as_ref(), state);
                    let value = known.unwrap_or_else(|| text.to_owned());
                    (value, "default".to_owned())
                }
                (None, DefaultValue::Required | DefaultValue::None) => return None,
            };
            Some(ShownSetting {
                name: setting.key.to_owned(),
                value,
                source,
            })
        });
        shown_settings.collect()
    }

    /// The value of a setting that is not given, where its default depends on others and is known
    /// without a request.
    fn default_of(
        &self,
        key: &str,
        is_skill: bool,
        pacing: Option<&Pacing>,
        state: Option<&Path>,
    ) -> Option<String> {
        let limits = pacing.map(|pacing| pacing.pacer.limits());
        let is_rate = limits.is_some_and(|it| it.actuator.unit == Unit::CallsPerMinute);
        let unless_off = |text: Option<String>| text.unwrap_or_else(|| "off".to_owned());
        Some(match key {
            "env_file" => self
                .dot_env_path()
                .map_or_else(|| "none".to_owned(), |path| path.display().to_string()),
            "state" => state?.display().to_string(),
            "state_dir" if self.find("state").is_none() => {
                files::folder(state?).display().to_string()
            }
            "time_zone" if !is_skill => "UTC".to_owned(),
            "retries" => self.live_settings().ok()?.retry.retries.to_string(),
            "retry_wait" => in_seconds(self.live_settings().ok()?.retry.wait),
            "auth_base" if is_skill => {
                let area = self.value("area", |text| Ok(text.to_owned())).ok()?;
                format!("https://{area}.nice-incontact.com")
            }
            "min_dial_rate" if is_rate => limits?.actuator.min.steps().to_string(),
            "safe_rate" if is_rate => {
                unless_off(limits?.guards.safe.map(|safe| safe.steps().to_string()))
            }
            "max_sample_age" => unless_off(limits?.guards.max_sample_age.map(in_seconds)),
            _ if key.starts_with("api_versions.") => {
                self.value("api_version", |text| Ok(text.to_owned())).ok()?
            }
            _ => return None,
        })
    }
}

/// A time as it is written in settings.
fn in_seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{}s", time.as_secs())
    } else {
        format!("{}ms", time.as_millis())
    }
}

/// A value as it may be shown: an address may hold a key.
fn shown(text: &str) -> String {
    let text = if text.contains("://") {
        shown_address(text)
    } else {
        text.to_owned()
    };
    secrets::redacted(&text)
}
