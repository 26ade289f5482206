//! The configuration file: TOML, one setting a line, for one campaign or, in tables, for several.

use std::io;
use std::path::Path;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::campaign_tables::{CampaignTable, Entry, Section, name_of};
use super::error::ConfigError;
use super::nearest::nearest;
use super::setting::{GivenBy, Setting};
use super::settings::{self, SETTINGS};
use super::source::{Given, Source};
use crate::base::plain_words::{Format, plain};

/// The content of a file.
#[derive(Default)]
pub(super) struct FileSettings {
    /// What holds for every campaign: of a flat file, or of `[account]` and `[defaults]`.
    pub(super) entries: Vec<Entry>,
    /// Each `[[campaign]]`; none in a flat file.
    pub(super) campaigns: Vec<CampaignTable>,
}

/// Reads the file that `named_by` names into settings and their values.
pub(super) fn read(
    named_by: &Given,
    read_text: impl Fn(&Path) -> io::Result<String>,
) -> Result<FileSettings, ConfigError> {
    let path = Path::new(&named_by.text);
    let text = read_text(path).map_err(|error| {
        ConfigError::Value(
            named_by.source.to_string(),
            format!("{} cannot be read: {error}", path.display()),
        )
    })?;
    let file = File { path, text: &text };
    let table = DeTable::parse(&text).map_err(|error| {
        let problem = format!(
            "{}; a setting is name = value, with quotes around text",
            plain(error.message(), Format::Toml)
        );
        file.error(error.span().map_or(0, |span| span.start), problem)
    })?;
    file.settings(table.into_inner())
}

struct File<'f> {
    path: &'f Path,
    text: &'f str,
}

impl File<'_> {
    fn settings(&self, table: DeTable) -> Result<FileSettings, ConfigError> {
        let has_campaigns = table.contains_key(CAMPAIGN);
        let mut found = FileSettings::default();
        for (key, value) in table {
            let at = key.span().start;
            let (key, value_at) = (key.into_inner(), value.span());
            match (key.as_ref(), value.into_inner()) {
                (CAMPAIGN, DeValue::Array(tables))
                    if tables.iter().all(|it| it.get_ref().is_table()) =>
                {
                    for table in tables {
                        let at = table.span().start;
                        if let DeValue::Table(table) = table.into_inner() {
                            found.campaigns.push(self.campaign(table, at)?);
                        }
                    }
                }
                (CAMPAIGN, _) => {
                    let problem = "each campaign is a table of its own: write [[campaign]]";
                    return Err(self.error(at, problem));
                }
                ("account" | "defaults", _) if !has_campaigns => {
                    let problem =
                        format!("[{key}] is for several campaigns, and there is no [[campaign]]");
                    return Err(self.error(at, problem));
                }
                ("account", DeValue::Table(table)) => {
                    found.entries.extend(self.section(table, Section::Account)?);
                }
                ("defaults", DeValue::Table(table)) => {
                    found
                        .entries
                        .extend(self.section(table, Section::Defaults)?);
                }
                (_, value) => {
                    let section = if has_campaigns {
                        Section::OutsideTables
                    } else {
                        Section::Flat
                    };
                    let value = Spanned::new(value_at, value);
                    found
                        .entries
                        .extend(self.entries(&key, at, value, section)?);
                }
            }
        }
        Ok(found)
    }

    fn campaign(&self, mut table: DeTable, at: usize) -> Result<CampaignTable, ConfigError> {
        let name = table
            .remove(NAME)
            .ok_or_else(|| self.error(at, "this [[campaign]] has no name: write name = \"…\""))?;
        let name = name_of(name.get_ref().as_str().unwrap_or_default())
            .map_err(|problem| self.error(name.span().start, problem))?;
        let place = format!(
            "[[campaign]] {name} at {}:{}",
            self.path.display(),
            self.line(at)
        );
        let entries = self.section(table, Section::Campaign)?;
        Ok(CampaignTable {
            name,
            place,
            entries,
        })
    }

    fn section(&self, table: DeTable, section: Section) -> Result<Vec<Entry>, ConfigError> {
        let mut entries = Vec::new();
        for (key, value) in table {
            let at = key.span().start;
            entries.extend(self.entries(key.get_ref(), at, value, section)?);
        }
        Ok(entries)
    }

    /// The entries of a key; several where it is a table of settings.
    fn entries(
        &self,
        key: &str,
        at: usize,
        value: Spanned<DeValue>,
        section: Section,
    ) -> Result<Vec<Entry>, ConfigError> {
        let value = toml::Value::deserialize(ValueDeserializer::from(value))
            .map_err(|error| self.error(at, plain(error.message(), Format::Toml)))?;
        let entries = flat(key, value).into_iter().map(|(key, value)| {
            let entry = entry(&key, value).and_then(|(setting, text)| {
                section.check(setting)?;
                Ok((setting, text))
            });
            let (setting, text) = entry.map_err(|problem| self.error(at, problem))?;
            let source = Source::File(setting.key, self.path.to_owned(), self.line(at));
            Ok((setting, Given { text, source }))
        });
        entries.collect()
    }

    fn error(&self, at: usize, problem: impl Into<String>) -> ConfigError {
        let place = format!("{}:{}", self.path.display(), self.line(at));
        ConfigError::Value(place, problem.into())
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }
}

/// The entries of a table of settings by their full key; anything else as it is.
fn flat(key: &str, value: toml::Value) -> Vec<(String, toml::Value)> {
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
        value => vec![(key.to_owned(), value)],
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
            "settings stand at the top level, not in a table such as [{key}]; several campaigns have [account], [defaults] and a [[campaign]] each"
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

const CAMPAIGN: &str = "campaign";
const NAME: &str = "name";
/// The setting that is a list of dates.
const CLOSED_DAYS: &str = "closed_days";
/// The setting that is a list of tables.
const HOURS: &str = "hours";
