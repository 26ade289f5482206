//! A live campaign that is set up: its cycles, its counters, and its exchanges.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::cycle::Cycle;
use super::outcome::CycleReport;
use super::state::{Counters, State};
use super::store::StateError;
use crate::base::clock::{Deadline, SystemClock};
use crate::base::notice::{Notice, Notices};
use crate::http::Connections;
use crate::pacing::{Action, Reason, Setpoint};
use crate::platform::sandbox::Sandbox;
use crate::sim::Figures;
use crate::warehouse::Warehouse;

/// A campaign that is ready for its cycles.
pub struct Live<'a> {
    pub(super) cycle: Cycle<'a>,
    /// Its name, where there are several.
    pub name: Option<&'a str>,
    pub(super) account: Arc<dyn Connections>,
    pub(super) sandbox: Option<&'a Sandbox>,
    /// Time from one cycle to the next.
    pub interval: Duration,
    /// Deadline of the first cycle, counted from the start of the run.
    pub deadline: Deadline<'a>,
    /// The metrics file, if any.
    pub metrics_file: Option<&'a Path>,
    pub(super) retries: &'a AtomicU64,
}

impl Live<'_> {
    /// Reads the state for the cycles to come.
    pub fn load(&self) -> Result<State, StateError> {
        self.cycle.load(self.deadline.clock())
    }

    /// Runs one cycle.
    pub fn run(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        let report = self.cycle.run(state, deadline);
        if self.sandbox.is_some_and(Sandbox::was_begun_anew) {
            self.cycle.notices.tell(&Notice::SandboxBegunAnew);
        }
        report
    }

    /// Counts a cycle in the state and saves it before the counters are published.
    pub fn count(&self, state: &mut State, report: &CycleReport) -> Result<Counters, StateError> {
        let counters = state.counters.get_or_insert_default();
        counters.retries += self.retries.swap(0, Ordering::Relaxed);
        counters.exported += report.exported as u64;
        counters.refused += report.refused as u64;
        match report.action() {
            _ if report.error.is_some() => counters.failed += 1,
            Action::Adjust => counters.adjusted += 1,
            Action::Hold => counters.held += 1,
            Action::Stop => counters.stopped += 1,
            Action::Safe => counters.safe += 1,
        }
        if report.error.is_none() {
            counters.succeeded_at = Some(report.decision.at);
        }
        let counters = *counters;
        self.cycle.store.save(state)?;
        Ok(counters)
    }

    /// Lowers the lever as a run ends, if it is above `setpoint`: within `limit`, also where its
    /// exchanges were aborted.
    pub fn lower_to(
        &self,
        state: &mut State,
        setpoint: Setpoint,
        reason: Reason,
        limit: Duration,
    ) -> CycleReport {
        let clock = SystemClock::start();
        let deadline = Deadline::after(&clock, limit);
        self.account.reopen();
        let report = self.cycle.lower_to(state, setpoint, reason, &deadline);
        if report.error.is_none() || deadline.remaining().is_zero() {
            return report;
        }
        // An abort that was due just then met this exchange instead of the one that hung.
        self.account.reopen();
        self.cycle.lower_to(state, setpoint, reason, &deadline)
    }

    /// What it is called in messages.
    #[must_use]
    pub fn label(&self) -> String {
        let name = self.name.map(str::to_owned);
        name.unwrap_or_else(|| self.cycle.subject.id())
    }

    /// The parts of its cycle.
    #[must_use]
    pub fn cycle(&self) -> &Cycle<'_> {
        &self.cycle
    }

    /// Results of the sandbox's campaign during this run.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        self.sandbox.map(Sandbox::figures)
    }

    /// Its HTTP exchanges, which another thread may abort.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Arc<dyn Connections>> {
        let account = Some(Arc::clone(&self.account));
        let warehouse = self.cycle.warehouse.and_then(Warehouse::connections);
        account.into_iter().chain(warehouse).collect()
    }
}

/// The notices of one campaign: counts retries, and passes each notice on with its name.
pub(super) struct CampaignNotices<'a> {
    notices: &'a dyn Notices,
    campaign: String,
    pub(super) retries: AtomicU64,
}

impl<'a> CampaignNotices<'a> {
    pub(super) fn new(notices: &'a dyn Notices, campaign: String) -> Self {
        Self {
            notices,
            campaign,
            retries: AtomicU64::new(0),
        }
    }
}

impl Notices for CampaignNotices<'_> {
    fn tell(&self, notice: &Notice) {
        if matches!(notice, Notice::Retry { .. }) {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        self.notices.tell_of(&self.campaign, notice);
    }
}
