//! Many replications of many settings, on every core, with common random numbers.

use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde::{Deserialize, Serialize};

use super::controller::{Controller, Feed, Paced, Placing, Reference};
use super::figures::Figures;
use super::scenario::Scenario;
use super::statistics::Estimate;
use super::world::simulate;
use crate::pacing::Pacer;

/// What is simulated: each point as often as there are replications. A replication has the same
/// calls and agents at every point, so that points can be compared pair by pair.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The world.
    pub scenario: Scenario,
    /// The seed of all draws.
    pub seed: u64,
    /// Replications of each point.
    pub replications: u32,
    /// The settings to compare.
    pub points: Vec<Point>,
    /// Which of them the others are compared with: the current settings, or the first.
    pub baseline: usize,
}

/// One setting.
#[derive(Clone, Debug)]
pub struct Point {
    /// The policy's name.
    pub policy: String,
    /// SLA threshold.
    pub sla_threshold: f64,
    /// Tolerance margin.
    pub tolerance_margin: f64,
    /// What drives the dialer; `None` for a reference dialer.
    pub pacer: Option<Pacer>,
    /// How the reference dialer places calls, where there is no pacer.
    pub placing: Placing,
    /// What the pacer is told.
    pub feed: Feed,
}

/// One replication of one point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Number of the cell: point × replications + replication.
    pub cell: usize,
    /// Its figures.
    pub figures: Figures,
}

/// The replications of one point, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Talk and wrap-up ÷ logged-in time without breaks.
    pub occupancy: Estimate,
    /// Abandoned ÷ (connected + abandoned).
    pub abandonment_rate: Estimate,
    /// Live calls that reached an agent, per agent and hour.
    pub connects_per_agent_hour: Estimate,
    /// Idle time before each of them, seconds.
    pub idle_wait_secs: Estimate,
    /// Calls per minute.
    pub dial_rate: Estimate,
    /// Changes of the dial rate.
    pub rate_changes_per_hour: Estimate,
    /// Dial rates sent.
    pub patches_per_hour: Estimate,
    /// Records made.
    pub exports_per_hour: Estimate,
    /// Share of intervals outside the SLA band.
    pub outside_sla_band: Estimate,
    /// Worst half hour.
    pub worst_half_hour_abandonment: Estimate,
    /// Share of replications above the limit.
    pub above_limit: f64,
    /// Calls placed in all replications.
    pub calls_dialed: f64,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            policy,
            sla_threshold,
            tolerance_margin,
            ..
        } = self;
        write!(f, "{policy} with SLA {sla_threshold} ± {tolerance_margin}")
    }
}

impl Plan {
    /// How many cells there are.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.points.len() * self.replications as usize
    }

    /// Simulates every cell for which `wanted` holds, on `jobs` threads, until `stop` is set.
    /// `one_done` is called after each. The cells come in order, whatever the number of threads.
    pub fn run(
        &self,
        jobs: usize,
        wanted: &(dyn Fn(usize) -> bool + Sync),
        one_done: &(dyn Fn() + Sync),
        stop: &AtomicBool,
    ) -> Vec<Cell> {
        let next = AtomicUsize::new(0);
        let cells = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..jobs.max(1) {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let cell = next.fetch_add(1, Ordering::Relaxed);
                        if cell >= self.cells() {
                            break;
                        }
                        if wanted(cell) {
                            own.extend(self.simulate(cell));
                            one_done();
                        }
                    }
                    cells
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .append(&mut own);
                });
            }
        });
        let mut cells = cells.into_inner().unwrap_or_else(PoisonError::into_inner);
        cells.sort_by_key(|cell: &Cell| cell.cell);
        cells
    }

    fn simulate(&self, cell: usize) -> Option<Cell> {
        let replications = self.replications as usize;
        let point = self.points.get(cell / replications)?;
        let replication = u32::try_from(cell % replications).ok()?;
        let of = |controller: &mut dyn Controller| {
            simulate(&self.scenario, controller, self.seed, replication)
        };
        let figures = match &point.pacer {
            Some(pacer) => of(&mut Paced::new(pacer, point.feed)),
            None => of(&mut Reference(point.placing)),
        };
        Some(Cell { cell, figures })
    }

    /// A figure of one point less that of another, replication by replication.
    #[must_use]
    pub fn paired(
        &self,
        cells: &[Cell],
        a: usize,
        b: usize,
        figure: fn(&Figures) -> f64,
    ) -> Estimate {
        let of = |point: usize| {
            cells
                .chunks(self.replications as usize)
                .nth(point)
                .unwrap_or_default()
        };
        let pairs = of(a).iter().zip(of(b));
        let differences: Vec<f64> = pairs
            .map(|(a, b)| figure(&a.figures) - figure(&b.figures))
            .collect();
        Estimate::of(&differences)
    }

    /// Sums up all cells, which must be complete and in order, against an abandonment limit.
    #[must_use]
    pub fn summaries(&self, cells: &[Cell], limit: f64) -> Vec<Summary> {
        cells
            .chunks(self.replications as usize)
            .map(|cells| Summary::of(cells, limit))
            .collect()
    }
}

impl Summary {
    fn of(cells: &[Cell], limit: f64) -> Self {
        let estimate = |figure: fn(&Figures) -> f64| {
            let values: Vec<f64> = cells.iter().map(|cell| figure(&cell.figures)).collect();
            Estimate::of(&values)
        };
        let above = |cell: &&Cell| cell.figures.abandonment_rate > limit;
        #[expect(clippy::cast_precision_loss, reason = "counts of replications")]
        let above_limit = cells.iter().filter(above).count() as f64 / cells.len().max(1) as f64;
        Self {
            occupancy: estimate(|f| f.occupancy),
            abandonment_rate: estimate(|f| f.abandonment_rate),
            connects_per_agent_hour: estimate(|f| f.connects_per_agent_hour),
            idle_wait_secs: estimate(|f| f.idle_wait_secs),
            dial_rate: estimate(|f| f.dial_rate),
            rate_changes_per_hour: estimate(|f| f.rate_changes_per_hour),
            patches_per_hour: estimate(|f| f.patches_per_hour),
            exports_per_hour: estimate(|f| f.exports_per_hour),
            outside_sla_band: estimate(|f| f.outside_sla_band),
            worst_half_hour_abandonment: estimate(|f| f.worst_half_hour_abandonment),
            above_limit,
            calls_dialed: cells.iter().map(|cell| cell.figures.calls_dialed).sum(),
        }
    }
}
