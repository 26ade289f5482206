//! The `.env` file of a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::error::ConfigError;
use super::settings::SETTINGS;

/// Reads a `.env` file into values by name. A file that does not exist is empty.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    refuse_substitution(path)?;
    match dotenvy::from_path_iter(path) {
        Ok(lines) => lines
            .collect::<Result<_, _>>()
            .map_err(|error| refuse(path, &error)),
        Err(error) if error.not_found() => Ok(BTreeMap::new()),
        Err(error) => Err(refuse(path, &error)),
    }
}

fn refuse(path: &Path, error: &dotenvy::Error) -> ConfigError {
    let dotenvy::Error::LineParse(bad, _) = error else {
        return ConfigError::Value(path.display().to_string(), error.to_string());
    };
    // The line itself is not shown: it may hold the client secret.
    let text = fs::read_to_string(path).unwrap_or_default();
    let at = text.lines().position(|line| line == bad);
    ConfigError::Value(
        format!("{}:{}", path.display(), at.map_or(1, |at| at + 1)),
        "expected NAME=value, with quotes around a value that has spaces or #".to_owned(),
    )
}

/// Refuses a `$` outside single quotes in a setting: it is replaced by a variable's value when
/// `.env` is read, most likely by nothing. In a secret that would go unnoticed.
fn refuse_substitution(path: &Path) -> Result<(), ConfigError> {
    let text = fs::read_to_string(path).unwrap_or_default();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start().trim_start_matches("export ");
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let name = name.trim();
        let is_ours = SETTINGS.iter().any(|setting| setting.env == name);
        if is_ours && value.contains('$') && !value.trim_start().starts_with('\'') {
            return Err(ConfigError::Value(
                format!("{}:{}", path.display(), at + 1),
                format!(
                    "the value of {name} has a $, which starts a substitution; put it in single quotes"
                ),
            ));
        }
    }
    Ok(())
}
