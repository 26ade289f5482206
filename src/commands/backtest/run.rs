//! One run over all rows of a file, and what it has found so far.

use std::sync::atomic::AtomicBool;

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
use crate::report::backtest::BacktestResults;
use crate::report::{Console, MadeBy};

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
    made_by: MadeBy,
}

impl<'a> BacktestRun<'a> {
    pub(super) fn new(
        options: &BacktestArgs,
        history: HistoryFile,
        (pacers, swept): (Vec<Pacer>, Vec<SweptValues>),
        output: Option<DecisionFile<'a>>,
        zone: Option<(String, TimeZone)>,
        made_by: MadeBy,
    ) -> Self {
        let (zone_name, zone) = zone.unwrap_or_else(|| ("UTC".to_owned(), TimeZone::UTC));
        Self {
            history,
            replay: Replay::new(pacers),
            swept,
            output,
            chart_data: options.report.is_some().then(|| ChartData::in_zone(zone)),
            zone_name,
            made_by,
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
        if let Some(sparse) = self.replay.sparse_rows() {
            console.tell(&Notice::SparseHistory {
                gap_secs: sparse.gap_secs,
                window: sparse.window,
                age_max: sparse.age_max,
            });
        }
    }

    pub(super) fn results(&self) -> BacktestResults<'_> {
        BacktestResults {
            source: &self.history.source,
            zone_name: &self.zone_name,
            replay: &self.replay,
            made_by: &self.made_by,
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
