//! One run over all rows of a file, and what it has found so far.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Result;
use jiff::tz::TimeZone;

use super::args::BacktestArgs;
use super::output::DecisionFile;
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices};
use crate::base::swept::SweptValues;
use crate::commands::history_file::HistoryFile;
use crate::commands::interrupt::Ended;
use crate::history::AvailableAgents;
use crate::pacing::Pacer;
use crate::replay::{ChartData, Replay};
use crate::report::Console;
use crate::report::backtest::BacktestResults;

pub(super) struct BacktestRun<'a> {
    history: HistoryFile,
    /// Name of the zone of hours of the day.
    zone_name: String,
    replay: Replay,
    /// Values of the swept settings of each pacer.
    swept: Vec<SweptValues>,
    output: Option<DecisionFile<'a>>,
    /// Charts of the first pacer, where a report is wanted.
    pub(super) chart_data: Option<ChartData>,
    means: u64,
}

impl<'a> BacktestRun<'a> {
    pub(super) fn new(
        options: &BacktestArgs,
        history: HistoryFile,
        (pacers, swept): (Vec<Pacer>, Vec<SweptValues>),
        output: Option<DecisionFile<'a>>,
        zone: Option<(String, TimeZone)>,
    ) -> Self {
        let (zone_name, zone) = zone.unwrap_or_else(|| ("UTC".to_owned(), TimeZone::UTC));
        Self {
            history,
            replay: Replay::new(pacers),
            swept,
            output,
            chart_data: options.report.is_some().then(|| ChartData::in_zone(zone)),
            zone_name,
            means: 0,
        }
    }

    /// Replays every row. It is an error if there is none that can be used.
    pub(super) fn replay_all(&mut self, stop: &AtomicBool) -> Result<Ended> {
        let Self {
            history,
            replay,
            output,
            chart_data,
            means,
            ..
        } = self;
        let source = history.source.clone();
        history.for_each_row(stop, |row| {
            let mut written = Ok(());
            replay.add_row(row, |pacer, decision| {
                if let Some(output) = output
                    && written.is_ok()
                {
                    written = output.add(pacer, decision, row);
                }
                if let Some(data) = chart_data
                    && pacer == 0
                {
                    data.add(row, decision);
                }
            });
            written?;
            check_memory(&source, replay)?;
            let available = row.poll.map(|poll| poll.available);
            *means += u64::from(matches!(available, Some(AvailableAgents::WindowMean(_))));
            Ok(())
        })
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
            source: &self.history.source,
            zone_name: &self.zone_name,
            replay: &self.replay,
            swept: &self.swept,
            bad_rows: &self.history.bad_rows,
            skipped: self.history.skipped,
            means: self.means,
        }
    }
}

/// Refuses a file with more campaigns than fit into memory, each with a pacer for each setting.
fn check_memory(source: &str, replay: &Replay) -> Result<(), InputError> {
    let (campaigns, pacers) = (replay.campaigns().len(), replay.pacers());
    let window = pacers.first().map_or(0, |pacer| pacer.limits().window);
    if campaigns * pacers.len() * (window + PACER_SAMPLES) <= SAMPLES_MAX {
        return Ok(());
    }
    Err(InputError(format!(
        "{source}: {campaigns} campaigns or more with {} settings and a --window of {window} do not fit into memory: is campaignId the right column? Or replay fewer settings or campaigns at once",
        pacers.len()
    )))
}

/// Samples of all windows in memory, some 48 bytes each: half a gigabyte.
const SAMPLES_MAX: usize = 10_000_000;
/// The size of a pacer besides its window, in samples.
const PACER_SAMPLES: usize = 20;
