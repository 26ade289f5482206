//! A setting: the names that its sources use, its default, and the text about it.

/// One setting. Help, the settings page and the hints for unknown names are made from it.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the configuration file; with `-` for `_`, its flag.
    pub key: &'static str,
    /// Its name in the environment and in `.env`; empty for a flag alone.
    pub env: &'static str,
    /// The commands that have it, and its place in their help.
    pub group: Group,
    /// Sources that may give it.
    pub given_by: GivenBy,
    /// Its value in a `.env` beside a named configuration file.
    pub beside_config: BesideConfig,
    /// Its value where there is no real campaign.
    pub without_campaign: WithoutCampaign,
    /// The placeholder of its value in help.
    pub value: &'static str,
    /// The unit or the range of its value, where the placeholder does not say it.
    pub unit: &'static str,
    /// The value where none is given.
    pub default: DefaultValue,
    /// One line of help. The unit follows it.
    pub help: &'static str,
    /// Whole sentences for the long help and the settings page; may be empty.
    pub details: &'static str,
    /// The help of the commands that compare several values.
    pub lists: Option<Lists>,
    /// The values that it can have, where they are few.
    pub choices: Option<Choices>,
    /// True for what most people need: it is in the short help.
    pub is_common: bool,
}

/// The commands that have a setting, and its place in their help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Every command.
    General,
    /// The commands that pace a campaign.
    Campaign,
    /// The same, for a campaign that is a skill.
    Skill,
    /// Every command, under a heading of its own.
    Pacing,
}

impl Group {
    /// True for settings of the commands that pace a campaign, and of no other.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Campaign | Self::Skill)
    }
}

/// Sources that may give a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBy {
    /// Every source.
    Any,
    /// A flag alone.
    Flag,
    /// A flag, the environment and `.env`: the file cannot name itself.
    NotFile,
    /// The environment and `.env`: a secret is on no command line and in no file of settings.
    Environment,
    /// The file alone; where its key has a dot, in the table that it begins with.
    File,
}

/// What a `.env` that nobody named may do to a configuration file that somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BesideConfig {
    /// Give another value.
    Free,
    /// Give a value where the file has none, for this key or for the other one.
    Completes(Option<&'static str>),
    /// Nothing, where the file is for an account: the value decides where secrets and records go.
    Fixed,
}

/// The value of a setting in the sandbox, in a simulation and on exported history. They must never
/// touch what belongs to a real campaign because its address is in the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutCampaign {
    /// As for a real campaign.
    Same,
    /// Taken from a flag only.
    FlagOnly,
    /// Not taken from any source; its flag contradicts `--sandbox`.
    Refused,
}

/// The value of a setting where none is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// This text, read as if it had been given.
    Text(&'static str),
    /// A value that depends on others, in words.
    Words(&'static str),
    /// No value: a real campaign needs one.
    Required,
    /// No value.
    None,
}

/// Help of a setting that may be a list of values to compare.
#[derive(Clone, Copy, Debug)]
pub struct Lists {
    /// One line of help.
    pub help: &'static str,
    /// Whole sentences for the long help.
    pub details: &'static str,
}

/// The values that a setting can have, each with half a sentence of help. `true` asks for those of
/// the commands that compare several values.
pub type Choices = fn(lists: bool) -> Vec<(&'static str, String)>;

impl Setting {
    /// True where it is a flag.
    #[must_use]
    pub fn has_flag(&self) -> bool {
        !matches!(self.given_by, GivenBy::Environment | GivenBy::File)
    }

    /// Its flag as it is typed, without `--`.
    #[must_use]
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// The default as it is shown, if there is one.
    #[must_use]
    pub fn shown_default(&self) -> Option<&'static str> {
        match self.default {
            DefaultValue::Text(text) | DefaultValue::Words(text) => Some(text),
            DefaultValue::Required | DefaultValue::None => None,
        }
    }

    /// How to set it: by its flag or by its name in the environment.
    pub(super) fn how_to_set(&self) -> String {
        match self.given_by {
            GivenBy::Any | GivenBy::NotFile => format!("--{} or {}", self.flag(), self.env),
            GivenBy::Flag => format!("--{}", self.flag()),
            GivenBy::Environment => self.env.to_owned(),
            GivenBy::File => self.key.to_owned(),
        }
    }
}
