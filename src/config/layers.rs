//! The sources, merged: flags over environment over `.env` over the configuration file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::beside_config;
use super::campaign_tables::CampaignTable;
use super::dot_env::DotEnv;
use super::error::ConfigError;
use super::misspelled;
use super::setting::{DefaultValue, Setting, WithoutCampaign};
use super::settings::{self, SETTINGS};
use super::source::{Given, Source};
use super::toml_file;
use super::values;
use crate::base::clock::{Clock as _, SystemClock};
use crate::base::files;
use crate::base::notice::Notice;
use crate::pacing::CallingHours;

/// The text of every source, before it is known which settings it names.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Flags that were given, by the key of their setting.
    pub flags: BTreeMap<String, String>,
    /// The environment, as far as it is text.
    pub environment: BTreeMap<String, String>,
    /// The folder whose `.env` is read, unless another one is named.
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
    /// Each `[[campaign]]` of the file; none where it is for one campaign.
    campaigns: Vec<CampaignTable>,
    /// The name of the campaign that these settings are for, of several.
    name: Option<String>,
    pool: Vec<(String, Option<CallingHours>)>,
    /// The `.env` that was read, or whatever `--env-file` names.
    dot_env_path: Option<PathBuf>,
    notices: Vec<Notice>,
    /// The time from which a pipe is waited for, no longer than a cycle may take.
    clock: SystemClock,
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
        let dot_env = layers.dot_env(sources)?;
        for setting in SETTINGS.iter().filter(wanted) {
            if let Some(text) = dot_env.values.get(setting.env) {
                layers.offer(setting, text, dot_env.source(setting.env))?;
            }
        }
        layers.notices.extend(dot_env.notices);
        let names = sources.environment.keys();
        let slips = names.filter_map(|name| {
            let nearest = misspelled::in_environment(name)?;
            let name = name.clone();
            Some(Notice::UnknownSetting { name, nearest })
        });
        layers.notices.extend(slips);
        if let Some(named_by) = layers.given.get("config").cloned() {
            let toml_file::FileSettings { entries, campaigns } =
                toml_file::read(&named_by, |path| layers.read_text(path))?;
            if scope == Scope::Live {
                beside_config::check(&layers.given, &entries)?;
            }
            for (setting, given) in entries.iter().filter(|(setting, _)| wanted(setting)) {
                layers.offer(setting, &given.text, given.source.clone())?;
            }
            for table in campaigns {
                layers.take(table, wanted)?;
            }
        }
        layers.pass_over_ids();
        if scope == Scope::Offline && !layers.campaigns.is_empty() {
            layers.notices.push(Notice::DefaultsAlone);
        }
        Ok(layers)
    }

    /// Each `[[campaign]]` of the file.
    pub(super) fn campaigns(&self) -> &[CampaignTable] {
        &self.campaigns
    }

    /// The name of the campaign, where there are several.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The campaigns that divide the idle agents between them, with this one, in the order of the
    /// file: the name of each, and its calling hours. Empty where it shares none.
    #[must_use]
    pub fn pool(&self) -> &[(String, Option<CallingHours>)] {
        &self.pool
    }

    /// These settings, of a campaign in a pool.
    pub(super) fn in_pool(self, pool: Vec<(String, Option<CallingHours>)>) -> Self {
        Self { pool, ..self }
    }

    /// The settings of one campaign: its table is stronger than all but a flag.
    pub(super) fn of_campaign(&self, table: &CampaignTable) -> Self {
        let mut given = self.given.clone();
        for (setting, value) in &table.entries {
            let is_no_flag = |known: &Given| known.source.rank() > 0;
            if given.get(setting.key).is_none_or(is_no_flag) {
                given.insert(setting.key, value.clone());
            }
        }
        Self {
            given,
            campaigns: self.campaigns.clone(),
            name: Some(table.name.clone()),
            pool: Vec::new(),
            dot_env_path: self.dot_env_path.clone(),
            notices: self.notices.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Takes in one `[[campaign]]`, as far as its settings are wanted.
    fn take(
        &mut self,
        table: CampaignTable,
        wanted: impl Fn(&&Setting) -> bool,
    ) -> Result<(), ConfigError> {
        let mut entries = Vec::new();
        for (setting, Given { text, source }) in table.entries {
            let text = meant(&text, &source)?;
            if wanted(&setting) {
                entries.push((setting, Given { text, source }));
            }
        }
        self.campaigns.push(CampaignTable { entries, ..table });
        Ok(())
    }

    /// Drops the id of one campaign that the environment names, where the file has several.
    fn pass_over_ids(&mut self) {
        for key in ["campaign_id", "skill_id"] {
            let source = self.source_of(key);
            if !self.campaigns.is_empty()
                && matches!(source, Source::Environment(_) | Source::DotEnv(..))
            {
                self.given.remove(key);
                let name = source.to_string();
                self.notices.push(Notice::IdPassedOver { name });
            }
        }
    }

    /// What was found in the sources that is worth telling.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The `.env` that was read, if there is one.
    pub(super) fn dot_env_path(&self) -> Option<&Path> {
        self.dot_env_path.as_deref()
    }

    /// The text of a file that a setting names.
    pub(super) fn read_text(&self, path: &Path) -> io::Result<String> {
        files::read_text(path, TEXT_BYTES_MAX, self.patience())
    }

    /// The content of a file that a setting names.
    pub(super) fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        files::read_bytes(path, TEXT_BYTES_MAX, self.patience())
    }

    /// Time that is left for the writer of a pipe that is read: until the deadline of a cycle.
    #[must_use]
    pub fn patience(&self) -> Duration {
        let deadline = self.value("deadline", values::duration);
        // A value that cannot be read is refused where it is used.
        let deadline = deadline.unwrap_or(DEADLINE);
        deadline.saturating_sub(self.clock.monotonic())
    }

    /// The file that `--env-file` names, or else the `.env` of the folder, if there is one.
    fn dot_env(&mut self, sources: &Sources) -> Result<DotEnv, ConfigError> {
        let named = self.given.get("env_file").cloned();
        let path = match &named {
            Some(named) if named.text == NO_FILE => return Ok(DotEnv::default()),
            Some(named) => PathBuf::from(&named.text),
            None => {
                let path = sources.folder.join(".env");
                match DotEnv::is_to_be_read(&path) {
                    Ok(true) => path,
                    Ok(false) => return Ok(DotEnv::default()),
                    Err(notice) => {
                        self.notices.push(notice);
                        return Ok(DotEnv::default());
                    }
                }
            }
        };
        self.dot_env_path = Some(path.clone());
        let text = self.read_lossy(&path).map_err(|error| {
            let place =
                named.map_or_else(|| path.display().to_string(), |it| it.source.to_string());
            ConfigError::Value(place, format!("{} cannot be read: {error}", path.display()))
        })?;
        DotEnv::parse(path, &text)
    }

    /// The text of a `.env` file. A setting that is not UTF-8 is refused, the line of another program
    /// stops nothing.
    fn read_lossy(&self, path: &Path) -> io::Result<String> {
        let bytes = self.read_bytes(path)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
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

    /// The same with one value each for these settings.
    pub(super) fn with(&self, values: &[(&'static str, String)]) -> Self {
        let mut given = self.given.clone();
        for (key, text) in values {
            if let Some(given) = given.get_mut(key) {
                given.text.clone_from(text);
            }
        }
        Self {
            given,
            ..Self::default()
        }
    }

    /// Takes a value in unless a stronger source has given one. An empty value is an error even
    /// where a stronger source covers it: somebody meant to say something.
    fn offer(&mut self, setting: &Setting, text: &str, source: Source) -> Result<(), ConfigError> {
        let text = meant(text, &source)?;
        self.given
            .entry(setting.key)
            .or_insert(Given { text, source });
        Ok(())
    }
}

/// The text of a value, which must say something.
fn meant(text: &str, source: &Source) -> Result<String, ConfigError> {
    let problem = if text.trim().is_empty() {
        "it is empty; give it a value or remove it"
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        "it is not UTF-8 text"
    } else {
        return Ok(text.trim().to_owned());
    };
    Err(ConfigError::Value(source.to_string(), problem.to_owned()))
}

fn read<T>(
    text: &str,
    source: &Source,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    parse(text).map_err(|problem| ConfigError::Value(source.to_string(), problem))
}

/// Largest file of settings, secret or certificates, bytes: ten times the certificates of a machine.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Time that a cycle may take where none is set that can be read.
const DEADLINE: Duration = Duration::from_secs(25);
/// The name of a file that stands for none.
const NO_FILE: &str = "/dev/null";
