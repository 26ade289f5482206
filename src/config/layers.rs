//! The sources, merged: flags over environment over `.env` over the configuration file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::dot_env;
use super::error::ConfigError;
use super::nearest::nearest;
use super::setting::{DefaultValue, Setting, WithoutCampaign};
use super::settings::{self, SETTINGS};
use super::source::{Given, Source};
use super::toml_file;

/// The text of every source, before it is known which settings it names.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Flags that were given, by the key of their setting.
    pub flags: BTreeMap<String, String>,
    /// The environment, as far as it is text.
    pub environment: BTreeMap<String, String>,
    /// The folder whose `.env` is read.
    pub folder: PathBuf,
}

/// The kind of run that the settings are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A real campaign.
    Live,
    /// The built-in campaign.
    Sandbox,
    /// No campaign: a simulation, or exported history.
    Offline,
}

/// Every value that was given, with the strongest source that gave it.
#[derive(Debug, Default)]
pub struct Layers {
    given: BTreeMap<&'static str, Given>,
    misspelled: Vec<(String, &'static str)>,
}

impl Layers {
    /// Merges the sources.
    pub fn gather(sources: &Sources, scope: Scope) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        for setting in SETTINGS {
            if let Some(text) = sources.flags.get(setting.key) {
                let flag = Source::Flag(format!("--{}", setting.flag()));
                layers.offer(setting, text, flag)?;
            }
        }
        let wanted = |setting: &&Setting| {
            scope == Scope::Live || setting.without_campaign == WithoutCampaign::Same
        };
        for setting in SETTINGS.iter().filter(wanted) {
            if let Some(text) = sources.environment.get(setting.env) {
                layers.offer(setting, text, Source::Environment(setting.env))?;
            }
        }
        let path = sources.folder.join(".env");
        let dot_env = dot_env::read(&path)?;
        for setting in SETTINGS.iter().filter(wanted) {
            if let Some(text) = dot_env.get(setting.env) {
                layers.offer(setting, text, Source::DotEnv(setting.env, path.clone()))?;
            }
        }
        let names = sources.environment.keys().chain(dot_env.keys());
        layers.misspelled = names.filter_map(|name| misspelled(name)).collect();
        if let Some(named_by) = layers.given.get("config").cloned() {
            let entries = toml_file::read(&named_by)?;
            for (setting, given) in entries.iter().filter(|(setting, _)| wanted(setting)) {
                layers.offer(setting, &given.text, given.source.clone())?;
            }
        }
        Ok(layers)
    }

    /// Names in the environment or in `.env` that are no settings and resemble one, with the name
    /// of that one.
    #[must_use]
    pub fn misspelled(&self) -> &[(String, &'static str)] {
        &self.misspelled
    }

    /// The value of `key` as it was given.
    pub(super) fn find(&self, key: &str) -> Option<&Given> {
        debug_assert!(settings::find(key).is_some(), "{key} is no setting");
        self.given.get(key)
    }

    /// The text of `key` as it was given.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.find(key).map(|given| given.text.as_str())
    }

    /// The source of the value of `key`.
    pub(super) fn source_of(&self, key: &'static str) -> Source {
        self.find(key)
            .map_or(Source::Default(key), |given| given.source.clone())
    }

    /// The value of `key` or else its default, read by `parse`; the error names the source.
    pub(super) fn value<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let default = settings::find(key).map(|setting| setting.default);
        match (self.find(key), default) {
            (Some(Given { text, source }), _) => read(text, source, parse),
            (None, Some(DefaultValue::Text(text))) => read(text, &Source::Default(key), parse),
            (None, _) => Err(ConfigError::Missing(settings::how_to_set(key))),
        }
    }

    /// The value of `key` if it was given, read by `parse`; the error names the source.
    pub(super) fn parse<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        self.find(key)
            .map(|Given { text, source }| read(text, source, parse))
            .transpose()
    }

    /// Takes a value in unless a stronger source has given one. An empty value is an error even
    /// where a stronger source covers it: somebody meant to say something.
    fn offer(&mut self, setting: &Setting, text: &str, source: Source) -> Result<(), ConfigError> {
        let problem = if text.trim().is_empty() {
            Some("it is empty; give it a value or remove it")
        } else if text.contains(char::REPLACEMENT_CHARACTER) {
            Some("it is not UTF-8 text")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(ConfigError::Value(source.to_string(), problem.to_owned()));
        }
        let text = text.trim().to_owned();
        self.given
            .entry(setting.key)
            .or_insert(Given { text, source });
        Ok(())
    }
}

fn read<T>(
    text: &str,
    source: &Source,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    parse(text).map_err(|problem| ConfigError::Value(source.to_string(), problem))
}

/// A name under this tool's prefix that is no setting, and the setting that it resembles.
fn misspelled(name: &str) -> Option<(String, &'static str)> {
    let rest = name.strip_prefix("DIALPACE_")?;
    let names = || SETTINGS.iter().map(|setting| setting.env);
    if names().any(|known| known == name) {
        return None;
    }
    let bare = |known: &'static str| known.strip_prefix("DIALPACE_").unwrap_or(known);
    let nearest = nearest(rest, names().map(|known| (bare(known), known)))?;
    Some((name.to_owned(), nearest))
}
