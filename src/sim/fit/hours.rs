//! History and simulation side by side, by hour of the day.

use std::collections::BTreeSet;

use super::hour::{Hour, add};
use super::observation::{Counts, Observation, Prepared};
use super::replayed::{DialRates, Following, counts_of};
use crate::pacing::{Setpoint, Unit};
use crate::sim::controller::{Command, Controller, PlatformMetrics};
use crate::sim::scenario::{LocalTime, Scenario};
use crate::sim::world::simulate;

/// The comparison of a history with simulations of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Hours of the day, those with attempts.
    pub hours: Vec<HourComparison>,
    /// Simulations of the history.
    pub replications: u32,
    /// Days of the history that were simulated, the last ones.
    pub days: usize,
    /// Calls per minute by which the rates follow each available agent, as those of the history did.
    pub follows: f64,
    /// True where the history has dial ratios, which were simulated.
    pub are_ratios: bool,
}

/// One hour of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct HourComparison {
    /// The hour, from 0.
    pub hour: u32,
    /// The figures, in the order of [`FIGURES`].
    pub figures: [Option<Compared>; 4],
}

/// A figure of history and its band in the simulation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// The history.
    pub history: f64,
    /// Mean of the simulations.
    pub simulated: f64,
    /// The simulations' 5th and 95th percentile.
    pub band: (f64, f64),
}

impl Compared {
    /// True where the history is within the band.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        (self.band.0..=self.band.1).contains(&self.history)
    }
}

impl Comparison {
    /// Hours inside the band and all hours, of one figure.
    #[must_use]
    pub fn inside(&self, figure: usize) -> (usize, usize) {
        let of = |hour: &HourComparison| hour.figures.get(figure).copied().flatten();
        let all: Vec<Compared> = self.hours.iter().filter_map(of).collect();
        (
            all.iter().filter(|compared| compared.is_inside()).count(),
            all.len(),
        )
    }
}

/// Dials at the rates of the history and counts what comes of it.
struct HistoryRates<'a> {
    start: LocalTime,
    interval_secs: f64,
    dial_rates: &'a DialRates,
    next: usize,
    following: Following,
    /// Numbers of the polls that the history has.
    polls: &'a BTreeSet<i64>,
    hours: [Hour; 24],
}

impl HistoryRates<'_> {
    /// The rate of the history from `now_secs` on, if it has one of about then.
    fn rate(&mut self, now_secs: f64, available: f64) -> Option<u32> {
        let until = now_secs + self.interval_secs / 2.0;
        let mut found = None;
        while let Some(rate) = self
            .dial_rates
            .rates
            .get(self.next)
            .filter(|rate| rate.at_secs <= until)
        {
            found = Some(*rate);
            self.next += 1;
        }
        let rate = self.following.rate(self.dial_rates, found?, available);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate near one that was dialed, not below 0"
        )]
        let rate = rate.round() as u32;
        Some(rate)
    }
}

impl Controller for HistoryRates<'_> {
    fn poll(&mut self, now_secs: f64, metrics: Option<PlatformMetrics>) -> Command {
        let Some(metrics) = metrics else {
            return Command::default();
        };
        let available = f64::from(metrics.idle);
        if self.polls.contains(&number(now_secs, self.interval_secs)) {
            let local = self.start.plus(now_secs - self.interval_secs / 2.0);
            let counts = Counts {
                attempts: f64::from(metrics.ended),
                answered: f64::from(metrics.answered),
                abandoned: Some(f64::from(metrics.abandoned)),
                available,
                logged_in: None,
            };
            add(&mut self.hours, local, counts);
        }
        Command {
            send: self.rate(now_secs, available).map(Setpoint::at),
            lasts_secs: None,
            is_outside_band: None,
        }
    }

    fn applied(&mut self, _: f64, _: Setpoint) {}

    fn unit(&self) -> Unit {
        self.dial_rates.unit
    }
}

/// The history by hour of the day, and how it is simulated.
struct Replay<'a> {
    scenario: Scenario,
    dial_rates: DialRates,
    polls: BTreeSet<i64>,
    history: &'a Prepared,
}

impl<'a> Replay<'a> {
    /// The history's own dial rates in `scenario`, a world over the whole history.
    fn new(history: &'a Prepared, scenario: &Scenario) -> Self {
        let mut scenario = scenario.clone();
        scenario.faults.poll_failure = 0.0;
        let since = |row: &Observation| secs(row.local.secs - scenario.start.secs);
        let rows = history.rows.iter().filter_map(counts_of);
        Self {
            polls: rows
                .map(|(row, _)| number(since(row), scenario.interval_secs))
                .collect(),
            dial_rates: DialRates::of(history, &since, attempt_secs(&scenario)),
            scenario,
            history,
        }
    }

    fn of_history(&self) -> [Hour; 24] {
        let mut hours = [Hour::default(); 24];
        for (row, counts) in self.history.rows.iter().filter_map(counts_of) {
            let middle = row.local.plus(-self.scenario.interval_secs / 2.0);
            add(&mut hours, middle, counts);
        }
        hours
    }

    fn simulated(&self, replication: u32) -> [Hour; 24] {
        let mut controller = HistoryRates {
            start: self.scenario.start,
            interval_secs: self.scenario.interval_secs,
            dial_rates: &self.dial_rates,
            next: 0,
            following: Following::default(),
            polls: &self.polls,
            hours: [Hour::default(); 24],
        };
        simulate(&self.scenario, &mut controller, SEED, replication);
        controller.hours
    }
}

/// Mean of the available agents in the hours with calls: of the history, and of some simulations.
pub(super) fn available(
    history: &Prepared,
    scenario: &Scenario,
    replications: u32,
) -> (f64, Vec<f64>) {
    let replay = Replay::new(history, scenario);
    let of_history = replay.of_history();
    let mean = |hours: &[Hour; 24]| {
        let dialed = hours.iter().zip(&of_history);
        let dialed = dialed.filter(|(_, history)| history.attempts > 0.0);
        let (sum, polls) = dialed.fold((0.0, 0.0), |(sum, polls), (hour, _)| {
            (sum + hour.available, polls + hour.polls)
        });
        sum / f64::max(polls, 1.0)
    };
    let simulated = (0..replications).map(|replication| mean(&replay.simulated(replication)));
    (mean(&of_history), simulated.collect())
}

/// Share of the calls answered in some hours of the day that simulations of the history's own dial rates
/// abandon.
pub(super) fn abandoned_share(history: &Prepared, scenario: &Scenario, of: [bool; 24]) -> f64 {
    let replay = Replay::new(history, scenario);
    let (mut abandoned, mut answered) = (0.0, 0.0);
    for replication in 0..FEW {
        let hours = replay.simulated(replication).into_iter().zip(of);
        for (hour, _) in hours.filter(|(_, is_meant)| *is_meant) {
            abandoned += hour.abandoned;
            answered += hour.answered;
        }
    }
    abandoned / f64::max(answered, 1.0)
}

/// Simulates the history's own dial rates in `scenario`, a world over the whole history.
pub(super) fn compare(history: &Prepared, scenario: &Scenario) -> Comparison {
    let interval_secs = scenario.interval_secs;
    let replay = Replay::new(history, scenario);
    let of_history = replay.of_history();
    let simulated: Vec<[Hour; 24]> = (0..REPLICATIONS)
        .map(|replication| replay.simulated(replication))
        .collect();
    let with_counts = || history.rows.iter().filter_map(|row| row.counts);
    let has_abandoned = with_counts().any(|counts| counts.abandoned.is_some());
    let busiest = of_history
        .iter()
        .map(|hour| hour.attempts)
        .fold(0.0, f64::max);
    let mut hours = Vec::new();
    for (hour, counts) in (0..).zip(&of_history) {
        if counts.attempts < busiest * ATTEMPTS_SHARE_MIN {
            continue;
        }
        let place = hour as usize;
        let replications: Vec<[Option<f64>; 4]> = simulated
            .iter()
            .filter_map(|hours| Some(hours.get(place)?.figures(interval_secs)))
            .collect();
        let figure = |figure: usize| {
            let of = |figures: &[Option<f64>; 4]| figures.get(figure).copied().flatten();
            let history = of(&counts.figures(interval_secs))?;
            compared(history, replications.iter().filter_map(of).collect())
        };
        let abandonment = figure(3).filter(|_| has_abandoned);
        hours.push(HourComparison {
            hour,
            figures: [figure(0), figure(1), figure(2), abandonment],
        });
    }
    Comparison {
        hours,
        replications: REPLICATIONS,
        days: history.days.len(),
        follows: replay.dial_rates.follows(),
        are_ratios: replay.dial_rates.unit == Unit::CallsPerAgent,
    }
}

/// Mean time of an attempt.
fn attempt_secs(scenario: &Scenario) -> f64 {
    let (rate, calls) = (scenario.answer_rate.base, &scenario.calls);
    rate * calls.time_to_answer.mean_secs() + (1.0 - rate) * calls.ring_out_secs
}

fn compared(history: f64, mut simulated: Vec<f64>) -> Option<Compared> {
    simulated.sort_by(f64::total_cmp);
    let count = simulated.len();
    let at = |rank: usize| simulated.get(rank.min(count.saturating_sub(1))).copied();
    // The second lowest of forty.
    let outside = (count / 20).saturating_sub(1);
    #[expect(clippy::cast_precision_loss, reason = "a count of simulations")]
    let mean = simulated.iter().sum::<f64>() / count.max(1) as f64;
    Some(Compared {
        history,
        simulated: mean,
        band: (at(outside)?, at(count.checked_sub(1 + outside)?)?),
    })
}

/// The number of a poll.
fn number(since_secs: f64, interval_secs: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "polls of some years")]
    let number = (since_secs / interval_secs).round() as i64;
    number
}

#[expect(clippy::cast_precision_loss, reason = "seconds of some years")]
fn secs(secs: i64) -> f64 {
    secs as f64
}

/// The figures that are compared.
pub const FIGURES: [&str; 4] = [
    "answer rate",
    "available agents",
    "answered per hour",
    "abandonment",
];
/// Simulations of the history: the second lowest and second highest of forty are the ends of a 90 %
/// band.
const REPLICATIONS: u32 = 40;
/// Simulations of a share.
const FEW: u32 = 4;
const SEED: u64 = 1;
/// An hour with a smaller share of the busiest hour's attempts is no more than the end of a shift.
const ATTEMPTS_SHARE_MIN: f64 = 0.05;
