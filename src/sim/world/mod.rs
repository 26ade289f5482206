//! The simulated campaign: discrete events on one virtual clock, in seconds.
//!
//! Calls that nobody answers only have to be counted when they end, so they wait in queues that
//! are emptied at each poll; only live answers and the ends of conversations are events.

mod calls;
mod event;
mod look;
mod past;
mod staff;

use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use event::{Timed, next_of};

pub use past::Past;

use super::answer::AnswerModel;
use super::controller::{Controller, Observed, Order, Placing, Shown};
use super::draws::{Purpose, Stream, Streams};
use super::faults::FaultDraws;
use super::level::{LevelDialer, TICK_SECS};
use super::scenario::{Scenario, Spacing};
use super::tally::{Figures, Tally};

/// Simulates one replication of `scenario` and returns its figures.
pub fn simulate(
    scenario: &Scenario,
    controller: &mut dyn Controller,
    seed: u64,
    replication: u32,
) -> Figures {
    let mut world = World::new(
        &Arc::new(scenario.clone()),
        controller.placing(),
        seed,
        replication,
    );
    world.run(controller);
    world.tally.figures(world.end - scenario.warm_up_secs)
}

#[derive(Clone)]
struct World {
    scenario: Arc<Scenario>,
    placing: Placing,
    streams: Streams,
    answer_model: AnswerModel,
    outcomes: Stream,
    spacing: Stream,
    faults: FaultDraws,

    now: f64,
    end: f64,
    next_poll: f64,
    next_call: f64,
    /// When the level dialer looks next; never, where there is none.
    next_tick: f64,
    level: Option<LevelDialer>,
    last_call: f64,
    /// The part of a gap that does not depend on the rate: 1, or exponential with mean 1.
    gap: f64,
    dial_rate: u32,
    rate_since: f64,
    /// The rate last applied, which may still be coming.
    ordered: u32,
    /// A rate that was sent and has not taken effect yet.
    coming: Option<(f64, u32)>,
    calls: u64,

    answers: BinaryHeap<Timed<LiveCall>>,
    ends: BinaryHeap<Timed<u32>>,
    staff_events: BinaryHeap<Timed<StaffEvent>>,
    rung_out: VecDeque<f64>,
    failed: VecDeque<f64>,
    detected: BinaryHeap<Timed<()>>,
    /// Ends of calls that an idle agent's next one follows.
    retries: BinaryHeap<Timed<()>>,
    /// Ends of line use, kept only where lines are limited or counted.
    lines: BinaryHeap<Timed<()>>,
    /// Ends of conversations, kept only for the level dialer.
    talks: BinaryHeap<Timed<()>>,
    sequence: u64,

    waiting: VecDeque<Waiting>,
    agents: Vec<Agent>,
    idle: VecDeque<u32>,
    staffed: u32,
    working: u32,
    working_since: f64,

    interval_ended: u32,
    interval_answered: u32,
    interval_abandoned: u32,
    tally: Tally,
}

#[derive(Clone, Copy)]
struct LiveCall {
    talk: f64,
    wrap_up: f64,
    patience: f64,
    /// A machine that was taken for a person: it occupies an agent and abandons nobody.
    is_machine: bool,
}

#[derive(Clone)]
struct Waiting {
    since: f64,
    until: f64,
    call: LiveCall,
}

#[derive(Clone)]
enum StaffEvent {
    Roster(u32),
    BreakDue(u32, u32),
    BreakOver(u32),
}

#[derive(Clone)]
struct Agent {
    state: AgentState,
    idle_since: f64,
    break_due: f64,
    /// How many breaks have been drawn, so that a due time of an earlier one is known as stale.
    breaks: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AgentState {
    Out,
    Idle,
    Busy,
    OnBreak,
}

impl World {
    fn new(scenario: &Arc<Scenario>, placing: Placing, seed: u64, replication: u32) -> Self {
        let streams = Streams::new(seed, replication);
        let mut spacing = streams.of(Purpose::Spacing, 0);
        let gap = gap(scenario.dialer.spacing, &mut spacing);
        let agent = Agent {
            state: AgentState::Out,
            idle_since: 0.0,
            break_due: f64::INFINITY,
            breaks: 0,
        };
        let mut world = Self {
            scenario: Arc::clone(scenario),
            placing,
            streams,
            answer_model: AnswerModel::new(&scenario.answer_rate, streams),
            outcomes: streams.of(Purpose::Outcome, 0),
            spacing,
            faults: FaultDraws::of(&scenario.faults, streams),
            now: 0.0,
            end: scenario.hours * 3600.0,
            next_poll: scenario.interval_secs,
            next_call: f64::INFINITY,
            next_tick: match placing {
                Placing::ByLevel(_) => TICK_SECS,
                _ => f64::INFINITY,
            },
            level: match placing {
                Placing::ByLevel(rule) => Some(LevelDialer::new(rule)),
                _ => None,
            },
            last_call: f64::NEG_INFINITY,
            gap,
            dial_rate: 0,
            rate_since: scenario.warm_up_secs,
            ordered: 0,
            coming: None,
            calls: 0,
            answers: BinaryHeap::new(),
            ends: BinaryHeap::new(),
            staff_events: BinaryHeap::new(),
            rung_out: VecDeque::new(),
            failed: VecDeque::new(),
            detected: BinaryHeap::new(),
            retries: BinaryHeap::new(),
            lines: BinaryHeap::new(),
            talks: BinaryHeap::new(),
            sequence: 0,
            waiting: VecDeque::new(),
            agents: vec![agent; scenario.agents_max() as usize],
            idle: VecDeque::new(),
            staffed: 0,
            working: 0,
            working_since: scenario.warm_up_secs,
            interval_ended: 0,
            interval_answered: 0,
            interval_abandoned: 0,
            tally: Tally::default(),
        };
        for shift in &scenario.agents.roster {
            world.at_staff(shift.from_secs, StaffEvent::Roster(shift.count));
        }
        world
    }

    fn run(&mut self, controller: &mut dyn Controller) {
        self.run_until(self.end, controller);
        self.close();
    }

    /// Counts what has not ended yet.
    fn close(&mut self) {
        self.drop_impatient();
        self.count_dial_rate();
        self.count_working();
    }

    fn run_until(&mut self, until: f64, controller: &mut dyn Controller) {
        loop {
            let staff = next_of(&self.staff_events);
            let end = next_of(&self.ends);
            let answer = next_of(&self.answers);
            let coming = self.coming.map_or(f64::INFINITY, |(at, _)| at);
            let retry = next_of(&self.retries);
            let calls = answer.min(retry).min(self.next_call).min(self.next_tick);
            let first = staff.min(end).min(calls).min(coming).min(self.next_poll);
            if first > until {
                break;
            }
            self.now = first;
            if staff <= first {
                self.staff_event();
            } else if end <= first {
                if let Some(Timed { what: agent, .. }) = self.ends.pop() {
                    self.free(agent);
                }
            } else if answer <= first {
                if let Some(Timed { what: call, .. }) = self.answers.pop() {
                    self.answered(call);
                }
            } else if retry <= first {
                self.retries.pop();
                self.place_call();
            } else if coming <= first {
                if let Some((_, rate)) = self.coming.take() {
                    self.take_effect(rate);
                }
            } else if self.next_call <= first {
                self.dial();
            } else if self.next_tick <= first {
                self.look();
            } else {
                self.poll(controller);
            }
        }
        self.now = self.now.max(until);
    }

    fn counts(&self) -> bool {
        self.now >= self.scenario.warm_up_secs
    }

    fn poll(&mut self, controller: &mut dyn Controller) {
        let interval = self.scenario.interval_secs;
        self.next_poll += interval;
        self.drop_impatient();
        if self.counts() {
            self.tally.close_interval(interval);
        }
        let (now, shown) = (self.now, self.show());
        controller.observe(Observed {
            at_secs: now,
            dial_rate: self.dial_rate,
            logged_in: self.working,
            idle: shown.idle,
            answer_rate: shown.answer_rate(),
            connected: self.tally.connected,
            abandoned: self.tally.abandoned,
        });
        let failed = self.faults.poll_fails(now);
        let order = controller.poll(now, (!failed).then_some(shown));
        if self.counts() {
            self.tally.intervals += u64::from(order.is_outside.is_some());
            self.tally.intervals_outside += u64::from(order.is_outside == Some(true));
        }
        self.obey(order, controller);
    }

    /// What the platform shows now, and begins to count anew.
    fn show(&mut self) -> Shown {
        self.forget_ended();
        self.drop_impatient();
        Shown {
            ended: std::mem::take(&mut self.interval_ended),
            answered: std::mem::take(&mut self.interval_answered),
            idle: u32::try_from(self.idle.len()).unwrap_or(u32::MAX),
            abandoned: std::mem::take(&mut self.interval_abandoned),
            logged_in: self.working,
        }
    }

    /// Counts the attempts that ended without an answer, and forgets them.
    fn forget_ended(&mut self) {
        let now = self.now;
        for queue in [&mut self.rung_out, &mut self.failed] {
            while queue.front().is_some_and(|over| *over <= now) {
                queue.pop_front();
                self.interval_ended += 1;
            }
        }
        while next_of(&self.detected) <= now {
            self.detected.pop();
            self.interval_ended += 1;
        }
    }

    fn obey(&mut self, order: Order, controller: &mut dyn Controller) {
        let failed = self.faults.patch_fails();
        let Some(rate) = order.send else {
            return;
        };
        if self.counts() {
            self.tally.patches += 1;
            self.tally.exports += u64::from(!failed);
            self.tally.rate_changes += u64::from(!failed && rate != self.ordered);
        }
        if failed {
            return;
        }
        self.ordered = rate;
        controller.applied(rate);
        match self.scenario.faults.patch_delay_secs {
            delay if delay > 0.0 => self.coming = Some((self.now + delay, rate)),
            _ => self.take_effect(rate),
        }
    }

    fn take_effect(&mut self, rate: u32) {
        self.count_dial_rate();
        self.dial_rate = rate;
        self.schedule_call();
    }

    fn count_dial_rate(&mut self) {
        if self.now > self.rate_since {
            self.tally.dial_rate_secs += f64::from(self.dial_rate) * (self.now - self.rate_since);
            self.rate_since = self.now;
        }
    }

    fn at_staff(&mut self, at: f64, what: StaffEvent) {
        let sequence = self.next_sequence();
        self.staff_events.push(Timed { at, sequence, what });
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}

fn gap(spacing: Spacing, stream: &mut Stream) -> f64 {
    match spacing {
        Spacing::Even => 1.0,
        Spacing::Poisson => stream.exponential(),
    }
}
