//! The settings that pace: one of each for a campaign, lists and ranges for a comparison.

use std::time::Duration;

use super::error::ConfigError;
use super::layers::Layers;
use super::settings::how_to_set;
use super::values;
use crate::pacing::{
    ABANDONMENT_LIMIT, Guards, HANDLE_TIME, INTERVAL, Limits, LimitsError, Pacer, Policy,
    Predictive, Ratio, SLA_THRESHOLD, TOLERANCE_MARGIN, default_max_sample_age,
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
        let sla_threshold = self.parse("sla_threshold", values::ratio)?;
        let tolerance_margin = self.parse("tolerance_margin", values::ratio)?;
        let band = (
            sla_threshold.unwrap_or(SLA_THRESHOLD),
            tolerance_margin.unwrap_or(TOLERANCE_MARGIN),
        );
        let policy = self.text("policy").unwrap_or(DEFAULT_POLICY);
        let pacer = self.pacer(policy, band, interval)?;
        Ok(Pacing { pacer, interval })
    }

    /// Time from one poll to the next, if it is set.
    pub fn interval(&self) -> Result<Option<Duration>, ConfigError> {
        self.parse("interval", values::interval)
    }

    /// Abandoned ÷ live answers that is to be kept.
    pub fn abandonment_limit(&self) -> Result<Ratio, ConfigError> {
        let limit = self.parse("abandonment_limit", values::share_above_zero)?;
        Ok(limit.unwrap_or(ABANDONMENT_LIMIT))
    }

    fn limits(
        &self,
        policy: Policy,
        (sla_threshold, tolerance_margin): (Ratio, Ratio),
        interval: Duration,
    ) -> Result<Limits, ConfigError> {
        let defaults = Limits::default();
        // It waits where a call would meet nobody, and a minimum would not let it.
        let min_unless_set = match policy {
            Policy::Predictive(_) => 0,
            _ => defaults.min_dial_rate,
        };
        let window = self
            .parse("window", values::whole)?
            .unwrap_or(defaults.window);
        let min_dial_rate = self.parse("min_dial_rate", values::whole)?;
        let max_dial_rate = self
            .parse("max_dial_rate", values::whole)?
            .unwrap_or(defaults.max_dial_rate);
        let safe_rate = min_dial_rate.unwrap_or(defaults.min_dial_rate.min(max_dial_rate));
        let min_dial_rate = min_dial_rate.unwrap_or(min_unless_set);
        Ok(Limits {
            sla_threshold,
            tolerance_margin,
            min_dial_rate,
            max_dial_rate,
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
                    .unwrap_or(Some(safe_rate)),
            },
        })
    }

    /// The pacer of one policy with one SLA threshold and tolerance margin.
    pub fn pacer(
        &self,
        policy: &str,
        band: (Ratio, Ratio),
        interval: Duration,
    ) -> Result<Pacer, ConfigError> {
        let policy = self.policy(policy, interval)?;
        let limits = self.limits(policy, band, interval)?;
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

    fn policy(&self, name: &str, interval: Duration) -> Result<Policy, ConfigError> {
        let dial_rate = self.parse("dial_rate", values::whole)?;
        let is_among = |wanted| {
            self.text("policy")
                .is_some_and(|names| names.contains(wanted))
        };
        for (setting, policy) in [
            ("dial_rate", "fixed"),
            ("logged_in_agents", "predictive"),
            ("handle_time", "predictive"),
        ] {
            let source = self.source_of(setting);
            if source.rank() == 0 && !is_among(policy) {
                return Err(ConfigError::Value(
                    source.to_string(),
                    format!("it is for --policy {policy}, and the policy is {name}"),
                ));
            }
        }
        match (name, dial_rate) {
            ("capacity", _) => Ok(Policy::Capacity),
            ("compensated", _) => Ok(Policy::Compensated),
            ("predictive", _) => Ok(Policy::Predictive(Predictive {
                interval,
                abandonment_limit: self.abandonment_limit()?,
                logged_in_agents: self.parse("logged_in_agents", values::at_least_one)?,
                handle_time: self
                    .parse("handle_time", values::duration)?
                    .unwrap_or(HANDLE_TIME),
            })),
            ("fixed", Some(dial_rate)) => Ok(Policy::Fixed { dial_rate }),
            ("fixed", None) => Err(ConfigError::Missing(format!(
                "{}, the rate of the fixed policy",
                how_to_set("dial_rate")
            ))),
            (other, _) => Err(ConfigError::Value(
                self.source_of("policy").to_string(),
                format!(
                    "{other:?} is none of capacity, compensated, fixed and predictive, nor, in a simulation, predictive-without-feed or a reference dialer: progressive, vicidial, vicidial-available, vicidial-hard, vicidial-hard-available"
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
