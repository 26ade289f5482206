//! One run over all rows of a file, and what it has found so far.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::args::{BacktestArgs, OnBadRow};
use super::output::DecisionFile;
use super::progress::Progress;
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices};
use crate::base::timestamp::rfc3339;
use crate::base::visible;
use crate::commands::interrupt::Ended;
use crate::history::{AvailableAgents, BadField, BadRow, HistoryReader, HistoryRow, RowError};
use crate::pacing::Pacer;
use crate::replay::{ChartData, NotLater, Replay};
use crate::report::Console;
use crate::report::backtest::BacktestResults;
use crate::report::counts::count_of;

pub(super) struct BacktestRun<'a> {
    /// Name of the file, or `-`.
    source: String,
    skips_bad_rows: bool,
    replay: Replay,
    output: Option<DecisionFile<'a>>,
    /// Charts of the first pacer, where a report is wanted.
    pub(super) chart_data: Option<ChartData>,
    bad_rows: Vec<BadRow>,
    skipped: u64,
    means: u64,
}

impl<'a> BacktestRun<'a> {
    pub(super) fn new(
        options: &BacktestArgs,
        pacers: Vec<Pacer>,
        output: Option<DecisionFile<'a>>,
    ) -> Self {
        Self {
            source: visible::line(&options.file.display().to_string()).into_owned(),
            skips_bad_rows: options.on_bad_row == OnBadRow::Skip,
            replay: Replay::new(pacers),
            output,
            chart_data: options.report.is_some().then(ChartData::default),
            bad_rows: Vec::new(),
            skipped: 0,
            means: 0,
        }
    }

    /// Replays every row. It is an error if there is none that can be used.
    pub(super) fn replay_all(
        &mut self,
        history: &mut HistoryReader,
        progress: &Progress,
        console: Console,
        stop: &AtomicBool,
    ) -> Result<Ended> {
        let mut turns = 0_u32;
        loop {
            turns = turns.wrapping_add(1);
            if turns.is_multiple_of(ROWS_PER_LOOK) {
                if stop.load(Ordering::Relaxed) {
                    let rows = count_of(self.replay.rows(), "row");
                    console.error(&format!("interrupted after {rows}; nothing was written"));
                    return Ok(Ended::Interrupted);
                }
                progress.show(history.bytes());
            }
            let bad = match history.next_row() {
                Ok(None) => break,
                Ok(Some(row)) => self.add_row(&row)?,
                Err(RowError::Bad(bad)) => Some(*bad),
                Err(RowError::Unreadable(error)) => {
                    return Err(InputError(format!("{}: {error}", self.source)).into());
                }
            };
            if let Some(bad) = bad {
                self.add_bad_row(bad)?;
            }
        }
        progress.finish();
        if self.replay.rows() == 0 {
            return Err(self.no_rows().into());
        }
        Ok(Ended::Done)
    }

    pub(super) fn publish_decisions(&mut self) -> Result<()> {
        match self.output.take() {
            Some(output) => output.publish(),
            None => Ok(()),
        }
    }

    /// Warns where rows are so far apart that samples are dropped before the window is full.
    pub(super) fn warn_of_sparse_rows(&self, console: Console) {
        let total = self.replay.total(0);
        let campaigns = self.replay.campaigns().len() as u64;
        let gaps = total.rows.saturating_sub(campaigns);
        let gap_millis = total.covered_millis.checked_div(gaps);
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

    pub(super) fn results(&self) -> BacktestResults<'_> {
        BacktestResults {
            source: &self.source,
            replay: &self.replay,
            bad_rows: &self.bad_rows,
            skipped: self.skipped,
            means: self.means,
        }
    }

    /// Replays one row. Returns it as a bad row where its time is not later than the row before.
    fn add_row(&mut self, row: &HistoryRow) -> Result<Option<BadRow>> {
        let output = &mut self.output;
        let mut written = Ok(());
        let mut first_decision = None;
        let added = self.replay.add_row(row, |pacer, decision| {
            if let Some(output) = output
                && written.is_ok()
            {
                written = output.add(pacer, decision, row);
            }
            if pacer == 0 && self.chart_data.is_some() {
                first_decision = Some(decision.clone());
            }
        });
        written?;
        self.check_memory()?;
        let campaign = match added {
            Ok(campaign) => campaign,
            Err(not_later) => return Ok(Some(bad_time(row, not_later))),
        };
        if let (Some(data), Some(decision)) = (&mut self.chart_data, &first_decision) {
            data.add(campaign, row, decision);
        }
        let available = row.poll.map(|poll| poll.available);
        let is_mean = matches!(available, Some(AvailableAgents::WindowMean(_)));
        self.means += u64::from(is_mean);
        Ok(None)
    }

    /// Refuses a file with more campaigns than fit into memory, each with a pacer for each setting.
    fn check_memory(&self) -> Result<(), InputError> {
        let (campaigns, pacers) = (self.replay.campaigns().len(), self.replay.pacers());
        let window = pacers.first().map_or(0, |pacer| pacer.limits().window);
        if campaigns * pacers.len() * (window + PACER_SAMPLES) <= SAMPLES_MAX {
            return Ok(());
        }
        Err(InputError(format!(
            "{}: {campaigns} campaigns or more with {} settings and a --window of {window} do not fit into memory: is campaignId the right column? Or replay fewer settings or campaigns at once",
            self.source,
            pacers.len()
        )))
    }

    /// Skips a bad row, or refuses the file.
    fn add_bad_row(&mut self, bad: BadRow) -> Result<(), InputError> {
        if !self.skips_bad_rows {
            return Err(InputError(format!(
                "{}:{}: {bad}; --on-bad-row skip leaves such rows out",
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

#[cold]
fn bad_time(row: &HistoryRow, not_later: NotLater) -> BadRow {
    let (at, previous_at) = (rfc3339(row.at), rfc3339(not_later.previous_at));
    let of = match row.campaign_id {
        "" => String::new(),
        id => format!(" of campaign {id}"),
    };
    let line = not_later.previous_line;
    let expected = if row.at == not_later.previous_at {
        format!("the row{of} at line {line} has the same time; remove one of the two")
    } else {
        format!(
            "the row{of} before it, at line {line}, is later: {previous_at}; sort the file by time"
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

/// Bad rows that are listed; `report::backtest` says "the first ten".
const LISTED_MAX: usize = 10;
/// Rows between two looks at the interrupt and the progress bar: a few milliseconds.
const ROWS_PER_LOOK: u32 = 4_096;
/// Samples of all windows in memory, some 48 bytes each: half a gigabyte.
const SAMPLES_MAX: usize = 10_000_000;
/// The size of a pacer besides its window, in samples.
const PACER_SAMPLES: usize = 20;
