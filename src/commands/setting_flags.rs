//! Flags of settings, built from the table of settings.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;

use clap::builder::{
    PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser, ValueHint,
};
use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{DefaultValue, Group, SETTINGS, Setting, WithoutCampaign};

/// The settings that were given as flags, by key, for the commands that pace a campaign.
pub(super) type LiveFlags = SettingFlags<false>;

/// The settings that were given as flags, by key, for the commands that compare several values.
pub(super) type ComparisonFlags = SettingFlags<true>;

/// The settings that were given as flags, by key. They stay text: a value is read in the same way
/// whichever source gives it.
#[derive(Clone, Debug, Default)]
pub struct SettingFlags<const LISTS: bool>(pub BTreeMap<String, String>);

impl<const LISTS: bool> SettingFlags<LISTS> {
    fn settings() -> impl Iterator<Item = &'static Setting> {
        SETTINGS
            .iter()
            .filter(|setting| setting.has_flag())
            .filter(|setting| !LISTS || !setting.group.is_live())
    }
}

impl<const LISTS: bool> Args for SettingFlags<LISTS> {
    fn augment_args(command: Command) -> Command {
        command.args(Self::settings().map(|setting| arg(setting, LISTS, LISTS)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const LISTS: bool> FromArgMatches for SettingFlags<LISTS> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = Self::settings().filter_map(|setting| {
            let text = matches.get_one::<String>(setting.key)?;
            Some((setting.key.to_owned(), text.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// True for a setting that `stop` needs: a policy decides nothing there.
pub(super) fn is_of_stop(key: &str) -> bool {
    let setting = SETTINGS.iter().find(|setting| setting.key == key);
    setting.is_some_and(|setting| setting.group != Group::Pacing)
}

/// True for a setting that `resume` needs: those that name the state.
pub(super) fn is_of_resume(key: &str) -> bool {
    NAME_THE_STATE.contains(&key)
}

/// Leaves the settings that a command has no use for out of its help. They may be given all the
/// same, since one file and one line of options serve `watch` and `stop`.
pub(super) fn hidden_unless(has: fn(&str) -> bool) -> impl Fn(Arg) -> Arg {
    move |arg| {
        let key = arg.get_id().as_str();
        let is_setting = SETTINGS.iter().any(|setting| setting.key == key);
        let hides = is_setting && !has(key);
        if hides { arg.hide(true) } else { arg }
    }
}

/// The argument of `--policy` without the policies that only a simulation knows.
pub(super) fn live_policies(policy: Arg) -> Arg {
    let setting = SETTINGS
        .iter()
        .find(|setting| policy.get_id() == setting.key);
    setting.map_or(policy, |setting| arg(setting, true, false))
}

/// `lists`: it takes several values to compare; `simulates`: it takes what only a simulation knows.
fn arg(setting: &'static Setting, lists: bool, simulates: bool) -> Arg {
    let lists = setting.lists.filter(|_| lists);
    let mut value = setting.value.to_owned();
    if lists.is_some() {
        value.push_str(if value == "N" { ",N" } else { "S" });
    }
    let choices = setting
        .choices
        .map(|choices| choices(lists.is_some() && simulates));
    let (help, details) = match lists {
        Some(lists) => (lists.help.to_owned(), lists.details),
        None if setting.unit.is_empty() => (setting.help.to_owned(), setting.details),
        None => (
            format!("{}, {}", setting.help, setting.unit),
            setting.details,
        ),
    };
    let mut short = help.clone();
    // A default in words is too long for a line.
    if let DefaultValue::Text(default) = setting.default {
        let _ = write!(short, " [default: {default}]");
    }
    let mut long = help;
    if !details.is_empty() {
        let _ = write!(long, ". {details}");
    }
    for (name, meaning) in choices.iter().flatten() {
        let _ = write!(long, "\n- {name}: {meaning}");
    }
    let env = (!setting.env.is_empty()).then(|| format!("[env: {}]", setting.env));
    let default = setting.shown_default();
    let default = default.map(|default| format!("[default: {default}]"));
    let facts: Vec<String> = env.into_iter().chain(default).collect();
    let _ = write!(long, "\n{}", facts.join(" "));
    let arg = Arg::new(setting.key)
        .long(setting.flag())
        // "N" and "SHARE": a number below 0 is refused with the range, not as an unknown flag.
        .allow_negative_numbers(matches!(value.as_str(), "N" | "N,N" | "SHARE"))
        .value_name(value)
        .help(short)
        .long_help(long)
        .hide_short_help(!setting.is_common);
    let arg = match setting.group {
        Group::General => arg.help_heading(None::<&str>),
        Group::Campaign | Group::Skill => arg.help_heading("Campaign"),
        Group::Pacing => arg.help_heading("Pacing"),
    };
    let arg = match setting.without_campaign {
        WithoutCampaign::Refused => arg.conflicts_with("sandbox"),
        WithoutCampaign::FlagOnly | WithoutCampaign::Same => arg,
    };
    let arg = match setting.value {
        "FILE" | "FILE.prom" | "URL|FILE" => arg.value_hint(ValueHint::FilePath),
        _ => arg,
    };
    match choices {
        Some(choices) => {
            let values = choices.into_iter();
            let values = values.map(|(name, help)| PossibleValue::new(name).help(help));
            if lists.is_none() {
                arg.value_parser(PossibleValuesParser::new(values))
            } else {
                arg.value_parser(Suggestions(values.collect()))
            }
            .hide_possible_values(true)
        }
        None => arg,
    }
}

/// Any text, with values that a shell completes: for a list of them.
#[derive(Clone)]
struct Suggestions(Vec<PossibleValue>);

impl TypedValueParser for Suggestions {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().cloned()))
    }
}

/// The settings that decide which state is a campaign's.
const NAME_THE_STATE: [&str; 7] = [
    "config",
    "env_file",
    "platform",
    "campaign_id",
    "skill_id",
    "state",
    "state_dir",
];
