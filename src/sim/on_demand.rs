//! A simulated campaign whose lever is set from outside and whose counts are read at any time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::controller::{Command, Controller, PlatformMetrics};
use super::draws::Streams;
use super::figures::Figures;
use super::scenario::Scenario;
use super::world::{AgentStates, Totals, World};
use crate::pacing::{RatioPosition, Setpoint, Unit};

/// A campaign and the positions of its lever. The world is kept as it was one interval before the
/// last question, and what follows is simulated on a copy, so that a question costs only the time
/// since the last one.
pub struct OnDemandWorld {
    world: World,
    interval_secs: f64,
    /// Positions of the lever that the world has not simulated yet, and since when, s.
    levers: VecDeque<(f64, Lever)>,
    /// Calls that had ended at each step of the world until now.
    marks: Vec<(f64, Totals)>,
}

/// A position of the lever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lever {
    /// Dial rate, calls per minute.
    Rate(u32),
    /// Ratio of a dialer that dials by itself.
    Ratio {
        /// Hundredths of a call per available agent.
        hundredths: u32,
        /// Share of the staffed agents, per cent. While no more are available, one call rings for each.
        overdial_percent: u32,
    },
}

impl OnDemandWorld {
    /// A campaign that begins at 0 s, whose lever has `unit`, and whose figures count from
    /// `counted_from_secs`.
    #[must_use]
    pub fn new(scenario: &Scenario, unit: Unit, seed: u64, counted_from_secs: f64) -> Self {
        let streams = Streams::new(seed, 0);
        let counted = counted_from_secs..f64::INFINITY;
        Self {
            world: World::new(scenario, &NoController(unit), streams, counted).without_polls(),
            interval_secs: scenario.interval_secs,
            levers: VecDeque::new(),
            marks: Vec::new(),
        }
    }

    /// Sets the lever from `at_secs` on. Times come in order.
    pub fn set(&mut self, at_secs: f64, lever: Lever) {
        self.levers.push_back((at_secs, lever));
    }

    /// The metrics of the interval that ends at `now_secs`.
    pub fn metrics(&mut self, now_secs: f64) -> PlatformMetrics {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        let _ = world.end_interval();
        follow(&mut world, &self.levers, now_secs);
        world.end_interval()
    }

    /// The figures until `now_secs`. Those of a controller, such as changes and the SLA band, are 0.
    pub fn figures(&mut self, now_secs: f64) -> Figures {
        self.at(now_secs).figures()
    }

    /// The agents at `now_secs`.
    pub fn agents(&mut self, now_secs: f64) -> AgentStates {
        self.at(now_secs).agents()
    }

    /// The calls that had ended at `at_secs`, exactly or some seconds before: it is a time of the last
    /// interval, or any before that.
    pub fn totals(&mut self, at_secs: f64) -> Totals {
        if at_secs < self.world.now() {
            let marks = self.marks.partition_point(|(at, _)| *at <= at_secs);
            let last = marks.checked_sub(1).and_then(|last| self.marks.get(last));
            return last.map_or_else(Totals::default, |(_, totals)| *totals);
        }
        let mut world = self.world.clone();
        follow(&mut world, &self.levers, at_secs);
        world.totals()
    }

    /// The world at `now_secs`.
    fn at(&mut self, now_secs: f64) -> World {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        follow(&mut world, &self.levers, now_secs);
        world
    }

    /// Simulates until the beginning of the interval that ends at `now_secs`.
    fn catch_up(&mut self, now_secs: f64) {
        let from = now_secs - self.interval_secs;
        while self.world.now() < from {
            let step = ((self.world.now() / STEP_SECS).floor() + 1.0) * STEP_SECS;
            let until = step.min(from);
            let due = self.levers.partition_point(|(at, _)| *at <= until);
            let levers = self.levers.drain(..due).collect();
            follow(&mut self.world, &levers, until);
            if until >= step {
                self.marks.push((step, self.world.totals()));
            }
        }
    }
}

/// Nobody, since the lever is set from outside.
struct NoController(Unit);

impl Controller for NoController {
    fn poll(&mut self, _: f64, _: Option<PlatformMetrics>) -> Command {
        Command::default()
    }

    fn applied(&mut self, _: f64, _: Setpoint) {}

    fn unit(&self) -> Unit {
        self.0
    }
}

/// Simulates until `until`, with the positions of the lever in that time.
fn follow(world: &mut World, levers: &VecDeque<(f64, Lever)>, until: f64) {
    for (at, lever) in levers {
        if *at > until {
            break;
        }
        run_until(world, *at);
        match *lever {
            Lever::Rate(rate) => world.set_dial_rate(rate),
            Lever::Ratio {
                hundredths,
                overdial_percent,
            } => world.set_position(RatioPosition {
                hundredths,
                overdial_percent,
            }),
        }
    }
    run_until(world, until);
}

/// Simulates until `until`. The queues that a poll would empty are emptied now and then, so that they
/// do not grow with the time.
fn run_until(world: &mut World, until: f64) {
    while world.now() < until {
        world.run_until(
            until.min(world.now() + STEP_SECS),
            &mut NoController(Unit::CallsPerMinute),
        );
        world.count_unanswered();
    }
}

/// Seconds of a step, after which the queues are emptied and the calls are counted.
const STEP_SECS: f64 = 60.0;
