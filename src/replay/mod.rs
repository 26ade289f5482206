//! Exported rows through the pacer, each campaign with a state of its own.
//!
//! A row travels like this:
//!
//! 1. [`Replay::add_row`] takes a [`HistoryRow`] and finds its [`ReplayedCampaign`] by the number.
//! 2. `sample` makes the sample that the pacer would have seen; a row without metrics has none.
//! 3. [`Pacer::step`] decides at the row's time, and the decision counts as applied.
//! 4. [`ReplayTotals`] add the decision up and keep the largest [`Difference`]s from history.
//! 5. The caller hears each decision: it writes them to a file, or adds them to [`ChartData`].
//!
//! A replay shows decisions, not outcomes: the metrics of the rows followed from the dial rates of
//! that time, not from those decided here.

mod campaign;
mod chart_data;
mod differences;
mod downsampled;
mod sample;
mod sparse_rows;
mod totals;

use std::cmp::Reverse;

use crate::history::HistoryRow;
use crate::pacing::{Decision, Pacer};

pub use campaign::ReplayedCampaign;
pub use chart_data::{ChartData, HourOfWeek, RateSeries};
pub use differences::Difference;
pub use downsampled::{Bucket, DownsampledSeries, RateAt};
pub use sparse_rows::SparseRows;
pub use totals::ReplayTotals;

/// A replay of one history through several pacers at once.
pub struct Replay {
    pacers: Vec<Pacer>,
    campaigns: Vec<ReplayedCampaign>,
    rows: u64,
    failed_polls: u64,
}

impl Replay {
    /// A replay without rows yet.
    #[must_use]
    pub fn new(pacers: Vec<Pacer>) -> Self {
        Self {
            campaigns: Vec::new(),
            pacers,
            rows: 0,
            failed_polls: 0,
        }
    }

    /// Steps every pacer with one row. `on_decision` gets each decision with the number of its
    /// pacer. The rows of a campaign come in the order of time.
    pub fn add_row(&mut self, row: &HistoryRow, mut on_decision: impl FnMut(usize, &Decision)) {
        if row.campaign == self.campaigns.len() {
            let campaign = ReplayedCampaign::new(row, self.pacers.len());
            self.campaigns.push(campaign);
        }
        let Some(campaign) = self.campaigns.get_mut(row.campaign) else {
            return;
        };
        let previous_at = campaign.begin_row(row);
        self.rows += 1;
        self.failed_polls += u64::from(row.poll.is_none());
        let runs = campaign.states.iter_mut().zip(&mut campaign.totals);
        for (n, (pacer, (state, totals))) in self.pacers.iter().zip(runs).enumerate() {
            let window = &mut state.window;
            let sample = row
                .poll
                .as_ref()
                .map(|poll| sample::from_poll(poll, row.at, pacer.limits(), window));
            let decision = pacer.step(state, sample, row.at);
            state.applied = decision.setpoint;
            totals.add(&decision, row, previous_at);
            on_decision(n, &decision);
        }
    }

    /// The pacers.
    #[must_use]
    pub fn pacers(&self) -> &[Pacer] {
        &self.pacers
    }

    /// The campaigns, in the order of their first rows.
    #[must_use]
    pub fn campaigns(&self) -> &[ReplayedCampaign] {
        &self.campaigns
    }

    /// Rows replayed.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Of these, rows whose poll failed.
    #[must_use]
    pub fn failed_polls(&self) -> u64 {
        self.failed_polls
    }

    /// Totals of one pacer over all campaigns.
    #[must_use]
    pub fn total(&self, pacer: usize) -> ReplayTotals {
        let totals = self.campaigns().iter().filter_map(|c| c.totals.get(pacer));
        totals.fold(ReplayTotals::default(), ReplayTotals::plus)
    }

    /// The largest differences between the decisions of one pacer and history, each with the id
    /// of its campaign, the largest first; at most one for each hour of a campaign.
    #[must_use]
    pub fn largest_differences(&self, pacer: usize) -> Vec<(&str, Difference)> {
        let mut largest: Vec<(&str, Difference)> = Vec::new();
        for campaign in self.campaigns() {
            let totals = campaign.totals.get(pacer);
            let own = totals.map(ReplayTotals::largest_differences);
            let own = own.unwrap_or_default().into_iter();
            largest.extend(own.map(|difference| (&*campaign.id, difference)));
        }
        largest.sort_by_key(|(_, difference)| (Reverse(difference.size()), difference.line));
        largest.truncate(differences::KEPT);
        largest
    }
}
