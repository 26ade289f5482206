//! A simulated campaign whose dial rate is set from outside and whose metrics are read at any time.

use std::collections::VecDeque;

use super::controller::{Command, Controller, PlatformMetrics};
use super::draws::Streams;
use super::figures::Figures;
use super::scenario::Scenario;
use super::world::World;
use crate::pacing::Setpoint;

/// A campaign and the dial rates that it has had. The world is kept as it was one interval before the
/// last question, and what follows is simulated on a copy, so that a question costs only the time
/// since the last one.
pub struct OnDemandWorld {
    world: World,
    interval_secs: f64,
    /// Changes of the dial rate that the world has not simulated yet: seconds, calls per minute.
    rates: VecDeque<(f64, u32)>,
}

impl OnDemandWorld {
    /// A campaign that begins at 0 s and whose figures count from `counted_from_secs`.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64, counted_from_secs: f64) -> Self {
        let streams = Streams::new(seed, 0);
        let counted = counted_from_secs..f64::INFINITY;
        Self {
            world: World::new(scenario, &NoController, streams, counted).without_polls(),
            interval_secs: scenario.interval_secs,
            rates: VecDeque::new(),
        }
    }

    /// Dials `rate` calls per minute from `at_secs` on. Times come in order.
    pub fn set_dial_rate(&mut self, at_secs: f64, rate: u32) {
        self.rates.push_back((at_secs, rate));
    }

    /// The metrics of the interval that ends at `now_secs`.
    pub fn metrics(&mut self, now_secs: f64) -> PlatformMetrics {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        let _ = world.end_interval();
        follow(&mut world, &self.rates, now_secs);
        world.end_interval()
    }

    /// The figures until `now_secs`. Those of a controller, such as changes and the SLA band, are 0.
    pub fn figures(&mut self, now_secs: f64) -> Figures {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        follow(&mut world, &self.rates, now_secs);
        world.figures()
    }

    /// Simulates until the beginning of the interval that ends at `now_secs`.
    fn catch_up(&mut self, now_secs: f64) {
        let from = now_secs - self.interval_secs;
        let until_then = self.rates.partition_point(|(at, _)| *at <= from);
        let rates = self.rates.drain(..until_then).collect();
        follow(&mut self.world, &rates, from);
    }
}

/// Nobody, since the dial rate is set from outside.
struct NoController;

impl Controller for NoController {
    fn poll(&mut self, _: f64, _: Option<PlatformMetrics>) -> Command {
        Command::default()
    }

    fn applied(&mut self, _: f64, _: Setpoint) {}
}

/// Simulates until `until`, with the dial rates of that time.
fn follow(world: &mut World, rates: &VecDeque<(f64, u32)>, until: f64) {
    for (at, rate) in rates {
        run_until(world, *at);
        world.set_dial_rate(*rate);
    }
    run_until(world, until);
}

/// Simulates until `until`. The queues that a poll would empty are emptied now and then, so that they
/// do not grow with the time.
fn run_until(world: &mut World, until: f64) {
    while world.now() < until {
        world.run_until(until.min(world.now() + UNPOLLED_SECS), &mut NoController);
        world.count_unanswered();
    }
}

/// Seconds after which the queues are emptied: twenty intervals of 30 s.
const UNPOLLED_SECS: f64 = 600.0;
