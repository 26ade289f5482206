//! Where settings come from: flags over environment over `.env` over file.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::ConfigError;

/// One setting that every source can give, under the name that the source uses.
pub(super) struct Setting {
    /// Its name in the configuration file; with `-` for `_`, its flag.
    pub(super) key: &'static str,
    /// Its name in the environment and in `.env`.
    pub(super) env: &'static str,
}

/// Every value that was given, with the source that gave it.
#[derive(Debug, Default)]
pub struct Layers {
    given: BTreeMap<&'static str, Given>,
    pub(super) suspects: Vec<(String, &'static str)>,
}

/// A value and the source that gave it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) source: Source,
}

/// Which source gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Flag(String),
    Environment(&'static str),
    DotEnv(&'static str, PathBuf),
    File(String, PathBuf, usize),
    Default(&'static str),
}

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

impl Layers {
    /// Merges the sources. `only_flags` names settings that no other source may give.
    pub(super) fn merge(
        sources: &Sources,
        settings: &[Setting],
        only_flags: &[&str],
    ) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        for setting in settings {
            if let Some(text) = sources.flags.get(setting.key) {
                let flag = format!("--{}", setting.key.replace('_', "-"));
                layers.offer(setting, text, Source::Flag(flag))?;
            }
        }
        let wanted = |setting: &&Setting| !only_flags.contains(&setting.key);
        for setting in settings.iter().filter(wanted) {
            if let Some(text) = sources.environment.get(setting.env) {
                layers.offer(setting, text, Source::Environment(setting.env))?;
            }
        }
        let path = sources.folder.join(".env");
        let dot_env = read_dot_env(&path, settings)?;
        for setting in settings.iter().filter(wanted) {
            if let Some(text) = dot_env.get(setting.env) {
                layers.offer(setting, text, Source::DotEnv(setting.env, path.clone()))?;
            }
        }
        let names = sources.environment.keys().chain(dot_env.keys());
        layers.suspects = names.filter_map(|name| suspect(name, settings)).collect();
        if let Some(given) = layers.given.get("config") {
            let path = PathBuf::from(&given.text);
            for (key, text, line) in read_file(&path, given, settings)? {
                let Some(setting) = settings.iter().filter(wanted).find(|s| s.key == key) else {
                    continue;
                };
                layers.offer(setting, &text, Source::File(key, path.clone(), line))?;
            }
        }
        Ok(layers)
    }

    pub(super) fn find(&self, key: &str) -> Option<&Given> {
        self.given.get(key)
    }

    /// Where the value of `key` came from.
    pub(super) fn source_of(&self, key: &'static str) -> Source {
        self.find(key)
            .map_or(Source::Default(key), |given| given.source.clone())
    }

    /// The value of `key`, read by `parse`; the error names the source.
    pub(super) fn parse<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(Given { text, source }) = self.find(key) else {
            return Ok(None);
        };
        parse(text)
            .map(Some)
            .map_err(|problem| ConfigError::Value(source.to_string(), problem))
    }

    /// Takes a value in unless a stronger source has given one. An empty value is an error even
    /// where a stronger source covers it: somebody meant to say something.
    fn offer(&mut self, setting: &Setting, text: &str, source: Source) -> Result<(), ConfigError> {
        if text.trim().is_empty() {
            return Err(ConfigError::Value(
                source.to_string(),
                "it is empty; give it a value or remove it".to_owned(),
            ));
        }
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(ConfigError::Value(
                source.to_string(),
                "it is not UTF-8 text".to_owned(),
            ));
        }
        let text = text.trim().to_owned();
        self.given
            .entry(setting.key)
            .or_insert(Given { text, source });
        Ok(())
    }
}

/// A name under this tool's prefix that is no setting, and the one that it resembles.
fn suspect(name: &str, settings: &[Setting]) -> Option<(String, &'static str)> {
    let rest = name.strip_prefix("DIALPACE_")?;
    let names = || settings.iter().map(|setting| setting.env);
    if names().any(|known| known == name) {
        return None;
    }
    let bare = |known: &'static str| known.strip_prefix("DIALPACE_").unwrap_or(known);
    let nearest = nearest(rest, names().map(|known| (bare(known), known)))?;
    Some((name.to_owned(), nearest))
}

/// What belongs to the candidate most like `name`, if any is like it at all.
fn nearest<T>(name: &str, candidates: impl Iterator<Item = (&'static str, T)>) -> Option<T> {
    candidates
        .map(|(candidate, belongs)| (strsim::jaro_winkler(candidate, name), belongs))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity > ALIKE)
        .map(|(_, belongs)| belongs)
}

fn read_dot_env(
    path: &Path,
    settings: &[Setting],
) -> Result<BTreeMap<String, String>, ConfigError> {
    refuse_substitution(path, settings)?;
    let problem = |error: dotenvy::Error| match error {
        // The line itself is not shown: it may hold the client secret.
        dotenvy::Error::LineParse(bad, _) => {
            let text = fs::read_to_string(path).unwrap_or_default();
            let line = text
                .lines()
                .position(|line| line == bad)
                .map_or(1, |at| at + 1);
            ConfigError::Value(
                format!("{}:{line}", path.display()),
                "expected NAME=value, with quotes around a value that has spaces or #".to_owned(),
            )
        }
        other => ConfigError::Value(path.display().to_string(), other.to_string()),
    };
    match dotenvy::from_path_iter(path) {
        Ok(iter) => iter.collect::<Result<_, _>>().map_err(problem),
        Err(error) if error.not_found() => Ok(BTreeMap::new()),
        Err(error) => Err(problem(error)),
    }
}

/// A `$` outside single quotes is replaced by a variable's value when `.env` is read, most likely
/// by nothing. In a secret that goes unnoticed, so it has to be quoted.
fn refuse_substitution(path: &Path, settings: &[Setting]) -> Result<(), ConfigError> {
    let text = fs::read_to_string(path).unwrap_or_default();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start().trim_start_matches("export ");
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let name = name.trim();
        let is_ours = settings.iter().any(|setting| setting.env == name);
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

/// Reads a TOML file of settings into (key, text, line).
fn read_file(
    path: &Path,
    named_by: &Given,
    settings: &[Setting],
) -> Result<Vec<(String, String, usize)>, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        ConfigError::Value(
            named_by.source.to_string(),
            format!("{} cannot be read: {error}", path.display()),
        )
    })?;
    let line_of = |offset: usize| text.get(..offset).unwrap_or(&text).matches('\n').count() + 1;
    let table: BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>> = toml::from_str(&text)
        .map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            let place = format!("{}:{line}", path.display());
            let problem = format!(
                "{}; a setting is name = value, with quotes around text",
                error.message()
            );
            ConfigError::Value(place, problem)
        })?;
    let mut entries = Vec::new();
    for (key, value) in table {
        let line = line_of(key.span().start);
        let place = format!("{}:{line}", path.display());
        let key = key.into_inner();
        if value.get_ref().is_table() {
            let problem =
                format!("settings stand at the top level, not in a table such as [{key}]");
            return Err(ConfigError::Value(place, problem));
        }
        check_key(&key, settings).map_err(|problem| ConfigError::Value(place.clone(), problem))?;
        let text = match value.into_inner() {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            _ => {
                let problem = format!("{key} is not one value: text, a number, true or false");
                return Err(ConfigError::Value(place, problem));
            }
        };
        entries.push((key, text, line));
    }
    Ok(entries)
}

fn check_key(key: &str, settings: &[Setting]) -> Result<(), String> {
    if key == "client_secret" {
        return Err(
            "the client secret does not belong in this file; name a file that holds it with client_secret_file"
                .to_owned(),
        );
    }
    let known = || {
        settings
            .iter()
            .map(|setting| setting.key)
            .filter(|known| *known != "config")
    };
    if known().any(|known| known == key) {
        return Ok(());
    }
    Err(match nearest(key, known().map(|known| (known, known))) {
        Some(nearest) => format!("unknown setting {key:?}; did you mean {nearest}?"),
        None => format!("unknown setting {key:?}; see `dialpace tick --help` for those that exist"),
    })
}

impl Source {
    /// 0 for the strongest.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 0,
            Self::Environment(_) => 1,
            Self::DotEnv(..) => 2,
            Self::File(..) => 3,
            Self::Default(_) => 4,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::DotEnv(name, path) => write!(f, "{name} in {}", path.display()),
            Self::File(key, path, line) => write!(f, "{key} at {}:{line}", path.display()),
            Self::Default(key) => write!(f, "{key} (its default)"),
        }
    }
}

/// Similarity from which a name is taken for a slip of another.
const ALIKE: f64 = 0.85;
