//! The `.env` file of the current folder, or the one that `--env-file` names.
//!
//! Such a file is shared with other programs: lines that are no setting of ours are passed over, and
//! so is what stands at the name and cannot be such a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::misspelled;
use super::settings::SETTINGS;
use super::source::Source;
use crate::base::notice::Notice;

/// The settings of a `.env` file.
#[derive(Debug, Default)]
pub(super) struct DotEnv {
    pub(super) path: PathBuf,
    /// Values by the name of their setting in the environment.
    pub(super) values: BTreeMap<&'static str, String>,
    pub(super) notices: Vec<Notice>,
}

impl DotEnv {
    /// Where there can be settings at `path`, which nobody named.
    pub(super) fn is_to_be_read(path: &Path) -> Result<bool, Notice> {
        match fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Ok(metadata) if !metadata.is_file() => Err(Notice::NoFileOfSettings {
                path: path.display().to_string(),
            }),
            // What cannot be read may hold settings, so reading it will tell.
            _ => Ok(true),
        }
    }

    /// Takes the settings out of the text of the file at `path`.
    pub(super) fn parse(path: PathBuf, text: &str) -> Result<Self, ConfigError> {
        let mut dot_env = Self {
            path,
            ..Self::default()
        };
        for (n, line) in text.lines().enumerate() {
            let name = name(line);
            if name.is_empty() {
                continue;
            }
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.env == name) {
                let place = || format!("{}:{}", dot_env.path.display(), n + 1);
                let value =
                    value(line, name).map_err(|problem| ConfigError::Value(place(), problem))?;
                dot_env.values.insert(setting.env, value);
            } else if let Some(nearest) = misspelled::in_dot_env(name) {
                let name = name.to_owned();
                let notice = Notice::UnknownSetting { name, nearest };
                dot_env.notices.push(notice);
            }
        }
        Ok(dot_env)
    }

    /// The source of the setting of this name.
    pub(super) fn source(&self, env: &'static str) -> Source {
        Source::DotEnv(env, self.path.clone())
    }
}

/// The name that a line gives a value to, or seems to; empty where there is none.
fn name(line: &str) -> &str {
    let line = line.trim_start();
    let line = match line.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => line,
    };
    line.split(|c: char| c == '=' || c == ':' || c.is_whitespace())
        .next()
        .unwrap_or_default()
}

/// The value of a line. The line is not shown: it may hold the client secret.
fn value(line: &str, name: &str) -> Result<String, String> {
    let (_, text) = line.split_once('=').unwrap_or((line, ""));
    // It is replaced by a variable's value when the line is read, most likely by nothing. In a secret
    // that would go unnoticed.
    if text.contains('$') && !text.trim_start().starts_with('\'') {
        return Err(format!(
            "the value of {name} has a $, which starts a substitution; put it in single quotes"
        ));
    }
    let mut lines = dotenvy::from_read_iter(line.as_bytes());
    match (lines.next(), lines.next()) {
        (Some(Ok((_, value))), None) => Ok(value),
        _ => Err("expected NAME=value, with quotes around a value that has spaces or #".to_owned()),
    }
}
