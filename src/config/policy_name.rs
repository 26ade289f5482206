//! The names of policies: one table for the settings, the simulation and the help.

use std::fmt;
use std::str::FromStr;

use super::nearest::nearest;
use crate::sim::{LevelRule, ReferenceDialer};

/// A name that `--policy` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyName {
    /// `capacity`
    Capacity,
    /// `compensated`
    Compensated,
    /// `fixed`
    Fixed,
    /// `predictive`
    Predictive,
    /// `predictive-without-feed`
    PredictiveWithoutFeed,
    /// `ratio`
    Ratio,
    /// `progressive`
    Progressive,
    /// `vicidial`
    Vicidial,
    /// `vicidial-available`
    VicidialAvailable,
    /// `vicidial-hard`
    VicidialHard,
    /// `vicidial-hard-available`
    VicidialHardAvailable,
}

/// The dialer that a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// A policy of the pacer.
    Pacer(PacerPolicy),
    /// The same with the telemetry of the campaign API, in a simulation that knows more.
    PacerOnCampaignApi(PacerPolicy),
    /// A dialer that decides at every call, to compare with in a simulation.
    Reference(ReferenceDialer),
}

/// A policy of the pacer, before its settings are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacerPolicy {
    /// In proportion to the available agents.
    Capacity,
    /// As `Capacity`, corrected for the answer rate.
    Compensated,
    /// Always the same rate.
    Fixed,
    /// As many answers as agents will be free to take.
    Predictive,
    /// Calls per agent for a dialer that dials by itself.
    Ratio,
}

impl PolicyName {
    /// Every name, in the order of help.
    pub const ALL: [Self; 11] = [
        Self::Capacity,
        Self::Compensated,
        Self::Fixed,
        Self::Predictive,
        Self::PredictiveWithoutFeed,
        Self::Ratio,
        Self::Progressive,
        Self::Vicidial,
        Self::VicidialAvailable,
        Self::VicidialHard,
        Self::VicidialHardAvailable,
    ];

    /// The name as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The dialer that it stands for.
    #[must_use]
    pub const fn kind(self) -> PolicyKind {
        self.row().1
    }

    /// Half a sentence for help: the rule that the rate or the calls follow.
    #[must_use]
    pub const fn help(self) -> &'static str {
        self.row().2
    }

    /// True for a policy that can pace a real campaign.
    #[must_use]
    pub const fn runs_live(self) -> bool {
        matches!(self.kind(), PolicyKind::Pacer(_))
    }

    /// The policy of the pacer, if it is one, whatever its telemetry.
    pub(super) fn pacer_policy(self) -> Option<PacerPolicy> {
        match self.kind() {
            PolicyKind::Pacer(policy) | PolicyKind::PacerOnCampaignApi(policy) => Some(policy),
            PolicyKind::Reference(_) => None,
        }
    }

    const fn row(self) -> (&'static str, PolicyKind, &'static str) {
        use PolicyKind::{Pacer, PacerOnCampaignApi, Reference};
        match self {
            Self::Capacity => (
                "capacity",
                Pacer(PacerPolicy::Capacity),
                "available agents, as a mean over the window, × utilisation",
            ),
            Self::Compensated => (
                "compensated",
                Pacer(PacerPolicy::Compensated),
                "as capacity, corrected for an answer rate outside the band",
            ),
            Self::Fixed => (
                "fixed",
                Pacer(PacerPolicy::Fixed),
                "always the rate of --dial-rate",
            ),
            Self::Predictive => (
                "predictive",
                Pacer(PacerPolicy::Predictive),
                "as many answers as agents will be free to take, with abandonment under its limit",
            ),
            Self::PredictiveWithoutFeed => (
                "predictive-without-feed",
                PacerOnCampaignApi(PacerPolicy::Predictive),
                "predictive with the telemetry of the campaign API, which counts neither staffed agents nor abandoned calls",
            ),
            Self::Ratio => (
                "ratio",
                Pacer(PacerPolicy::Ratio),
                "calls per agent for a dialer that dials by itself, with abandonment under its limit",
            ),
            Self::Progressive => (
                "progressive",
                Reference(ReferenceDialer::Progressive),
                "one call for each available agent, the next as soon as that one fails",
            ),
            Self::Vicidial => (
                "vicidial",
                by_level(false, false),
                "VICIdial's rule: a dial ratio that follows available agents and waiting callers, halved above 3 % dropped",
            ),
            Self::VicidialAvailable => (
                "vicidial-available",
                by_level(false, true),
                "as vicidial, with a ratio that counts available agents only",
            ),
            Self::VicidialHard => (
                "vicidial-hard",
                by_level(true, false),
                "as vicidial, with the ratio set to 1 instead of halved",
            ),
            Self::VicidialHardAvailable => (
                "vicidial-hard-available",
                by_level(true, true),
                "as vicidial-available, with the ratio set to 1 instead of halved",
            ),
        }
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PolicyName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut names = Self::ALL.into_iter();
        names
            .find(|name| name.as_str() == text)
            .ok_or_else(|| unknown(text))
    }
}

/// Reads the name of one policy that can pace a real campaign.
pub(super) fn live(text: &str) -> Result<PacerPolicy, String> {
    let name = text.parse::<PolicyName>()?;
    match name.kind() {
        PolicyKind::Pacer(policy) => Ok(policy),
        PolicyKind::PacerOnCampaignApi(PacerPolicy::Predictive) => {
            Err(format!("{text:?} is for simulations only: use predictive"))
        }
        _ => Err(format!(
            "{text:?} is for simulations only; expected {}",
            listed(PolicyName::runs_live, " or ")
        )),
    }
}

/// Reads names that are separated by commas.
pub(super) fn list<T>(
    one: impl Fn(&str) -> Result<T, String>,
) -> impl Fn(&str) -> Result<Vec<T>, String> {
    move |text| {
        let count = text.split(',').count();
        if count > POLICIES_MAX {
            return Err(format!(
                "{count} policies are more than {POLICIES_MAX}, and there are {} of them",
                PolicyName::ALL.len()
            ));
        }
        text.split(',').map(|name| one(name.trim())).collect()
    }
}

/// The names that `--policy` takes, with their help; `lists` asks for those of a comparison.
pub(super) fn choices(lists: bool) -> Vec<(&'static str, String)> {
    let names = PolicyName::ALL.into_iter();
    let choice = |name: PolicyName| match name.runs_live() {
        true => Some((name.as_str(), name.help().to_owned())),
        false if lists => Some((name.as_str(), format!("{}; in simulate only", name.help()))),
        false => None,
    };
    names.filter_map(choice).collect()
}

fn unknown(text: &str) -> String {
    let is_reference = |name: PolicyName| matches!(name.kind(), PolicyKind::Reference(_));
    let is_api = |name: PolicyName| !name.runs_live() && !is_reference(name);
    let names = PolicyName::ALL
        .into_iter()
        .map(|name| (name.as_str(), name));
    let hint = nearest(text, names).map(|name| format!("; did you mean {name}?"));
    format!(
        "{text:?} is none of {}, nor, in a simulation, {} or a reference dialer: {}{}",
        listed(PolicyName::runs_live, " and "),
        listed(is_api, " or "),
        listed(is_reference, ", "),
        hint.unwrap_or_default()
    )
}

/// Names as a sentence has them: "a, b and c".
fn listed(wanted: impl Fn(PolicyName) -> bool, last: &str) -> String {
    let names = PolicyName::ALL.into_iter().filter(|name| wanted(*name));
    let names: Vec<&str> = names.map(PolicyName::as_str).collect();
    match names.split_last() {
        Some((end, [])) => (*end).to_owned(),
        Some((end, names)) => format!("{}{last}{end}", names.join(", ")),
        None => String::new(),
    }
}

const fn by_level(hard_limit: bool, available_only: bool) -> PolicyKind {
    PolicyKind::Reference(ReferenceDialer::Level(LevelRule {
        hard_limit,
        available_only,
    }))
}

/// Names in one list.
const POLICIES_MAX: usize = 100;
