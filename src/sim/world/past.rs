//! A campaign whose rate is set from outside, and that is looked at whenever somebody asks.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::controller::{Controller, Order, Placing, Shown};
use super::super::scenario::Scenario;
use super::super::tally::Figures;
use super::World;

/// A campaign and the rates at which it dialed. A question costs what happened since the last one:
/// the world is kept as it was an interval before, and what follows is simulated on a copy of it.
pub struct Past {
    world: World,
    /// Seconds, and calls per minute from then on, which the world has still to follow.
    rates: VecDeque<(f64, u32)>,
    counts_from_secs: f64,
}

impl Past {
    /// A campaign that begins at 0 s and whose figures count from `counts_from_secs`.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64, counts_from_secs: f64) -> Self {
        let scenario = Scenario {
            warm_up_secs: counts_from_secs,
            ..scenario.clone()
        };
        let mut world = World::new(&Arc::new(scenario), Placing::ByRate, seed, 0);
        world.end = f64::INFINITY;
        world.next_poll = f64::INFINITY;
        Self {
            world,
            rates: VecDeque::new(),
            counts_from_secs,
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
        let _ = world.show();
        world.follow(&self.rates, now_secs);
        world.show()
    }

    /// What became of the campaign until `now_secs`. What only a controller can tell, such as
    /// changes and the SLA band, is 0.
    pub fn figures(&mut self, now_secs: f64) -> Figures {
        self.catch_up(now_secs);
        let mut world = self.world.clone();
        world.follow(&self.rates, now_secs);
        world.close();
        // A conversation is counted when it begins, as long as it will last.
        let still = world.ends.iter().map(|end| (end.at - now_secs).max(0.0));
        world.tally.busy_secs -= still.sum::<f64>();
        world.tally.figures(now_secs - self.counts_from_secs)
    }

    /// Brings the world to where the interval begins that ends at `now_secs`.
    fn catch_up(&mut self, now_secs: f64) {
        let begins = now_secs - self.world.scenario.interval_secs;
        let until_then = self.rates.partition_point(|(at, _)| *at <= begins);
        let rates = self.rates.drain(..until_then).collect();
        self.world.follow(&rates, begins);
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

impl World {
    fn follow(&mut self, rates: &VecDeque<(f64, u32)>, until: f64) {
        for (at, rate) in rates {
            self.pass_until(*at);
            self.take_effect(*rate);
        }
        self.pass_until(until);
    }

    /// Time passes that nobody polls. The queues that a poll empties are emptied all the same, so
    /// that they do not grow with the time.
    fn pass_until(&mut self, until: f64) {
        while self.now < until {
            self.run_until(until.min(self.now + UNPOLLED_SECS), &mut Watcher);
            self.forget_ended();
        }
    }
}

/// Seconds that may pass without a poll before its queues are emptied.
const UNPOLLED_SECS: f64 = 600.0;
