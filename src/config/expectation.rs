//! Expectations: the sentence that describes a scenario, as figures that a test checks.
//!
//! `simulate` and the sandbox read past them. They are no part of the world: they change no result and
//! stand in none.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::policy_name::PolicyName;
use super::settings;
use crate::sim::{Scenario, Summary};

/// One `[[expect]]` table: the lowest and highest value that a figure may have.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The policy that is simulated.
    pub policy: String,
    /// Its settings, where they differ from the defaults: keys and values as in a config file.
    #[serde(default)]
    pub settings: BTreeMap<String, toml::Value>,
    /// The figure: a name of simulate's JSON results, or `answerRate`.
    pub figure: String,
    /// Start of the time that is counted; by default the end of the warm-up.
    pub from_secs: Option<f64>,
    /// End of the time that is counted; by default the end of the scenario.
    pub to_secs: Option<f64>,
    /// The lowest value.
    pub min: Option<f64>,
    /// The highest value.
    pub max: Option<f64>,
}

impl Expectation {
    /// Checks everything that does not need a run; the error names the key.
    pub(super) fn check(&self, scenario: &Scenario) -> Result<(), String> {
        if let Err(problem) = self.policy.parse::<PolicyName>() {
            return Err(format!("policy: {problem}"));
        }
        let mut keys = self.settings.keys();
        if let Some(key) = keys.find(|key| settings::find(key).is_none()) {
            return Err(format!(
                "settings: {key:?} is no setting; docs/SETTINGS.md has them"
            ));
        }
        if !figures().contains(&self.figure.as_str()) {
            let known = figures().join(", ");
            return Err(format!("figure: {:?} is none of {known}", self.figure));
        }
        let end = scenario.hours * 3600.0;
        let (from, to) = (self.from_secs.unwrap_or(0.0), self.to_secs.unwrap_or(end));
        let is_within = 0.0 <= from && from + SECS_MIN <= to && to <= end;
        if !is_within && (self.from_secs.is_some() || self.to_secs.is_some()) {
            return Err(format!(
                "from_secs and to_secs: {from} to {to} is no time within the scenario, 0 to {end}"
            ));
        }
        match (self.min, self.max) {
            (None, None) => Err("min, max: expected one of them".to_owned()),
            (Some(min), Some(max)) if min > max => Err(format!("min: {min} is above max, {max}")),
            _ => Ok(()),
        }
    }

    /// True for a value that is as expected.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        let (min, max) = (self.min, self.max);
        min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
    }
}

/// Answered by a person ÷ attempts that ended, which `simulate` shows in traces only.
pub const ANSWER_RATE: &str = "answerRate";

fn figures() -> Vec<&'static str> {
    let estimates = Summary::ESTIMATES.iter().map(|(name, _)| *name);
    estimates.chain(["aboveLimit", ANSWER_RATE]).collect()
}

/// The shortest time that can be counted.
const SECS_MIN: f64 = 1.0;
