//! A file of history that a command reads: its rows, its bad rows, the progress shown meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use super::interrupt::Ended;
use super::progress::Progress;
use super::reading_args::{OnBadRow, ReadingArgs};
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices as _};
use crate::base::{shell, visible};
use crate::config::{Layers, scenario_file};
use crate::history::{BadRow, HistoryReader, HistoryRow, RowError};
use crate::report::Console;
use crate::report::counts::count_of;

/// A file of history, open for reading.
pub(super) struct HistoryFile {
    /// Name of the file, or `-`.
    pub(super) source: String,
    /// The first bad rows.
    pub(super) bad_rows: Vec<BadRow>,
    /// Number of all bad rows, which were left out.
    pub(super) skipped: u64,
    skips_bad_rows: bool,
    reader: HistoryReader,
    rows: u64,
    progress: Progress,
    console: Console,
}

impl HistoryFile {
    /// Opens the file, or standard input.
    pub(super) fn open(args: &ReadingArgs, layers: &Layers, console: Console) -> Result<Self> {
        let options = args.options(layers)?;
        let source = visible::line(&args.file.display().to_string()).into_owned();
        let named = |error: InputError| InputError(format!("{source}: {error}"));
        let (bytes, size) = bytes(args).map_err(named)?;
        let reader = HistoryReader::open(bytes, &options).map_err(|error| {
            let scenario = args.path().and_then(|path| scenario_instead(path, layers));
            scenario.unwrap_or_else(|| named(error))
        })?;
        Ok(Self {
            source,
            bad_rows: Vec::new(),
            skipped: 0,
            skips_bad_rows: args.on_bad_row == OnBadRow::Skip,
            reader,
            rows: 0,
            progress: Progress::new(console.quiet, size),
            console,
        })
    }

    /// Gives every row that can be used to `take`. It is an error if there is none. `stop` is set
    /// from outside to end it early.
    pub(super) fn for_each_row(
        &mut self,
        stop: &AtomicBool,
        mut take: impl FnMut(&HistoryRow) -> Result<()>,
    ) -> Result<Ended> {
        let mut turns = 0_u32;
        loop {
            turns = turns.wrapping_add(1);
            if turns.is_multiple_of(ROWS_PER_LOOK) {
                if stop.load(Ordering::Relaxed) {
                    let rows = count_of(self.rows, "row");
                    let console = self.console;
                    console.error(&format!("interrupted after {rows}; nothing was written"));
                    return Ok(Ended::Interrupted);
                }
                self.progress.show(self.reader.bytes());
            }
            match self.reader.next_row() {
                Ok(None) => break,
                Ok(Some(row)) => {
                    take(&row)?;
                    self.rows += 1;
                }
                Err(RowError::Bad(bad)) => self.add_bad_row(*bad)?,
                Err(RowError::Unreadable(error)) => {
                    return Err(InputError(format!("{}: {error}", self.source)).into());
                }
            }
        }
        self.progress.finish();
        self.tell();
        if self.rows == 0 {
            return Err(self.no_rows().into());
        }
        Ok(Ended::Done)
    }

    /// Tells what was found in the file besides its rows.
    fn tell(&self) {
        for doubt in self.reader.warnings() {
            let source = self.source.clone();
            self.console.tell(&Notice::HistoryDoubt { source, doubt });
        }
        let told = self.reader.told();
        if !told.is_empty() {
            let source = self.source.clone();
            self.console.tell(&Notice::HistoryRead { source, told });
        }
    }

    /// Skips a bad row, or refuses the file.
    fn add_bad_row(&mut self, bad: BadRow) -> Result<(), InputError> {
        if !self.skips_bad_rows {
            // Of no use where the next row is as bad.
            let helps = self.rows > 0 || matches!(self.reader.next_row(), Ok(Some(_)));
            let hint = if helps {
                "; --on-bad-row skip leaves such rows out"
            } else {
                ""
            };
            return Err(InputError(format!(
                "{}:{}: {bad}{hint}",
                self.source, bad.line
            )));
        }
        self.skipped += 1;
        if self.bad_rows.len() < LISTED_MAX {
            self.bad_rows.push(bad);
        }
        Ok(())
    }

    fn no_rows(&self) -> InputError {
        let rows = match self.skipped {
            0 => "no rows".to_owned(),
            n => format!("no usable rows and {}", count_of(n, "bad row")),
        };
        let first = self.bad_rows.first();
        let first = first.map_or(String::new(), |bad| format!("; line {}: {bad}", bad.line));
        InputError(format!("{}: it has {rows}{first}", self.source))
    }
}

/// The error for a scenario, or other TOML, where a file of history belongs.
fn scenario_instead(path: &Path, layers: &Layers) -> Option<InputError> {
    // A pipe has been read.
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    if !is_file {
        return None;
    }
    let name = path.display().to_string();
    if scenario_file::read(path, layers.patience()).is_ok() {
        return Some(InputError(format!(
            "{name} is a scenario, not exported history: `dialpace simulate {}`",
            shell::word(&name)
        )));
    }
    let is_toml = path.extension().is_some_and(|end| end == "toml");
    is_toml.then(|| {
        InputError(format!(
            "{name} is a TOML file, not exported history; settings are given with --config {}",
            shell::word(&name)
        ))
    })
}

/// The bytes of the file or of standard input, and their number where it is known.
fn bytes(args: &ReadingArgs) -> Result<(Box<dyn Read + Send>, Option<u64>), InputError> {
    let Some(path) = args.path() else {
        return Ok((Box::new(io::stdin()), None));
    };
    let cannot_read = |error: io::Error| InputError(format!("it cannot be read: {error}"));
    let file = File::open(path).map_err(cannot_read)?;
    let metadata = file.metadata().map_err(cannot_read)?;
    if metadata.is_dir() {
        return Err(InputError("it is a folder; expected a file".to_owned()));
    }
    let size = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(file), size))
}

/// Bad rows that are listed; `report::backtest` says "the first ten".
const LISTED_MAX: usize = 10;
/// Rows between two looks at the interrupt and the progress bar: a few milliseconds.
const ROWS_PER_LOOK: u32 = 4_096;
