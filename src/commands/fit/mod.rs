//! `fit`: a scenario from exported history.

pub(super) mod args;
mod rows;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;

use crate::base::files;
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices as _};
use crate::base::visible;
use crate::commands::history_file::HistoryFile;
use crate::commands::interrupt::Ended;
use crate::commands::made_by::made_by;
use crate::config::{Layers, Scope, Sources};
use crate::report::fit::{FitResults, page, scenario_text, summary};
use crate::report::{Console, MadeBy};
use crate::sim::fit::{Comparison, Fit, FitError, Observation};
use rows::CampaignRows;

pub use args::FitArgs;

/// Fits a scenario to the file and prints or writes it. `stop` is set from outside to end it early.
pub fn run(
    args: &FitArgs,
    sources: &Sources,
    console: &Console,
    command_line: &[String],
    stop: &AtomicBool,
) -> Result<Ended> {
    let layers = Layers::gather(sources, Scope::Offline)?;
    for notice in layers.notices() {
        console.tell(notice);
    }
    refuse_shared_files(args, &layers)?;
    let zone = layers.time_zone()?;
    let (zone_name, zone) = zone.unwrap_or_else(|| ("UTC".to_owned(), TimeZone::UTC));
    let mut file = HistoryFile::open(&args.reading, &layers, *console)?;
    let Some(found) = CampaignRows::read(args, &mut file, &zone, stop)? else {
        return Ok(Ended::Interrupted);
    };
    let rows: Vec<Observation> = found.rows.iter().copied().collect();
    let fit = Fit::of(&rows).map_err(|error| cannot_fit(&file.source, error))?;
    let comparison = fit.compare(&rows);
    if stop.load(Ordering::Relaxed) {
        console.error("interrupted; nothing was written");
        return Ok(Ended::Interrupted);
    }
    let mut results = results(args, &file.source, &found, fit, comparison);
    results.span.2 = zone_name;
    results.made_by = made_by(command_line, args.reading.path());
    let text = scenario_text(&results);
    if let Some(path) = &args.report {
        publish(path, &page(&results))?;
    }
    match &args.output {
        Some(path) => {
            publish(path, &text)?;
            console.data(&summary(&results))?;
            console.tell(&Notice::ScenarioWritten {
                path: path.display().to_string(),
            });
        }
        None => console.data(text.trim_end())?,
    }
    Ok(Ended::Done)
}

fn results(
    args: &FitArgs,
    source: &str,
    found: &CampaignRows,
    fit: Fit,
    comparison: Comparison,
) -> FitResults {
    let campaign = visible::line(&found.campaign).into_owned();
    let stem = || args.reading.path().and_then(Path::file_stem);
    let stem = || {
        stem().map_or_else(
            || "stdin".to_owned(),
            |stem| stem.to_string_lossy().into_owned(),
        )
    };
    let name = if campaign.is_empty() {
        visible::line(&stem()).into_owned()
    } else {
        campaign.clone()
    };
    let mut scenario = fit.scenario();
    scenario.description = match (fit.is_typical, scenario.hours > 24.0) {
        (true, true) => format!("A typical week of {name}, fitted to {source}."),
        (true, false) => format!("A typical day of {name}, fitted to {source}."),
        (false, _) => format!("The days of {name} in {source}."),
    };
    scenario.name = name;
    let (from, to) = fit.span();
    FitResults {
        source: source.to_owned(),
        campaign,
        rows: found.rows.len() as u64,
        rows_left_out: found.left_out,
        span: (from.to_string(), to.to_string(), String::new()),
        fit,
        scenario,
        comparison,
        made_by: MadeBy::default(),
    }
}

fn cannot_fit(source: &str, error: FitError) -> InputError {
    InputError(format!("{source}: {error}"))
}

/// Refuses two files of the run that are one, before anything is written.
fn refuse_shared_files(args: &FitArgs, layers: &Layers) -> Result<(), InputError> {
    let mut files = layers.file_uses();
    if let Some(path) = args.reading.path() {
        files.read("the input file", path);
    }
    for (name, path) in [("--output", &args.output), ("--report", &args.report)] {
        if let Some(path) = path {
            files.replace(name, path);
        }
    }
    files.check()
}

fn publish(path: &Path, text: &str) -> Result<()> {
    files::publish(path, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}
