//! The outputs of `simulate`: progress, trace, report and results.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Format, SimulateArgs};
use crate::base::files;
use crate::base::input::InputError;
use crate::base::notice::Notice;
use crate::base::units::UnixMillis;
use crate::config::Layers;
use crate::report::MadeBy;
use crate::report::simulation::{self, ReportData};
use crate::sim::{OverTime, Plan, Replication, Results};

/// Refuses two files of the run that are one, before anything is written.
pub(super) fn refuse_shared_files(args: &SimulateArgs, layers: &Layers) -> Result<(), InputError> {
    let mut files = layers.file_uses();
    let scenario = args.scenario.iter().map(|path| ("the scenario", path));
    let parts = args.merge.iter().map(|path| ("--merge", path));
    for (name, path) in scenario.chain(parts) {
        files.read(name, path);
    }
    let written = [
        ("--trace", &args.trace),
        ("--report", &args.report),
        ("--samples", &args.samples),
    ];
    for (name, path) in written {
        if let Some(path) = path {
            files.replace(name, path);
        }
    }
    files.check()
}

/// Runs the replications that are `wanted`, `total` of them, with a progress bar on a terminal.
pub(super) fn run_with_progress(
    args: &SimulateArgs,
    plan: &Plan,
    wanted: &(dyn Fn(usize) -> bool + Sync),
    total: usize,
    stop: &AtomicBool,
) -> Vec<Replication> {
    let bar = (!args.quiet && io::stderr().is_terminal()).then(|| progress_bar(total));
    let done = AtomicUsize::new(0);
    let one_done = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        // A hundred times at most, since drawing takes longer than a short replication.
        let is_due = done.is_multiple_of((total / 100).max(1));
        if let Some(bar) = bar.as_ref().filter(|_| is_due) {
            bar.set_position(done as u64);
        }
    };
    let replications = plan.run(args.threads(), wanted, &one_done, stop);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    replications
}

/// Writes the first replication of the first variant as rows that backtest reads.
pub(super) fn write_trace(plan: &Plan, path: &Path) -> Result<()> {
    let (pacer, trace) = plan.trace().ok_or_else(|| {
        InputError("--trace: a reference dialer has no intervals to trace".to_owned())
    })?;
    let unit = pacer.limits().actuator.unit;
    let scenario = &plan.scenario;
    // Where there are calling hours, backtest needs the time at which they were looked up.
    let hours = pacer.hours();
    let start = hours.and_then(|hours| hours.moment_of(scenario.start.secs));
    let start = start.unwrap_or(UnixMillis(scenario.start.secs * 1_000));
    let rows = simulation::trace(&trace, &scenario.name, unit, start);
    publish(path, &rows)
}

/// Writes the HTML report. Nothing is written where `stop` ends it early.
pub(super) fn write_report(
    args: &SimulateArgs,
    plan: &Plan,
    results: &Results,
    (limit, others, made_by): (f64, &[Notice], &MadeBy),
    path: &Path,
    stop: &AtomicBool,
) -> Result<()> {
    let variants = simulation::variants_to_draw(results, limit).into_iter();
    let drawn: Vec<(usize, OverTime)> = variants
        .filter_map(|number| Some((number, plan.over_time(number, args.threads(), stop)?)))
        .collect();
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    let sentences: Vec<String> = others.iter().map(sentence).collect();
    let page = simulation::page(&ReportData {
        other_policies: &sentences,
        made_by,
        results,
        limit,
        given: &args.for_all_variants(),
        drawn: &drawn,
    });
    publish(path, &page)
}

/// A notice as a sentence.
fn sentence(notice: &Notice) -> String {
    let text = notice.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}

/// Writes every figure of each replication.
pub(super) fn write_samples(results: &Results, path: &Path) -> Result<()> {
    publish(path, &simulation::samples(results))
}

/// The results in the form that was asked for.
pub(super) fn text(
    results: &Results,
    limit: f64,
    args: &SimulateArgs,
    options: &[(String, String)],
) -> String {
    match args.format {
        Format::Table => simulation::table(results, limit, &args.for_all_variants()),
        Format::Json => simulation::json(results, limit, options),
        Format::Csv => simulation::csv(results, limit),
    }
}

fn publish(path: &Path, text: &str) -> Result<()> {
    files::publish(path, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

fn progress_bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let style = "{bar:30} {pos}/{len} runs, {eta} left";
    match ProgressStyle::with_template(style) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
