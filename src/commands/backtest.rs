//! `backtest`: exported history through the pacer, row by row.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::base::files::{self, Draft};
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices};
use crate::base::timestamp::rfc3339;
use crate::commands::backtest_args::{BacktestArgs, OnBadRow, SummaryFormat};
use crate::commands::interrupt::Ended;
use crate::config::{Layers, Scope, Sources};
use crate::history::{
    AvailableAgents, BadField, BadRow, ColumnNames, HistoryReader, HistoryRow, RowError,
};
use crate::pacing::{INTERVAL, Pacer};
use crate::replay::{ChartData, NotLater, Replay};
use crate::report::Console;
use crate::report::backtest::{self as report, BacktestResults, DecisionFormat, DecisionWriter};
use crate::report::counts::count_of;

/// Runs it and prints the summary. `stop` is set from outside to end it early.
pub fn run(
    options: &BacktestArgs,
    sources: &Sources,
    console: &Console,
    stop: &AtomicBool,
) -> Result<Ended> {
    let layers = Layers::gather(sources, Scope::Offline)?;
    let pacers = pacers(&layers)?;
    let names = ColumnNames::new(&options.column)?;
    let source = options.file.display().to_string();
    let at_source = |error: InputError| InputError(format!("{source}: {error}"));
    let (reader, size) = open(&options.file)?;
    let mut history = HistoryReader::open(reader, names).map_err(at_source)?;
    if options.output.is_some() && options.output == options.report {
        return Err(
            InputError("--report: it is the file of --output; name another".to_owned()).into(),
        );
    }
    let mut output = match &options.output {
        Some(path) => Some((path, output(path, &options.file, &pacers)?)),
        None => None,
    };
    let mut run = Run {
        replay: Replay::new(pacers),
        sketch: options.report.is_some().then(ChartData::default),
        bad_rows: Vec::new(),
        skipped: 0,
        means: 0,
    };
    let bar = (!options.quiet && io::stderr().is_terminal()).then(|| progress_bar(size));
    let mut turns = 0_u32;
    loop {
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(ROWS_PER_LOOK) {
            if stop.load(Ordering::Relaxed) {
                let rows = count_of(run.replay.rows(), "row");
                console.error(&format!(
                    "interrupted after {rows}; nothing is kept of them"
                ));
                return Ok(Ended::Interrupted);
            }
            if let Some(bar) = &bar {
                bar.set_position(history.bytes());
            }
        }
        let writer = output.as_mut().map(|(_, writer)| writer);
        let bad = match history.next_row() {
            Ok(None) => break,
            Ok(Some(row)) => match run.row(&row, writer)? {
                Ok(()) => continue,
                Err(not_later) => explain(&row, not_later),
            },
            Err(RowError::Bad(bad)) => *bad,
            Err(RowError::Unreadable(error)) => return Err(at_source(error).into()),
        };
        if options.on_bad_row == OnBadRow::Fail {
            return Err(InputError(format!(
                "{source}:{}: {bad}; --on-bad-row skip leaves such rows out",
                bad.line
            ))
            .into());
        }
        run.skipped += 1;
        if run.bad_rows.len() < LISTED_MAX {
            run.bad_rows.push(bad);
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if run.replay.rows() == 0 {
        let rows = match run.skipped {
            0 => "no rows".to_owned(),
            n => format!("no usable rows, and {}", count_of(n, "bad one")),
        };
        let first = run.bad_rows.first();
        let first = first.map_or(String::new(), |bad| format!("; line {}: {bad}", bad.line));
        return Err(InputError(format!("{source}: it has {rows}{first}")).into());
    }
    if let Some((path, writer)) = output {
        writer
            .finish()
            .and_then(Draft::publish)
            .with_context(|| cannot_write(path))?;
    }
    run.warn_of_sparse_rows(*console);
    run.print(options, &source, *console)?;
    Ok(Ended::Done)
}

/// What is known so far.
struct Run {
    replay: Replay,
    sketch: Option<ChartData>,
    bad_rows: Vec<BadRow>,
    skipped: u64,
    means: u64,
}

impl Run {
    fn row(
        &mut self,
        row: &HistoryRow,
        mut writer: Option<&mut DecisionWriter<Draft>>,
    ) -> Result<Result<(), NotLater>> {
        let mut written = Ok(());
        let mut first = None;
        let taken = self.replay.add_row(row, |pacer, decision| {
            if let Some(writer) = &mut writer
                && written.is_ok()
            {
                written = writer.add(pacer, decision, row);
            }
            if pacer == 0 && self.sketch.is_some() {
                first = Some(decision.clone());
            }
        });
        written.context("cannot write the decisions")?;
        let campaign = match taken {
            Ok(campaign) => campaign,
            Err(not_later) => return Ok(Err(not_later)),
        };
        if let (Some(sketch), Some(decision)) = (&mut self.sketch, &first) {
            sketch.add(campaign, row, decision);
        }
        let is_mean = matches!(row.poll, Some(poll) if matches!(poll.available, AvailableAgents::WindowMean(_)));
        self.means += u64::from(is_mean);
        Ok(Ok(()))
    }

    /// Where the rows are further apart than polls, samples are dropped before the window is full.
    fn warn_of_sparse_rows(&self, console: Console) {
        let total = self.replay.total(0);
        let campaigns = self.replay.campaigns().len() as u64;
        let gap_millis = total
            .covered_millis
            .checked_div(total.rows.saturating_sub(campaigns));
        let limits = self.replay.pacers().first().map(Pacer::limits);
        let (Some(gap_millis), Some(limits)) = (gap_millis, limits) else {
            return;
        };
        let Some(age_max) = limits.guards.max_sample_age else {
            return;
        };
        let span = Duration::from_millis(gap_millis.saturating_mul(limits.window as u64 - 1));
        if span > age_max {
            console.tell(&Notice::SparseHistory {
                gap_secs: gap_millis / 1_000,
                window: limits.window,
                age_max,
            });
        }
    }

    fn print(&self, options: &BacktestArgs, source: &str, console: Console) -> Result<()> {
        let replayed = BacktestResults {
            source,
            replay: &self.replay,
            bad_rows: &self.bad_rows,
            skipped: self.skipped,
            means: self.means,
        };
        if let (Some(path), Some(sketch)) = (&options.report, &self.sketch) {
            let page = report::html(&replayed, sketch);
            files::publish(path, page.as_bytes()).with_context(|| cannot_write(path))?;
        }
        let text = match options.format {
            SummaryFormat::Json => report::json(&replayed),
            SummaryFormat::Table => report::table(&replayed),
        };
        console.data(text.trim_end())?;
        Ok(())
    }
}

fn pacers(layers: &Layers) -> Result<Vec<Pacer>> {
    let bands = layers.bands()?;
    let interval = layers.interval()?.unwrap_or(INTERVAL);
    let mut pacers = Vec::new();
    for policy in layers.live_policies()? {
        for band in &bands {
            pacers.push(layers.pacer(policy, *band, interval)?);
        }
    }
    Ok(pacers)
}

/// The file, or stdin, and its size where it has one.
fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), InputError> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let refuse = |problem: String| InputError(format!("{}: {problem}", path.display()));
    let cannot = |error: io::Error| refuse(format!("it cannot be read: {error}"));
    let file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_dir() {
        return Err(refuse("it is a folder; expected a file".to_owned()));
    }
    let size = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(file), size))
}

fn output(path: &Path, input: &Path, pacers: &[Pacer]) -> Result<DecisionWriter<Draft>> {
    let refuse = |problem: &str| InputError(format!("--output {}: {problem}", path.display()));
    let format = match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => DecisionFormat::Csv,
        Some("ndjson" | "jsonl") => DecisionFormat::Ndjson,
        _ => return Err(refuse("its name must end in .csv or .ndjson").into()),
    };
    let same = |a: &Path, b: &Path| matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b);
    if same(path, input) {
        return Err(refuse("it is the file that is read; name another").into());
    }
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(refuse("it is not a regular file; name another").into());
    }
    let draft = Draft::create(path).with_context(|| cannot_write(path))?;
    Ok(DecisionWriter::new(draft, format, pacers))
}

fn explain(row: &HistoryRow, not_later: NotLater) -> BadRow {
    let (at, previous) = (rfc3339(row.at), rfc3339(not_later.previous_at));
    let of = match row.campaign_id {
        "" => String::new(),
        id => format!(" of campaign {id}"),
    };
    let expected = if row.at == not_later.previous_at {
        format!(
            "the row{of} at line {} has the same time, and one of them is enough",
            not_later.previous_line
        )
    } else {
        format!(
            "the row{of} before it, at line {}, is of {previous}; sort the file by time",
            not_later.previous_line
        )
    };
    BadRow {
        line: row.line,
        field: Some(BadField {
            column: "timestamp".to_owned(),
            value: at,
        }),
        expected,
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

fn progress_bar(size: Option<u64>) -> indicatif::ProgressBar {
    let (bar, style) = match size {
        Some(size) => (
            indicatif::ProgressBar::new(size),
            "{bar:30} {bytes} of {total_bytes}, {eta} left",
        ),
        None => (indicatif::ProgressBar::new_spinner(), "{spinner} {bytes}"),
    };
    match indicatif::ProgressStyle::with_template(style) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Bad rows that are listed.
const LISTED_MAX: usize = 10;
/// Rows between two looks at signals and the progress bar.
const ROWS_PER_LOOK: u32 = 4_096;
