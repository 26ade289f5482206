//! `backtest`: exported history through the pacer, row by row.

pub(super) mod args;
mod output;
mod run;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};

use crate::base::files;
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices as _};
use crate::base::swept::SweptValues;
use crate::commands::history_file::HistoryFile;
use crate::commands::interrupt::Ended;
use crate::commands::made_by::made_by;
use crate::config::{Layers, Scope, Sources};
use crate::pacing::{INTERVAL, Pacer};
use crate::report::backtest::{csv, html, json, table};
use crate::report::{Console, MadeBy};
use crate::sim::{DialerKind, Dialing};
use args::SummaryFormat;
use output::{DecisionFile, cannot_write};
use run::BacktestRun;

pub use args::BacktestArgs;

/// Replays the file and prints the summary. `command_line` is told by the report. `stop` is set from outside to end it early.
pub fn run(
    options: &BacktestArgs,
    sources: &Sources,
    console: &Console,
    command_line: &[String],
    stop: &AtomicBool,
) -> Result<Ended> {
    let layers = Layers::gather(sources, Scope::Offline)?;
    for notice in layers.notices() {
        console.tell(notice);
    }
    refuse_shared_files(options, &layers)?;
    let (pacers, swept) = pacers(&layers)?;
    let history = HistoryFile::open(&options.reading, &layers, *console)?;
    let output = match &options.output {
        Some(path) => Some(DecisionFile::create(path, &pacers, &swept)?),
        None => None,
    };
    let mut run = BacktestRun::new(
        options,
        history,
        (pacers, swept),
        output,
        layers.time_zone()?,
        MadeBy {
            settings: layers.pacing_texts(),
            ..made_by(command_line, options.reading.path())
        },
    );
    if run.replay_all(stop)? == Ended::Interrupted {
        return Ok(Ended::Interrupted);
    }
    run.publish_decisions()?;
    run.warn_of_sparse_rows(*console);
    print(options, &run, *console)?;
    Ok(Ended::Done)
}

/// Refuses two files of the run that are one, before anything is written.
fn refuse_shared_files(options: &BacktestArgs, layers: &Layers) -> Result<(), InputError> {
    let mut files = layers.file_uses();
    if let Some(path) = options.reading.path() {
        files.read("the input file", path);
    }
    for (name, path) in [("--output", &options.output), ("--report", &options.report)] {
        if let Some(path) = path {
            files.replace(name, path);
        }
    }
    files.check()
}

fn check_combinations(of: &str, combinations: usize) -> Result<(), InputError> {
    if combinations <= PACERS_MAX {
        return Ok(());
    }
    Err(InputError(format!(
        "{of}: {combinations} combinations are more than {PACERS_MAX}, and each replays every row: compare fewer"
    )))
}

/// A pacer for each policy, band and combination of swept settings.
fn pacers(layers: &Layers) -> Result<(Vec<Pacer>, Vec<SweptValues>)> {
    layers.refuse_front_load()?;
    let bands = layers.bands()?;
    let interval = layers.interval()?.unwrap_or(INTERVAL);
    // A policy of either unit can be replayed, but not of both at once.
    let dialing = Dialing {
        kind: DialerKind::Any,
        ..Dialing::default()
    };
    let policies = layers.live_policies()?;
    check_combinations(
        "--policy, --sla-threshold and --tolerance-margin",
        policies.len() * bands.len(),
    )?;
    let mut all = Vec::new();
    for policy in policies {
        for band in &bands {
            all.extend(layers.swept(|layers| {
                layers.simulated_pacer(policy, *band, interval, &dialing, false)
            })?);
            check_combinations("--policy, the band and the other lists", all.len())?;
        }
    }
    let (pacers, swept): (Vec<Pacer>, _) = all.into_iter().unzip();
    let mut units = pacers.iter().map(|pacer| pacer.limits().actuator.unit);
    let first = units.next();
    if units.any(|unit| Some(unit) != first) {
        return Err(InputError(
            "--policy: some set calls per minute and some calls per agent; compare them in a run each".to_owned(),
        )
        .into());
    }
    Ok((pacers, swept))
}

fn print(options: &BacktestArgs, run: &BacktestRun, console: Console) -> Result<()> {
    let results = run.results();
    if let (Some(path), Some(data)) = (&options.report, &run.chart_data) {
        let page = html(&results, data);
        files::publish(path, page.as_bytes()).with_context(|| cannot_write(path))?;
        tell_written(console, "report", path);
    }
    let text = match options.format {
        SummaryFormat::Json => json(&results),
        SummaryFormat::Csv => csv(&results),
        SummaryFormat::Table => table(&results),
    };
    console.data(text.trim_end())?;
    Ok(())
}

fn tell_written(console: Console, what: &'static str, path: &Path) {
    let path = path.display().to_string();
    console.tell(&Notice::Written { what, path });
}

/// Combinations that are replayed side by side.
const PACERS_MAX: usize = 10_000;
