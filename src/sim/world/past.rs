//! A campaign that dialed at known rates and was polled by nobody: what it shows, and what became
//! of it.

use super::super::controller::{Controller, Order, Placing, Shown};
use super::super::scenario::Scenario;
use super::super::tally::Figures;
use super::World;

/// What the platform would show at `now_secs`, of the interval that ends then, had the campaign
/// dialed at `rates`: (seconds, calls per minute), in order of time.
#[must_use]
pub fn glimpse(scenario: &Scenario, seed: u64, rates: &[(f64, u32)], now_secs: f64) -> Shown {
    let mut world = World::new(scenario, Placing::ByRate, seed, 0);
    world.end = f64::INFINITY;
    world.next_poll = f64::INFINITY;
    let begins = now_secs - scenario.interval_secs;
    let before = rates.partition_point(|(at, _)| *at <= begins);
    let (earlier, within) = rates.split_at(before);
    world.follow(earlier);
    world.pass_until(begins);
    let _ = world.show();
    world.follow(within);
    world.run_until(now_secs, &mut Watcher);
    world.show()
}

/// What became of the campaign in a span of virtual seconds, the rates being those of
/// [`glimpse`]. What only a controller can tell, such as changes and the SLA band, is 0.
#[must_use]
pub fn look_back(
    scenario: &Scenario,
    seed: u64,
    rates: &[(f64, u32)],
    (from_secs, to_secs): (f64, f64),
) -> Figures {
    let scenario = Scenario {
        warm_up_secs: from_secs,
        ..scenario.clone()
    };
    let mut world = World::new(&scenario, Placing::ByRate, seed, 0);
    world.end = to_secs;
    world.next_poll = f64::INFINITY;
    let until_then = rates.partition_point(|(at, _)| *at <= to_secs);
    world.follow(rates.get(..until_then).unwrap_or_default());
    world.run(&mut Watcher);
    world.tally.figures(to_secs - from_secs)
}

/// Only looks on.
struct Watcher;

impl Controller for Watcher {
    fn poll(&mut self, _: f64, _: Option<Shown>) -> Order {
        Order::default()
    }

    fn applied(&mut self, _: u32) {}
}

impl World<'_> {
    fn follow(&mut self, rates: &[(f64, u32)]) {
        for (at, rate) in rates {
            self.pass_until(*at);
            self.take_effect(*rate);
        }
    }

    /// Time passes that nobody polls. The queues that a poll empties are emptied all the same, so
    /// that they do not grow with the time.
    fn pass_until(&mut self, until: f64) {
        while self.now + UNPOLLED_SECS < until {
            self.run_until(self.now + UNPOLLED_SECS, &mut Watcher);
            self.forget_ended();
        }
        self.run_until(until, &mut Watcher);
    }
}

/// Seconds that may pass without a poll before its queues are emptied.
const UNPOLLED_SECS: f64 = 600.0;
