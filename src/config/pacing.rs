//! The settings that pace: one of each for a campaign, lists of some for a comparison.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::campaign_tables::POOL;
use super::error::ConfigError;
use super::layers::Layers;
use super::platform_names::PlatformKind;
use super::policy_name::{self, PacerPolicy, PolicyName};
use super::settings::how_to_set;
use super::shares;
use super::values;
use crate::pacing::{
    Actuator, Band, Guards, Limits, LimitsError, MIN_DIAL_RATE, Pacer, Policy, Predictive, Ratio,
    RatioLever, RatioSettings, Setpoint, Unit, default_max_sample_age,
};
use crate::sim::{DialerKind, Dialing};

/// The pacer and its interval, the same for every command.
#[derive(Clone, Debug)]
pub struct Pacing {
    /// Policy and limits, checked.
    pub pacer: Pacer,
    /// Time from one poll to the next.
    pub interval: Duration,
}

impl Layers {
    /// The settings that pace.
    pub fn pacing(&self) -> Result<Pacing, ConfigError> {
        let interval = self.value("interval", values::interval)?;
        let band = Band {
            sla_threshold: self.value("sla_threshold", shares::share)?,
            tolerance_margin: self.value("tolerance_margin", shares::share)?,
        };
        let (dialing, usual) = match self.platform()? {
            PlatformKind::CampaignApi => (rate_dialing(), PacerPolicy::Capacity),
            PlatformKind::Skills => (self.skill_dialing()?, PacerPolicy::Ratio),
        };
        let policy = self.parse("policy", policy_name::live)?.unwrap_or(usual);
        let front_load = self.front_load()?;
        let pacer = self.simulated_pacer(policy, band, interval, &dialing, front_load)?;
        let is_rate = pacer.limits().actuator.unit == Unit::CallsPerMinute;
        self.refuse_useless_outside_hours(is_rate)?;
        self.refuse_caps_of_the_other_lever(is_rate)?;
        Ok(Pacing { pacer, interval })
    }

    /// The lever of a skill. A ratio that it does not have is refused.
    fn skill_dialing(&self) -> Result<Dialing, ConfigError> {
        let lever = if self.value("overdial_lever", values::flag)? {
            RatioLever::Overdial
        } else {
            RatioLever::Whole
        };
        for key in ["min_ratio", "max_ratio", "ratio"] {
            self.parse(key, values::skill_ratio(lever))?;
        }
        self.refuse_caps_between_ratios(lever)?;
        let mut dialing = Dialing {
            kind: DialerKind::Ratio,
            ..Dialing::default()
        };
        dialing.ratio.lever = lever;
        Ok(dialing)
    }

    /// The policies to compare in a simulation.
    pub fn policies(&self) -> Result<Vec<PolicyName>, ConfigError> {
        self.value("policy", policy_name::list(str::parse))
    }

    /// The policies to compare on history: those that can pace a real campaign.
    pub fn live_policies(&self) -> Result<Vec<PacerPolicy>, ConfigError> {
        self.value("policy", policy_name::list(policy_name::live))
    }

    /// The time zone of the campaign with its name, if it is set.
    pub fn time_zone(&self) -> Result<Option<(String, TimeZone)>, ConfigError> {
        let named = |text: &str| Ok((text.to_owned(), values::time_zone(text)?));
        self.parse("time_zone", named)
    }

    /// Time from one poll to the next, if it is set.
    pub fn interval(&self) -> Result<Option<Duration>, ConfigError> {
        self.parse("interval", values::interval)
    }

    /// Abandoned ÷ live answers that must not be exceeded.
    pub fn abandonment_limit(&self) -> Result<Ratio, ConfigError> {
        self.value("abandonment_limit", shares::share_above_zero)
    }

    /// The pacer of one policy with one band, for a dialer; `front_load` places the calls of an interval in its first third.
    pub fn simulated_pacer(
        &self,
        policy: PacerPolicy,
        band: Band,
        interval: Duration,
        dialing: &Dialing,
        front_load: bool,
    ) -> Result<Pacer, ConfigError> {
        let policy = self.policy(policy, interval, dialing, front_load)?;
        let taken = match dialing.kind {
            DialerKind::Any => policy.unit(),
            DialerKind::Rate => Unit::CallsPerMinute,
            DialerKind::Ratio => Unit::CallsPerAgent,
        };
        if policy.unit() != taken {
            let (name, unit) = (policy.name(), policy.unit());
            return Err(ConfigError::Value(
                self.source_of("policy").to_string(),
                format!("{name} sets {unit}, and this dialer takes {taken}"),
            ));
        }
        let limits = self.limits(policy, band, interval)?;
        let pacer = Pacer::new(limits, policy).map_err(|error| self.limits_error(error))?;
        Ok(match self.calling_hours(interval)? {
            Some(hours) => pacer.keeping(hours),
            None => pacer,
        })
    }

    fn limits(
        &self,
        policy: Policy,
        band: Band,
        interval: Duration,
    ) -> Result<Limits, ConfigError> {
        let window = self.value("window", values::whole)?;
        let (actuator, safe) = match policy.unit() {
            Unit::CallsPerMinute => self.dial_rates(policy)?,
            Unit::CallsPerAgent => self.dial_ratios()?,
        };
        let max_sample_age = values::unless_off(values::duration);
        let utilisation = self.value("utilisation", shares::share)?;
        Ok(Limits {
            actuator,
            band,
            window,
            utilisation: match policy {
                Policy::Capacity | Policy::Compensated => utilisation,
                // It makes no difference, and so no combination of its own.
                _ => Limits::default().utilisation,
            },
            guards: Guards {
                max_sample_age: self
                    .parse("max_sample_age", max_sample_age)?
                    .unwrap_or(Some(default_max_sample_age(window, interval))),
                stop_without_agents: self.value("stop_without_agents", values::flag)?,
                safe,
            },
        })
    }

    /// A dial rate's lever and its safe position.
    fn dial_rates(&self, policy: Policy) -> Result<(Actuator, Option<Setpoint>), ConfigError> {
        let max = self.value("max_dial_rate", values::whole)?;
        let min_given = self.parse("min_dial_rate", values::whole)?;
        // It dials nobody while no agent will be free, and a minimum would make it.
        let min_default = match policy {
            Policy::Predictive(_) => 0,
            // No idle agent is promised twice.
            _ if self.find(POOL).is_some() => 0,
            _ => MIN_DIAL_RATE,
        };
        let safe_default = min_given.unwrap_or(MIN_DIAL_RATE.min(max));
        let safe = self.parse("safe_rate", values::unless_off(values::whole))?;
        let safe = safe.unwrap_or(Some(safe_default));
        let actuator = Actuator::calls_per_minute(min_given.unwrap_or(min_default), max);
        Ok((actuator, safe.map(Setpoint::at)))
    }

    /// A dial ratio's lever and its safe position, which is the lowest.
    fn dial_ratios(&self) -> Result<(Actuator, Option<Setpoint>), ConfigError> {
        let min = self.value("min_ratio", values::dial_ratio)?;
        let actuator = Actuator::calls_per_agent(min, self.value("max_ratio", values::dial_ratio)?);
        let safe = self.parse("safe_rate", values::unless_off(values::whole::<u32>))?;
        let is_off = safe == Some(None);
        Ok((actuator, (!is_off).then_some(actuator.min)))
    }

    fn policy(
        &self,
        policy: PacerPolicy,
        interval: Duration,
        dialing: &Dialing,
        front_load: bool,
    ) -> Result<Policy, ConfigError> {
        self.refuse_flags_of_other_policies()?;
        match policy {
            PacerPolicy::Capacity => Ok(Policy::Capacity),
            PacerPolicy::Compensated => Ok(Policy::Compensated),
            PacerPolicy::Fixed => self.fixed(dialing.kind),
            PacerPolicy::Predictive => Ok(Policy::Predictive(Predictive {
                interval,
                abandonment_limit: self.abandonment_limit()?,
                logged_in_agents: self.parse("logged_in_agents", values::agents)?,
                handle_time: self.value("handle_time", values::duration)?,
                front_load,
            })),
            PacerPolicy::Ratio => Ok(Policy::Ratio(RatioSettings {
                interval,
                abandonment_limit: self.abandonment_limit()?,
                handle_time: self.value("handle_time", values::duration)?,
                lever: dialing.ratio.lever,
                raise_dwell: self.value("raise_dwell", values::duration)?,
                writes_per_hour: self.value("writes_per_hour", values::at_least_one)?,
            })),
        }
    }

    /// A constant setpoint, in the unit of the dialer or else of the setting that is given.
    fn fixed(&self, kind: DialerKind) -> Result<Policy, ConfigError> {
        let rate = self.parse("dial_rate", values::whole)?;
        let ratio = self.parse("ratio", values::dial_ratio)?;
        let (rate, ratio) = match kind {
            DialerKind::Any => (rate, ratio),
            DialerKind::Rate => (rate, None),
            DialerKind::Ratio => (None, ratio),
        };
        let missing = |key, what| ConfigError::Missing(format!("{}, {what}", how_to_set(key)));
        let (unit, steps) = match (rate, ratio) {
            (Some(rate), None) => (Unit::CallsPerMinute, rate),
            (None, Some(ratio)) => (Unit::CallsPerAgent, ratio),
            (Some(_), Some(_)) => {
                return Err(ConfigError::Value(
                    self.source_of("ratio").to_string(),
                    "dial_rate is set, too, and the fixed policy has one of them".to_owned(),
                ));
            }
            (None, None) if kind == DialerKind::Ratio => {
                return Err(missing("ratio", "the ratio of the fixed policy"));
            }
            (None, None) => return Err(missing("dial_rate", "the rate of the fixed policy")),
        };
        Ok(Policy::Fixed {
            unit,
            setpoint: Setpoint::at(steps),
        })
    }

    fn refuse_flags_of_other_policies(&self) -> Result<(), ConfigError> {
        let policies = self.policies()?;
        for (key, names) in [
            ("dial_rate", &[PolicyName::Fixed][..]),
            ("ratio", &[PolicyName::Fixed]),
            ("logged_in_agents", &[PolicyName::Predictive]),
            ("front_load", &[PolicyName::Predictive]),
            ("handle_time", &[PolicyName::Predictive, PolicyName::Ratio]),
            ("raise_dwell", &[PolicyName::Ratio]),
            ("writes_per_hour", &[PolicyName::Ratio]),
        ] {
            let source = self.source_of(key);
            let is_used = |policy: &PolicyName| {
                let mut names = names.iter();
                names.any(|name| policy.pacer_policy() == name.pacer_policy())
            };
            if source.rank() == 0 && !policies.iter().any(is_used) {
                let policies: Vec<&str> = policies.iter().map(|policy| policy.as_str()).collect();
                let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                return Err(ConfigError::Value(
                    source.to_string(),
                    format!(
                        "it is for --policy {}, and the policy is {}",
                        names.join(" or "),
                        policies.join(",")
                    ),
                ));
            }
        }
        Ok(())
    }

    fn limits_error(&self, error: LimitsError) -> ConfigError {
        // Of two settings that contradict each other, the error names the one that was given.
        let setting = match error.setting {
            "min_dial_rate" if self.find("min_dial_rate").is_none() => "max_dial_rate",
            "min_ratio" if self.find("min_ratio").is_none() => "max_ratio",
            setting => setting,
        };
        ConfigError::Value(self.source_of(setting).to_string(), error.problem)
    }
}

/// A dialer that is set to a dial rate.
fn rate_dialing() -> Dialing {
    Dialing {
        kind: DialerKind::Rate,
        ..Dialing::default()
    }
}
