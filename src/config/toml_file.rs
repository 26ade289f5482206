//! The configuration file: TOML, one setting a line.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::error::ConfigError;
use super::nearest::nearest;
use super::setting::{GivenBy, Setting};
use super::settings::{self, SETTINGS};
use super::source::{Given, Source};
use crate::base::plain_words::{Format, plain};

/// Reads the file that `named_by` names into settings and their values.
pub(super) fn read(
    named_by: &Given,
    read_text: impl Fn(&Path) -> io::Result<String>,
) -> Result<Vec<(&'static Setting, Given)>, ConfigError> {
    let path = Path::new(&named_by.text);
    let text = read_text(path).map_err(|error| {
        ConfigError::Value(
            named_by.source.to_string(),
            format!("{} cannot be read: {error}", path.display()),
        )
    })?;
    let line_of = |offset: usize| text.get(..offset).unwrap_or(&text).matches('\n').count() + 1;
    let at = |line: usize| format!("{}:{line}", path.display());
    let table: BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>> = toml::from_str(&text)
        .map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            let problem = format!(
                "{}; a setting is name = value, with quotes around text",
                plain(error.message(), Format::Toml)
            );
            ConfigError::Value(at(line), problem)
        })?;
    let mut entries = Vec::new();
    for (key, value) in table {
        let line = line_of(key.span().start);
        for (key, value) in flat(key.into_inner(), value.into_inner()) {
            let (setting, text) =
                entry(&key, value).map_err(|problem| ConfigError::Value(at(line), problem))?;
            let source = Source::File(setting.key, path.to_owned(), line);
            entries.push((setting, Given { text, source }));
        }
    }
    Ok(entries)
}

/// The entries of a table of settings by their full key; anything else as it is.
fn flat(key: String, value: toml::Value) -> Vec<(String, toml::Value)> {
    let prefix = format!("{key}.");
    match value {
        toml::Value::Table(table)
            if SETTINGS
                .iter()
                .any(|setting| setting.key.starts_with(&prefix)) =>
        {
            let entries = table.into_iter();
            entries
                .map(|(name, value)| (format!("{prefix}{name}"), value))
                .collect()
        }
        value => vec![(key, value)],
    }
}

fn entry(key: &str, value: toml::Value) -> Result<(&'static Setting, String), String> {
    if value.is_table() && key == HOURS {
        return Err(format!(
            "write [[{key}]], in two pairs of brackets: there may be several"
        ));
    }
    if value.is_table() {
        return Err(format!(
            "settings stand at the top level, not in a table such as [{key}]"
        ));
    }
    let setting = setting(key)?;
    let text = match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        toml::Value::Array(values) if key == CLOSED_DAYS => listed(values)?,
        toml::Value::Array(tables) if key == HOURS => as_json(tables.into()).to_string(),
        _ => {
            return Err(format!(
                "{key} is not one value: text, a number, true or false"
            ));
        }
    };
    Ok((setting, text))
}

/// The text of a list of dates, which may stand in quotes or not.
fn listed(values: Vec<toml::Value>) -> Result<String, String> {
    let texts = values.into_iter().map(|value| match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Datetime(date) => Ok(date.to_string()),
        other => Err(format!("{other} is not a date such as \"2026-12-25\"")),
    });
    Ok(texts.collect::<Result<Vec<String>, String>>()?.join(","))
}

/// Tables as JSON, a form in which a setting of several values is one text.
fn as_json(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => {
            let entries = table.into_iter();
            entries
                .map(|(name, value)| (name, as_json(value)))
                .collect()
        }
    }
}

fn setting(key: &str) -> Result<&'static Setting, String> {
    let is_in_file = |setting: &&Setting| matches!(setting.given_by, GivenBy::Any | GivenBy::File);
    let setting = settings::find(key);
    if let Some(setting) = setting.filter(is_in_file) {
        return Ok(setting);
    }
    if setting.is_some_and(|setting| setting.given_by == GivenBy::Environment) {
        return Err(format!(
            "a secret does not belong in this file; name a file that holds it with {key}_file"
        ));
    }
    let known = SETTINGS.iter().filter(is_in_file);
    let nearest = nearest(key, known.map(|setting| (setting.key, setting.key)));
    Err(match nearest {
        Some(nearest) => format!("unknown setting {key:?}; did you mean {nearest}?"),
        None => format!("unknown setting {key:?}; see `dialpace tick --help` for those that exist"),
    })
}

/// The setting that is a list of dates.
const CLOSED_DAYS: &str = "closed_days";
/// The setting that is a list of tables.
const HOURS: &str = "hours";
