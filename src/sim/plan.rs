//! A plan: many replications of many variants, on every core, with common random numbers.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::controller::{Controller, PacerController, ReferenceDialer, Telemetry, TraceRow};
use super::figures::Figures;
use super::over_time::{OverTime, Watched};
use super::results::{BaselineIs, Replication, Results, VariantResults};
use super::scenario::{LocalTime, Scenario};
use super::standing::{LivePlatform, Standing};
use super::world::simulate;
use crate::base::swept::SweptValues;
use crate::pacing::{Band, CallingHours, Pacer, Policy, Unit};

/// A comparison of variants. A replication has the same calls and agents in every variant, so that
/// variants can be compared replication by replication.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The world.
    pub scenario: Scenario,
    /// The seed of all draws.
    pub seed: u64,
    /// Replications of each variant.
    pub replications: u32,
    /// The variants to compare.
    pub variants: Vec<Variant>,
    /// The variant that the others are compared with.
    pub baseline: usize,
    /// What that variant is to the user.
    pub baseline_is: BaselineIs,
}

/// One combination of settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The policy's name.
    pub policy: String,
    /// The SLA band, which a reference dialer does not use.
    pub band: Band,
    /// Values of swept settings that tell it from the others.
    pub swept: SweptValues,
    /// The driver of the dialer.
    pub driver: Driver,
}

/// The driver of the simulated dialer.
#[derive(Clone, Debug, PartialEq)]
pub enum Driver {
    /// A pacer, which sets a dial rate at each poll.
    Pacer {
        /// The pacer.
        pacer: Pacer,
        /// The metrics that it gets.
        telemetry: Telemetry,
    },
    /// A reference dialer.
    Reference(ReferenceDialer),
}

impl Driver {
    /// Where it can be run as it is simulated.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let Self::Pacer { pacer, telemetry } = self else {
            return Standing::Reference;
        };
        let uses_more = matches!(pacer.policy(), Policy::Predictive(_));
        match pacer.limits().actuator.unit {
            Unit::CallsPerAgent => Standing::RunsOn(LivePlatform::Skills),
            Unit::CallsPerMinute if uses_more && *telemetry == Telemetry::Full => {
                Standing::ToldMore
            }
            Unit::CallsPerMinute => Standing::RunsOn(LivePlatform::CampaignApi),
        }
    }

    /// The figures of a run that its controller drives, from a local time on.
    fn control(
        &self,
        start: LocalTime,
        run: impl FnOnce(&mut dyn Controller) -> Figures,
    ) -> Figures {
        match self {
            Self::Pacer { pacer, telemetry } => {
                run(&mut PacerController::new(pacer, *telemetry).starting(start))
            }
            Self::Reference(dialer) => run(&mut { *dialer }),
        }
    }
}

impl Plan {
    /// Replications of all variants together.
    #[must_use]
    pub fn len(&self) -> usize {
        self.variants.len() * self.replications as usize
    }

    /// The calling hours, which all pacers share, if there are any.
    #[must_use]
    pub fn hours(&self) -> Option<&CallingHours> {
        self.variants
            .iter()
            .find_map(|variant| match &variant.driver {
                Driver::Pacer { pacer, .. } => pacer.hours(),
                Driver::Reference(_) => None,
            })
    }

    /// True where there is nothing to simulate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Simulates every replication whose index is `wanted`, on `jobs` threads, until `stop` is set.
    /// `one_done` is called after each. They come in order, whatever the number of threads.
    pub fn run(
        &self,
        jobs: usize,
        wanted: &(dyn Fn(usize) -> bool + Sync),
        one_done: &(dyn Fn() + Sync),
        stop: &AtomicBool,
    ) -> Vec<Replication> {
        let one = |index| {
            let done = wanted(index).then(|| self.simulate(index)).flatten();
            if done.is_some() {
                one_done();
            }
            done
        };
        let mut done = on_threads(jobs, self.len(), &one, stop);
        done.sort_by_key(|replication: &Replication| replication.index);
        done
    }

    /// The first replications of a variant over time, at most twenty of them, on `jobs`
    /// threads, until `stop` is set; `None` for a variant that there is not.
    pub fn over_time(&self, variant: usize, jobs: usize, stop: &AtomicBool) -> Option<OverTime> {
        let variant = self.variants.get(variant)?;
        let scenario = &self.scenario;
        let span_secs = OverTime::span_secs(scenario.hours, scenario.interval_secs);
        let one = |replication: usize| {
            let number = u32::try_from(replication).ok()?;
            let mut spans = Vec::new();
            variant.driver.control(self.scenario.start, |controller| {
                let mut watched = Watched::new(controller, span_secs, scenario.hours);
                let figures = simulate(scenario, &mut watched, self.seed, number);
                spans = watched.into_spans();
                figures
            });
            Some((replication, spans))
        };
        let runs = self.replications.min(RUNS_DRAWN) as usize;
        let mut runs = on_threads(jobs, runs, &one, stop);
        runs.sort_by_key(|(replication, _)| *replication);
        Some(OverTime {
            span_secs,
            runs: runs.into_iter().map(|(_, spans)| spans).collect(),
        })
    }

    /// The first replication of the first variant, interval by interval; `None` for a reference
    /// dialer, which is not polled.
    #[must_use]
    pub fn trace(&self) -> Option<(&Pacer, Vec<TraceRow>)> {
        let Driver::Pacer { pacer, telemetry } = &self.variants.first()?.driver else {
            return None;
        };
        let controller = PacerController::traced(pacer, *telemetry);
        let mut controller = controller.starting(self.scenario.start);
        simulate(&self.scenario, &mut controller, self.seed, 0);
        Some((pacer, controller.into_trace()))
    }

    /// The results, of all replications or of some.
    #[must_use]
    pub fn results(&self, replications: &[Replication]) -> Results {
        let variants = self.variants.iter().map(|variant| VariantResults {
            policy: variant.policy.clone(),
            band: variant.band,
            swept: variant.swept.clone(),
            standing: variant.driver.standing(),
            figures: Vec::new(),
        });
        let results = Results {
            scenario: self.scenario.clone(),
            seed: self.seed,
            replications: self.replications,
            variants: variants.collect(),
            baseline: self.baseline,
            baseline_is: self.baseline_is,
            platform: None,
        };
        results.with(replications)
    }

    fn simulate(&self, index: usize) -> Option<Replication> {
        let replications = self.replications as usize;
        let variant = self.variants.get(index / replications)?;
        let replication = u32::try_from(index % replications).ok()?;
        let scenario = &self.scenario;
        let figures = variant.driver.control(scenario.start, |controller| {
            simulate(scenario, controller, self.seed, replication)
        });
        Some(Replication { index, figures })
    }
}

/// What `one` makes of each number below `count`, on `jobs` threads and in no order, until `stop` is
/// set.
fn on_threads<T: Send>(
    jobs: usize,
    count: usize,
    one: &(dyn Fn(usize) -> Option<T> + Sync),
    stop: &AtomicBool,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        let mut own = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            own.extend(one(index));
        }
        done.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .append(&mut own);
    };
    thread::scope(|scope| {
        // This thread is one of them, so that it goes on without any other to be had.
        for _ in 1..jobs {
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Replications that are drawn over time: more look the same.
const RUNS_DRAWN: u32 = 20;
