//! `simulate`: the pacer in a simulated world.

mod alternatives;
pub mod args;
mod bounds;
mod outputs;
mod plan;
mod shards;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use crate::base::notice::{Notice, Notices as _};
use crate::commands::interrupt::Ended;
use crate::commands::made_by::made_by;
use crate::config::{Layers, Scope, Sources, scenario_file};
use crate::report::{Console, MadeBy};
use crate::sim::Plan;
use args::{Format, SimulateArgs};
use shards::Shard;

/// Simulates and prints the results. `stop` ends it early.
pub fn run(
    args: &SimulateArgs,
    sources: &Sources,
    console: &Console,
    command_line: &[String],
    stop: &Arc<AtomicBool>,
) -> Result<Ended> {
    let layers = Layers::gather(sources, Scope::Offline)?;
    for notice in layers.notices() {
        console.tell(notice);
    }
    outputs::refuse_shared_files(args, &layers)?;
    let limit = layers.highest_abandonment_limit()?.value();
    if !args.merge.is_empty() {
        return print_merged(args, limit, *console);
    }
    let scenario = plan::scenario(args, &layers)?;
    if args.print_scenario {
        console.data(scenario_file::text(&scenario)?.trim_end())?;
        return Ok(Ended::Done);
    }
    let plan = plan::plan(args, scenario, &layers, sources)?;
    tell_hours(&plan, *console);
    let shard = args.shard.as_deref().map(Shard::parse).transpose()?;
    bounds::check(&plan, args, shard)?;
    if let Some(path) = &args.trace {
        outputs::write_trace(&plan, path)?;
    }
    let wanted = |index: usize| shard.is_none_or(|shard| shard.has(index));
    let total = (0..plan.len()).filter(|index| wanted(*index)).count();
    let replications = outputs::run_with_progress(args, &plan, &wanted, total, stop);
    if stop.load(Ordering::Relaxed) {
        let done = replications.len();
        console.error(&format!(
            "interrupted: {done} of {total} simulated runs were complete; no results are printed"
        ));
        return Ok(Ended::Interrupted);
    }
    if shard.is_some() {
        console.data(&shards::part(&plan, replications, layers.pacing_texts()))?;
        return Ok(Ended::Done);
    }
    let results = plan
        .results(&replications)
        .for_platform(args.live_platform());
    if let Some(path) = &args.samples {
        outputs::write_samples(&results, path)?;
    }
    let is_told = args.format == Format::Table && !args.quiet;
    let mut others = Vec::new();
    if is_told || args.report.is_some() {
        let layers = layers.first_of_swept()?;
        others = alternatives::alternatives(args, &plan, &results, &layers, stop)?;
    }
    if let Some(path) = &args.report {
        let made_by = MadeBy {
            seed: Some(args.seed),
            settings: layers.pacing_texts(),
            ..made_by(command_line, args.scenario.as_deref())
        };
        let more = (limit, others.as_slice(), &made_by);
        outputs::write_report(args, &plan, &results, more, path, stop)?;
        if stop.load(Ordering::Relaxed) {
            console.error("interrupted: no report is written and no results are printed");
            return Ok(Ended::Interrupted);
        }
        let path = path.display().to_string();
        console.tell(&Notice::Written {
            what: "report",
            path,
        });
    }
    console.data(outputs::text(&results, limit, args, &layers.pacing_texts()).trim_end())?;
    for notice in others.iter().filter(|_| is_told) {
        console.tell(notice);
    }
    Ok(Ended::Done)
}

/// Tells how much of the simulated time is within calling hours.
fn tell_hours(plan: &Plan, console: Console) {
    if let Some(hours) = plan.hours() {
        console.tell(&Notice::HoursCovered {
            open_hours: plan::open_hours(plan, hours),
            hours: plan.scenario.hours,
        });
    }
}

/// Prints the results of the parts of a sharded run.
fn print_merged(args: &SimulateArgs, limit: f64, console: Console) -> Result<Ended> {
    let (results, options) = shards::merge(&args.merge)?;
    let results = results.for_platform(args.live_platform());
    if let Some(path) = &args.samples {
        outputs::write_samples(&results, path)?;
    }
    console.data(outputs::text(&results, limit, args, &options).trim_end())?;
    Ok(Ended::Done)
}
