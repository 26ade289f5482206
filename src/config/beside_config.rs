//! A `.env` beside a named configuration: it may not send the secret or the records elsewhere.
//!
//! Whoever can write to the current folder can write a `.env`, and it is stronger than the file that
//! `--config` names.

use std::collections::BTreeMap;

use super::error::ConfigError;
use super::setting::{BesideConfig, Setting};
use super::settings;
use super::source::{Given, Source};

/// Refuses a value of the folder's `.env` that changes the account of the configuration file.
/// `given` holds what is stronger than the file, `entries` the file.
pub(super) fn check(
    given: &BTreeMap<&'static str, Given>,
    entries: &[(&'static Setting, Given)],
) -> Result<(), ConfigError> {
    let is_named = |key: &str| {
        let source = given.get(key).map(|given| &given.source);
        matches!(source, Some(Source::Flag(_) | Source::Environment(_)))
    };
    if !is_named("config") || is_named("env_file") {
        return Ok(());
    }
    let in_file = |key: &str| {
        let entry = entries.iter().find(|(setting, _)| setting.key == key);
        entry.map(|(_, given)| given.text.trim())
    };
    let has_account = ACCOUNT.iter().any(|key| in_file(key).is_some());
    for (key, dot_env) in given {
        let rule = settings::find(key).map(|setting| setting.beside_config);
        let (Source::DotEnv(..), Some(rule)) = (&dot_env.source, rule) else {
            continue;
        };
        let is_another = |text: &str| text != dot_env.text;
        let changes = match rule {
            BesideConfig::Free => false,
            BesideConfig::Completes(other) => {
                let rival = in_file(key).or_else(|| in_file(other?));
                !other.is_some_and(is_named) && rival.is_some_and(is_another)
            }
            BesideConfig::Fixed => in_file(key).map_or(has_account, is_another),
        };
        if changes {
            return Err(ConfigError::Value(
                dot_env.source.to_string(),
                "it would change the account of the file that --config names; remove it, or name the file that it is in with --env-file".to_owned(),
            ));
        }
    }
    Ok(())
}

/// Settings that make a file one for an account.
const ACCOUNT: [&str; 5] = [
    "site",
    "client_id",
    "client_secret_file",
    "access_key_id",
    "access_key_secret_file",
];
