//! A campaign whose dial rate is set from outside and that is looked at whenever somebody asks.

use std::collections::VecDeque;

use super::controller::{Controller, Order, Placing, Shown};
use super::draws::Streams;
use super::figures::Figures;
use super::scenario::Scenario;
use super::world::World;

/// A campaign and the rates at which it dialed. A question costs what happened since the last one:
/// the world is kept as it was an interval before, and what follows is simulated on a copy of it.
pub struct Past {
    world: World,
    interval_secs: f64,
    /// Seconds, and calls per minute from then on, which the world has still to follow.
    rates: VecDeque<(f64, u32)>,
}

impl Past {
    /// A campaign that begins at 0 s and whose figures count from `counted_from_secs`.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64, counted_from_secs: f64) -> Self {
        let streams = Streams::new(seed, 0);
        let counted = counted_from_secs..f64::INFINITY;
        Self {
            world: World::new(scenario, Placing::ByRate, streams, counted).without_polls(),
            interval_secs: scenario.interval_secs,
            rates: VecDeque::new(),
        }
    }

    /// Dials `rate` calls per minute from `at_secs` on. Times come in order.
    pub fn set_dial_rate(&mut self, at_secs: f64, rate: u32) {
        self.rates.push_back((at_secs, rate));
    }

    /// What the platform would show at `now_secs`, of the interval that ends then.
    pub fn shown(&mut self, now_secs: f64) -> Shown {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        let _ = world.end_interval();
        follow(&mut world, &self.rates, now_secs);
        world.end_interval()
    }

    /// What became of the campaign until `now_secs`. What only a controller can tell, such as
    /// changes and the SLA band, is 0.
    pub fn figures(&mut self, now_secs: f64) -> Figures {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        follow(&mut world, &self.rates, now_secs);
        world.figures()
    }

    /// Brings the world to where the interval begins that ends at `now_secs`.
    fn catch_up(&mut self, now_secs: f64) {
        let begins = now_secs - self.interval_secs;
        let until_then = self.rates.partition_point(|(at, _)| *at <= begins);
        let rates = self.rates.drain(..until_then).collect();
        follow(&mut self.world, &rates, begins);
    }
}

/// Only looks on.
struct Watcher;

impl Controller for Watcher {
    fn poll(&mut self, _: f64, _: Option<Shown>) -> Order {
        Order::default()
    }

    fn applied(&mut self, _: u32) {}
}

/// Time passes until `until`, with the dial rates of that time.
fn follow(world: &mut World, rates: &VecDeque<(f64, u32)>, until: f64) {
    for (at, rate) in rates {
        pass_until(world, *at);
        world.set_dial_rate(*rate);
    }
    pass_until(world, until);
}

/// Time passes without a poll. The queues that a poll empties are emptied all the same, so that they
/// do not grow with the time.
fn pass_until(world: &mut World, until: f64) {
    while world.now() < until {
        world.run_until(until.min(world.now() + UNPOLLED_SECS), &mut Watcher);
        world.count_unanswered();
    }
}

/// Seconds that may pass without a poll before its queues are emptied.
const UNPOLLED_SECS: f64 = 600.0;
