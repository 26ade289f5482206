//! The plan of a simulation, from options and settings.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use super::options::Options;
use crate::base::input::InputError;
use crate::config::{Grid, Layers, Sources, scenario_file};
use crate::pacing::{Band, Ratio};
use crate::sim::{Driver, LevelRule, Plan, ReferenceDialer, Scenario, Shift, Telemetry, Variant};

/// The scenario file, or the default scenario, with what the command line changes of it.
pub(super) fn scenario(options: &Options, layers: &Layers) -> Result<Scenario> {
    let mut scenario = match &options.scenario {
        Some(path) => scenario_file::read(path)?.scenario,
        None => Scenario::default(),
    };
    if let Some(count) = options.agents {
        scenario.agents.roster = vec![Shift {
            from_secs: 0.0,
            count,
        }];
    }
    if let Some(base) = options.answer_rate {
        if Ratio::new(base).is_none() {
            let problem = format!("--answer-rate: {base} is not a share from 0 to 1");
            return Err(InputError(problem).into());
        }
        scenario.answer_rate.base = base;
    }
    if let Some(hours) = options.hours {
        if hours.is_nan() || hours <= 0.0 {
            let problem = format!("--hours: {hours} is not a time above 0");
            return Err(InputError(problem).into());
        }
        scenario.hours = hours;
    }
    if let Some(interval) = layers.interval()? {
        scenario.interval_secs = interval.as_secs_f64();
    }
    scenario_file::check(&scenario, options.scenario.as_deref())?;
    Ok(scenario)
}

/// Every policy with every SLA band.
pub(super) fn plan(
    options: &Options,
    scenario: Scenario,
    layers: &Layers,
    sources: &Sources,
) -> Result<Plan> {
    let grid = layers.grid()?;
    let interval = Duration::from_secs_f64(scenario.interval_secs);
    let mut variants = Vec::new();
    for policy in &grid.policies {
        let mut bands = bands(&grid);
        if reference_dialer(policy).is_some() {
            // It has no SLA band, so one is enough.
            bands.truncate(1);
        }
        for band in bands {
            variants.push(variant(policy, band, layers, interval)?);
        }
    }
    Ok(Plan {
        scenario,
        seed: options.seed,
        replications: options.replications,
        baseline: current(&variants, sources)?,
        variants,
    })
}

/// One policy with one SLA band.
pub(super) fn variant(
    policy: &str,
    band: Band,
    layers: &Layers,
    interval: Duration,
) -> Result<Variant> {
    let (name, telemetry) = match policy {
        WITHOUT_FEED => (PREDICTIVE, Telemetry::CampaignApi),
        name => (name, Telemetry::Full),
    };
    let ratios = (band.sla_threshold, band.tolerance_margin);
    let driver = match reference_dialer(policy) {
        Some(dialer) => Driver::Reference(dialer),
        None => Driver::Pacer {
            pacer: layers.pacer(name, ratios, interval)?,
            telemetry,
        },
    };
    Ok(Variant {
        policy: policy.to_owned(),
        band,
        driver,
    })
}

/// The variant with the settings that `tick` would use, which are those without this command's
/// flags; the first variant where there is none.
fn current(variants: &[Variant], sources: &Sources) -> Result<usize> {
    let standing = Sources {
        flags: BTreeMap::new(),
        ..sources.clone()
    };
    let grid = Layers::gather(&standing, true)?.grid()?;
    let (policy, band) = (grid.policies.first(), bands(&grid).first().copied());
    let is_current = |v: &Variant| Some(&v.policy) == policy && Some(v.band) == band;
    Ok(variants.iter().position(is_current).unwrap_or(0))
}

fn bands(grid: &Grid) -> Vec<Band> {
    let bands = grid.bands().into_iter();
    let band = |(sla_threshold, tolerance_margin)| Band {
        sla_threshold,
        tolerance_margin,
    };
    bands.map(band).collect()
}

/// The reference dialer of this name among the policies.
fn reference_dialer(name: &str) -> Option<ReferenceDialer> {
    match name {
        PROGRESSIVE => Some(ReferenceDialer::Progressive),
        name => LevelRule::named(name).map(ReferenceDialer::Level),
    }
}

/// The policy that can be told more than the campaign API does, and the same without.
pub(super) const PREDICTIVE: &str = "predictive";
pub(super) const WITHOUT_FEED: &str = "predictive-without-feed";
pub(super) const PROGRESSIVE: &str = "progressive";
