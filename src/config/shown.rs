//! The settings that hold, with their sources, for a person to look at.

use serde::Serialize;

use super::layers::Layers;
use super::platform_names::PlatformKind;
use super::setting::{DefaultValue, GivenBy, Group};
use super::settings::SETTINGS;
use crate::base::secrets;
use crate::http::shown_address;

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
    /// Every setting that has a value, in the order of help.
    #[must_use]
    pub fn shown(&self) -> Vec<ShownSetting> {
        let is_skill = matches!(self.platform(), Ok(PlatformKind::Skills));
        let settings = SETTINGS.iter().filter_map(|setting| {
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
                    (text.to_owned(), "default".to_owned())
                }
                (None, DefaultValue::Required | DefaultValue::None) => return None,
            };
            Some(ShownSetting {
                name: setting.key.to_owned(),
                value,
                source,
            })
        });
        settings.collect()
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
