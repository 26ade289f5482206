//! The plan of a simulation, from options and settings.

use std::time::Duration;

use anyhow::Result;

use super::args::SimulateArgs;
use super::bounds;
use crate::base::input::InputError;
use crate::config::{
    ConfigError, Layers, PacerPolicy, PolicyKind, PolicyName, Scope, Sources, scenario_file,
};
use crate::pacing::{Band, CallingHours};
use crate::sim::{BaselineIs, Driver, Plan, Scenario, Shift, Telemetry, Variant, VariantResults};

/// The scenario of the file, or the default one, with the changes of the command line.
pub(super) fn scenario(args: &SimulateArgs, layers: &Layers) -> Result<Scenario> {
    let mut scenario = match &args.scenario {
        Some(path) => scenario_file::read(path, layers.patience())?.scenario,
        None => Scenario::default(),
    };
    if let Some(count) = args.agents {
        scenario.agents.by_clock.clear();
        scenario.agents.roster = vec![Shift {
            from_secs: 0.0,
            count,
        }];
    }
    if let Some(base) = args.answer_rate {
        scenario.answer_rate.base = base.value();
    }
    if let Some(hours) = args.hours {
        if !(hours > 0.0 && hours <= HOURS_MAX) {
            let problem =
                format!("--hours: {hours} is not a time above 0 and up to {HOURS_MAX}, ten years");
            return Err(InputError(problem).into());
        }
        scenario.hours = hours;
    }
    if let Some(interval) = layers.interval()? {
        scenario.interval_secs = interval.as_secs_f64();
    }
    scenario_file::check(&scenario, args.scenario.as_deref())?;
    if scenario.agents_max() == 0 {
        let place = args
            .scenario
            .as_deref()
            .map(|path| format!("{}: ", path.display()));
        return Err(InputError(format!(
            "{}agents: there is none at any time, so nobody is called; the roster needs at least 1",
            place.unwrap_or_default()
        ))
        .into());
    }
    Ok(scenario)
}

/// Every policy with every SLA band.
pub(super) fn plan(
    args: &SimulateArgs,
    scenario: Scenario,
    layers: &Layers,
    sources: &Sources,
) -> Result<Plan> {
    let bands = layers.bands()?;
    let mut variants = Vec::new();
    let policies = layers.policies()?;
    bounds::check_combinations(policies.len(), bands.len())?;
    let front_loads = layers.front_loads()?;
    for policy in policies {
        // A reference dialer and a ratio have no SLA band, so one is enough.
        let count = match policy.kind() {
            PolicyKind::Reference(_) | PolicyKind::Pacer(PacerPolicy::Ratio) => 1,
            PolicyKind::Pacer(_) | PolicyKind::PacerOnCampaignApi(_) => bands.len(),
        };
        for front_load in front_loads_of(policy, &front_loads) {
            for band in bands.iter().take(count) {
                let one = |layers: &Layers| variant(policy, *band, *front_load, layers, &scenario);
                let swept = layers.swept(one)?.into_iter();
                variants.extend(swept.map(|(variant, swept)| Variant { swept, ..variant }));
                bounds::check_combinations(1, variants.len())?;
            }
        }
    }
    let standing = standing(sources)?;
    let (current, is_exact) = current(&variants, &standing, &scenario)?;
    let plan = Plan {
        baseline: current,
        baseline_is: match is_exact {
            false => BaselineIs::Other,
            true if is_set(&standing) => BaselineIs::InForce,
            true => BaselineIs::Defaults,
        },
        scenario,
        seed: args.seed,
        replications: args.replications,
        variants,
    };
    check_hours(&plan)?;
    Ok(plan)
}

/// Refuses calling hours that leave nothing to simulate, and dialers that know none.
fn check_hours(plan: &Plan) -> Result<(), InputError> {
    let Some(hours) = plan.hours() else {
        return Ok(());
    };
    let is_reference = |variant: &&Variant| matches!(variant.driver, Driver::Reference(_));
    if let Some(variant) = plan.variants.iter().find(is_reference) {
        return Err(InputError(format!(
            "--policy: {} is a reference dialer, which keeps to no calling hours; compare it without them",
            variant.policy
        )));
    }
    if open_hours(plan, hours) > 0.0 {
        return Ok(());
    }
    let Scenario { start, hours, .. } = &plan.scenario;
    Err(InputError(format!(
        "--calling-hours: the simulated time, {hours} h from {start}, has none; set the scenario's start, such as start = \"2026-03-02T09:00\""
    )))
}

/// The calling hours in the simulated time.
pub(super) fn open_hours(plan: &Plan, hours: &CallingHours) -> f64 {
    let scenario = &plan.scenario;
    let end = scenario.start.plus(scenario.hours * 3_600.0);
    let moments = [scenario.start, end].map(|local| hours.moment_of(local.secs));
    match moments {
        [Some(start), Some(end)] => hours.open_time(start, end).as_secs_f64() / 3_600.0,
        _ => 0.0,
    }
}

/// The ways to place calls that a policy has, of those to compare.
fn front_loads_of(policy: PolicyName, asked: &[bool]) -> &[bool] {
    use PolicyKind::{Pacer, PacerOnCampaignApi};
    match policy.kind() {
        Pacer(PacerPolicy::Predictive) | PacerOnCampaignApi(PacerPolicy::Predictive) => asked,
        _ => &[false],
    }
}

/// One policy with one SLA band.
pub(super) fn variant(
    policy: PolicyName,
    band: Band,
    front_load: bool,
    layers: &Layers,
    scenario: &Scenario,
) -> Result<Variant, ConfigError> {
    let interval = Duration::from_secs_f64(scenario.interval_secs);
    let paced = |policy, telemetry| {
        let dialing = &scenario.dialer;
        let pacer = layers.simulated_pacer(policy, band, interval, dialing, front_load)?;
        Ok::<Driver, ConfigError>(Driver::Pacer { pacer, telemetry })
    };
    Ok(Variant {
        policy: name(policy, front_load),
        band,
        swept: Vec::new(),
        driver: match policy.kind() {
            PolicyKind::Pacer(policy) => paced(policy, Telemetry::Full)?,
            PolicyKind::PacerOnCampaignApi(policy) => paced(policy, Telemetry::CampaignApi)?,
            PolicyKind::Reference(dialer) => Driver::Reference(dialer),
        },
    })
}

/// The name of a policy with its way to place calls.
fn name(policy: PolicyName, front_load: bool) -> String {
    let placing = if front_load {
        VariantResults::FRONT_LOADED
    } else {
        ""
    };
    format!("{policy}{placing}")
}

/// The settings in force: those of the files and the environment, without this command's flags, of
/// which two name files.
fn standing(sources: &Sources) -> Result<Layers, ConfigError> {
    let mut standing = sources.clone();
    let names_files = |key: &str| ["config", "env_file"].contains(&key);
    standing.flags.retain(|key, _| names_files(key));
    Layers::gather(&standing, Scope::Offline)
}

/// True where something sets a setting that paces.
fn is_set(standing: &Layers) -> bool {
    let pacing = standing.pacing_texts();
    let is_pacing = |name: &str| pacing.iter().any(|(key, _)| key == name);
    let mut shown = standing.shown(None).into_iter();
    shown.any(|it| it.source != "default" && is_pacing(&it.name))
}

/// The variant with the settings in force, and true; or else the one that is most like it, or the
/// first, and false.
fn current(
    variants: &[Variant],
    standing: &Layers,
    scenario: &Scenario,
) -> Result<(usize, bool), ConfigError> {
    let bands = standing.bands()?;
    // A name that is unknown is that of no variant.
    let policies = standing.policies().unwrap_or_default();
    let (Some(policy), Some(band)) = (policies.first(), bands.first()) else {
        return Ok((0, false));
    };
    let front_loads = standing.front_loads().unwrap_or_default();
    let front_load = front_loads_of(*policy, &front_loads);
    let front_load = front_load.first().copied().unwrap_or_default();
    let layers = standing.first_of_swept().ok();
    // What tick knows on the campaign API is known to the row without the feed.
    let policies: &[PolicyName] = match policy {
        PolicyName::Predictive => &[PolicyName::PredictiveWithoutFeed, PolicyName::Predictive],
        policy => std::slice::from_ref(policy),
    };
    let mut like = None;
    for policy in policies {
        let name = name(*policy, front_load);
        let is_like = |v: &Variant| v.policy == name && v.band == *band;
        let of = |layers| variant(*policy, *band, front_load, layers, scenario).ok();
        let standing = layers.as_ref().and_then(of);
        let is_same = |v: &Variant| standing.as_ref().is_some_and(|it| it.driver == v.driver);
        // Among those that differ in other settings only, the one with the values that stand.
        let exact = variants.iter().position(|v| is_like(v) && is_same(v));
        if let Some(number) = exact {
            return Ok((number, true));
        }
        like = like.or_else(|| variants.iter().position(is_like));
    }
    Ok((like.unwrap_or(0), false))
}

/// Ten years; longer runs are a mistake of units.
const HOURS_MAX: f64 = 87_600.0;
