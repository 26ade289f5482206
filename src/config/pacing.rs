//! The settings that pace: one of each for a campaign, lists and ranges for a comparison.

use std::time::Duration;

use super::{ConfigError, Layers, values, ways};
use crate::pacing::{
    Guards, INTERVAL, Limits, LimitsError, Pacer, Policy, Ratio, SLA_THRESHOLD, TOLERANCE_MARGIN,
    default_max_sample_age,
};

/// What paces: the same for every command.
#[derive(Clone, Debug)]
pub struct Pacing {
    /// Policy and limits, checked.
    pub pacer: Pacer,
    /// Time from one poll to the next.
    pub interval: Duration,
}

/// Settings to compare: every combination is a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Names of policies.
    pub policies: Vec<String>,
    /// SLA thresholds.
    pub sla_thresholds: Vec<Ratio>,
    /// Tolerance margins.
    pub tolerance_margins: Vec<Ratio>,
}

impl Grid {
    /// Every SLA threshold with every tolerance margin.
    #[must_use]
    pub fn bands(&self) -> Vec<(Ratio, Ratio)> {
        let with_margins = |sla: &Ratio| {
            let sla = *sla;
            self.tolerance_margins
                .iter()
                .map(move |margin| (sla, *margin))
        };
        self.sla_thresholds.iter().flat_map(with_margins).collect()
    }
}

impl Layers {
    /// The settings that pace.
    pub fn pacing(&self) -> Result<Pacing, ConfigError> {
        let interval = self.interval()?.unwrap_or(INTERVAL);
        let limits = Limits {
            sla_threshold: self
                .parse("sla_threshold", values::ratio)?
                .unwrap_or(SLA_THRESHOLD),
            tolerance_margin: self
                .parse("tolerance_margin", values::ratio)?
                .unwrap_or(TOLERANCE_MARGIN),
            ..self.limits(interval)?
        };
        let policy = self.text("policy").unwrap_or(DEFAULT_POLICY);
        let pacer = self.pacer(policy, limits)?;
        Ok(Pacing { pacer, interval })
    }

    /// Time from one poll to the next, if it is set.
    pub fn interval(&self) -> Result<Option<Duration>, ConfigError> {
        self.parse("interval", values::interval)
    }

    /// All limits but SLA threshold and tolerance margin, of which there may be several.
    pub fn limits(&self, interval: Duration) -> Result<Limits, ConfigError> {
        let defaults = Limits::default();
        let window = self
            .parse("window", values::whole)?
            .unwrap_or(defaults.window);
        let min_dial_rate = self
            .parse("min_dial_rate", values::whole)?
            .unwrap_or(defaults.min_dial_rate);
        Ok(Limits {
            min_dial_rate,
            max_dial_rate: self
                .parse("max_dial_rate", values::whole)?
                .unwrap_or(defaults.max_dial_rate),
            window,
            utilisation: self
                .parse("utilisation", values::ratio)?
                .unwrap_or(defaults.utilisation),
            guards: Guards {
                max_sample_age: self
                    .parse("max_sample_age", values::unless_off(values::duration))?
                    .unwrap_or(Some(default_max_sample_age(window, interval))),
                stop_without_agents: self
                    .parse("stop_without_agents", values::flag)?
                    .unwrap_or(defaults.guards.stop_without_agents),
                safe_rate: self
                    .parse("safe_rate", values::unless_off(values::whole))?
                    .unwrap_or(Some(min_dial_rate)),
            },
            ..defaults
        })
    }

    /// The pacer of one policy within `limits`.
    pub fn pacer(&self, policy: &str, limits: Limits) -> Result<Pacer, ConfigError> {
        let policy = self.policy(policy)?;
        Pacer::new(limits, policy).map_err(|error| self.limits_error(error))
    }

    /// The policies, SLA thresholds and tolerance margins to compare: lists and ranges.
    pub fn grid(&self) -> Result<Grid, ConfigError> {
        let ratios = |key, default| {
            let given = self.parse(key, values::ratios)?;
            Ok(given.unwrap_or_else(|| vec![default]))
        };
        let policies = self.text("policy").unwrap_or(DEFAULT_POLICY);
        Ok(Grid {
            policies: policies
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect(),
            sla_thresholds: ratios("sla_threshold", SLA_THRESHOLD)?,
            tolerance_margins: ratios("tolerance_margin", TOLERANCE_MARGIN)?,
        })
    }

    fn policy(&self, name: &str) -> Result<Policy, ConfigError> {
        let dial_rate = self.parse("dial_rate", values::whole)?;
        let source = self.source_of("dial_rate");
        let is_among = |wanted| {
            self.text("policy")
                .is_some_and(|names| names.contains(wanted))
        };
        if source.rank() == 0 && !is_among("fixed") {
            return Err(ConfigError::Value(
                source.to_string(),
                format!("it is for --policy fixed, and the policy is {name}"),
            ));
        }
        match (name, dial_rate) {
            ("capacity", _) => Ok(Policy::Capacity),
            ("compensated", _) => Ok(Policy::Compensated),
            ("fixed", Some(dial_rate)) => Ok(Policy::Fixed { dial_rate }),
            ("fixed", None) => Err(ConfigError::Missing(format!(
                "{}, the rate of the fixed policy",
                ways("dial_rate")
            ))),
            (other, _) => Err(ConfigError::Value(
                self.source_of("policy").to_string(),
                format!(
                    "{other:?} is none of capacity, compensated and fixed, nor, in a simulation, a reference dialer: progressive, vicidial, vicidial-available, vicidial-hard, vicidial-hard-available"
                ),
            )),
        }
    }

    fn limits_error(&self, error: LimitsError) -> ConfigError {
        // Of two settings that contradict each other, the one that was given is to blame.
        let setting = match error.setting {
            "min_dial_rate" if self.find("min_dial_rate").is_none() => "max_dial_rate",
            setting => setting,
        };
        ConfigError::Value(self.source_of(setting).to_string(), error.problem)
    }
}

/// What paces unless something else is asked for.
const DEFAULT_POLICY: &str = "capacity";
