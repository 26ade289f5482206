//! `simulate`: the pacer in a synthetic world.

pub mod args;
mod shards;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use args::{Format, SimulateArgs};

use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices as _};
use crate::commands::interrupt::Ended;
use crate::config::scenario_file;
use crate::config::{Layers, PolicyKind, PolicyName, Scope, Sources};
use crate::pacing::{Band, Policy, Ratio};
use crate::report::{self, Console, simulation};
use crate::sim::{
    Cell, Estimate, Feed, Figures, Paced, Placing, Plan, Point, Scenario, Shift, simulate,
};

/// Runs it and prints the results. `stop` is set from outside to end it early.
pub fn run(
    options: &SimulateArgs,
    sources: &Sources,
    console: &Console,
    stop: &Arc<AtomicBool>,
) -> Result<Ended> {
    let layers = Layers::gather(sources, Scope::Offline)?;
    let limit = layers.abandonment_limit()?.value();
    if !options.merge.is_empty() {
        let (plan, cells) = shards::merge(&options.merge).map_err(InputError)?;
        print(options, &plan, &cells, limit, *console)?;
        return Ok(Ended::Done);
    }
    let scenario = scenario(options, &layers)?;
    if options.print_scenario {
        console.data(scenario_file::text(&scenario)?.trim_end())?;
        return Ok(Ended::Done);
    }
    let plan = plan(options, scenario, &layers, sources)?;
    let shard = options.shard.as_deref().map(parse_shard).transpose()?;
    if let Some(path) = &options.trace {
        write_trace(&plan, path)?;
    }
    let wanted = |cell: usize| shard.is_none_or(|(share, of)| cell % of == share);
    let total = (0..plan.cells()).filter(|cell| wanted(*cell)).count();
    let cells = run_with_progress(options, &plan, &wanted, total, stop);
    if stop.load(Ordering::Relaxed) {
        let done = cells.len();
        console.error(&format!(
            "interrupted: {done} of {total} replications were complete; nothing is printed of them"
        ));
        return Ok(Ended::Interrupted);
    }
    if shard.is_some() {
        console.data(&shards::part(&plan, &cells))?;
        return Ok(Ended::Done);
    }
    if let Some(path) = &options.report {
        write_report(&plan, &cells, limit, path)?;
    }
    print(options, &plan, &cells, limit, *console)?;
    if options.format == Format::Table && !options.quiet {
        tell_others(options, &plan, &cells, &layers, *console, stop)?;
    }
    Ok(Ended::Done)
}

/// Says on stderr what the same days come to under the policies that were not asked for, and where
/// a dialer that decides at every call does better.
fn tell_others(
    options: &SimulateArgs,
    plan: &Plan,
    cells: &[Cell],
    layers: &Layers,
    console: Console,
    stop: &AtomicBool,
) -> Result<()> {
    let Some(baseline) = plan.points.get(plan.baseline) else {
        return Ok(());
    };
    let interval = Duration::from_secs_f64(plan.scenario.interval_secs);
    let sla_threshold = Ratio::new(baseline.sla_threshold);
    let tolerance_margin = Ratio::new(baseline.tolerance_margin);
    let (Some(sla_threshold), Some(tolerance_margin)) = (sla_threshold, tolerance_margin) else {
        return Ok(());
    };
    let band = Band {
        sla_threshold,
        tolerance_margin,
    };
    let points = OTHERS
        .iter()
        .map(|policy| point(*policy, band, layers, interval))
        .collect::<Result<Vec<Point>>>()?;
    let others = Plan {
        points,
        replications: plan.replications.min(OTHERS_REPLICATIONS),
        ..plan.clone()
    };
    let is_told = |policy: PolicyName| {
        let mut points = plan.points.iter();
        points.position(|p| p.policy == policy.as_str())
    };
    let wanted = |cell: usize| {
        let policy = OTHERS.get(cell / others.replications as usize);
        policy.is_some_and(|policy| is_told(*policy).is_none())
    };
    let own = others.run(jobs(options), &wanted, &|| {}, stop);
    let mean = |policy: PolicyName, figure: fn(&Figures) -> f64| {
        let (cells, point, replications) = if let Some(point) = is_told(policy) {
            (cells, point, plan.replications)
        } else {
            let point = OTHERS.iter().position(|other| *other == policy)?;
            (own.as_slice(), point, others.replications)
        };
        let of_point = |cell: &&Cell| cell.cell / replications as usize == point;
        let figures: Vec<f64> = cells
            .iter()
            .filter(of_point)
            .map(|cell| figure(&cell.figures) * 100.0)
            .collect();
        (!figures.is_empty()).then(|| Estimate::of(&figures).mean)
    };
    let mut told = Vec::new();
    for policy in OTHERS
        .into_iter()
        .filter(|policy| is_told(*policy).is_none())
    {
        let occupancy = mean(policy, |f| f.occupancy);
        let abandoned = mean(policy, |f| f.abandonment_rate);
        if let (Some(occupancy), Some(abandoned)) = (occupancy, abandoned) {
            told.push(format!(
                "{policy} {occupancy:.1} % occupied and {abandoned:.2} % abandoned"
            ));
        }
    }
    if !told.is_empty() {
        console.tell(&Notice::OtherPolicies(told.join("; ")));
    }
    let occupied = |policy| mean(policy, |f| f.occupancy);
    if let (Some(predictive), Some(progressive)) = (
        occupied(PolicyName::Predictive),
        occupied(PolicyName::Progressive),
    ) && progressive >= predictive
    {
        console.tell(&Notice::ProgressiveIsBetter {
            interval_secs: plan.scenario.interval_secs,
            progressive,
            predictive,
        });
    }
    Ok(())
}

fn scenario(options: &SimulateArgs, layers: &Layers) -> Result<Scenario> {
    let mut scenario = match &options.scenario {
        Some(path) => scenario_file::read(path)?,
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

fn plan(
    options: &SimulateArgs,
    scenario: Scenario,
    layers: &Layers,
    sources: &Sources,
) -> Result<Plan> {
    let bands = layers.bands()?;
    let interval = Duration::from_secs_f64(scenario.interval_secs);
    let mut points = Vec::new();
    for policy in layers.policies()? {
        // A reference dialer has no band, so one point is enough.
        let count = match policy.kind() {
            PolicyKind::ReferenceDialer(_) => 1,
            PolicyKind::Pacer(_) | PolicyKind::PacerOnCampaignApi(_) => bands.len(),
        };
        for band in bands.iter().take(count) {
            points.push(point(policy, *band, layers, interval)?);
        }
    }
    let baseline = current(&points, sources)?;
    Ok(Plan {
        scenario,
        seed: options.seed,
        replications: options.replications,
        points,
        baseline,
    })
}

fn point(policy: PolicyName, band: Band, layers: &Layers, interval: Duration) -> Result<Point> {
    let pacer = |policy| layers.pacer(policy, band, interval).map(Some);
    let (pacer, placing, feed) = match policy.kind() {
        PolicyKind::Pacer(policy) => (pacer(policy)?, Placing::ByRate, Feed::Full),
        PolicyKind::PacerOnCampaignApi(policy) => {
            (pacer(policy)?, Placing::ByRate, Feed::CampaignApi)
        }
        PolicyKind::ReferenceDialer(placing) => (None, placing, Feed::Full),
    };
    Ok(Point {
        policy: policy.as_str().to_owned(),
        sla_threshold: band.sla_threshold.value(),
        tolerance_margin: band.tolerance_margin.value(),
        pacer,
        placing,
        feed,
    })
}

/// The point of the settings that stand without this command's flags, which `tick` would run
/// with; the first where they are not in the grid.
fn current(points: &[Point], sources: &Sources) -> Result<usize> {
    let standing = Sources {
        flags: BTreeMap::new(),
        ..sources.clone()
    };
    let standing = Layers::gather(&standing, Scope::Offline)?;
    let bands = standing.bands()?;
    // A name that is unknown is none of the points.
    let policies = standing.policies().unwrap_or_default();
    let is_current = |point: &Point| match (policies.first(), bands.first()) {
        (Some(policy), Some(band)) => {
            let own = (point.sla_threshold, point.tolerance_margin);
            point.policy == policy.as_str()
                && own == (band.sla_threshold.value(), band.tolerance_margin.value())
        }
        _ => false,
    };
    Ok(points.iter().position(is_current).unwrap_or(0))
}

/// "2/8" is the second of eight shares.
fn parse_shard(text: &str) -> Result<(usize, usize), InputError> {
    let wrong = || {
        InputError(format!(
            "--shard: {text:?} is not I/N, such as 2/8 for the second of eight"
        ))
    };
    let (share, of) = text.split_once('/').ok_or_else(wrong)?;
    match (share.parse::<usize>(), of.parse::<usize>()) {
        (Ok(share), Ok(of)) if (1..=of).contains(&share) => Ok((share - 1, of)),
        _ => Err(wrong()),
    }
}

fn run_with_progress(
    options: &SimulateArgs,
    plan: &Plan,
    wanted: &(dyn Fn(usize) -> bool + Sync),
    total: usize,
    stop: &AtomicBool,
) -> Vec<Cell> {
    let bar = (!options.quiet && io::stderr().is_terminal()).then(|| progress_bar(total));
    let done = AtomicUsize::new(0);
    let one_done = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        // Once per per cent: drawing takes longer than a short replication.
        if let Some(bar) = bar
            .as_ref()
            .filter(|_| done.is_multiple_of((total / 100).max(1)))
        {
            bar.set_position(done as u64);
        }
    };
    let cells = plan.run(jobs(options), wanted, &one_done, stop);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    cells
}

fn jobs(options: &SimulateArgs) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    options.jobs.map_or_else(cores, usize::from)
}

fn progress_bar(total: usize) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(total as u64);
    let style = "{bar:30} {pos}/{len} replications, {eta} left";
    match indicatif::ProgressStyle::with_template(style) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn write_trace(plan: &Plan, path: &Path) -> Result<()> {
    let first = plan.points.first();
    let driven = first.and_then(|point| Some((point.pacer.as_ref()?, point.feed)));
    let (pacer, feed) = driven.ok_or_else(|| {
        InputError("--trace: a reference dialer has no intervals to trace".to_owned())
    })?;
    let mut controller = Paced::traced(pacer, feed);
    simulate(&plan.scenario, &mut controller, plan.seed, 0);
    let is_fed = feed == Feed::Full && matches!(pacer.policy(), Policy::Predictive(_));
    let rows = simulation::trace(&controller.into_trace(), &plan.scenario.name, is_fed);
    crate::base::files::publish(path, rows.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

fn write_report(plan: &Plan, cells: &[Cell], limit: f64, path: &Path) -> Result<()> {
    let first = plan.points.first();
    let driven = first.and_then(|point| Some((point.pacer.as_ref()?, point.feed)));
    let observed = driven.map_or_else(Vec::new, |(pacer, feed)| {
        let mut controller = Paced::traced(pacer, feed);
        simulate(&plan.scenario, &mut controller, plan.seed, 0);
        controller.observed().to_vec()
    });
    let page = report::html::page(plan, cells, limit, &observed);
    crate::base::files::publish(path, page.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

fn print(
    options: &SimulateArgs,
    plan: &Plan,
    cells: &[Cell],
    limit: f64,
    console: Console,
) -> Result<()> {
    let text = match options.format {
        Format::Table => simulation::table(plan, cells, limit),
        Format::Json => simulation::json(plan, cells, limit),
        Format::Csv => simulation::csv(plan, cells, limit),
    };
    console.data(text.trim_end())?;
    Ok(())
}

/// What a user may want to know of whatever was asked for.
const OTHERS: [PolicyName; 4] = [
    PolicyName::Capacity,
    PolicyName::Predictive,
    PolicyName::PredictiveWithoutFeed,
    PolicyName::Progressive,
];
/// Enough for a hint, and little beside what was asked for.
const OTHERS_REPLICATIONS: u32 = 10;
