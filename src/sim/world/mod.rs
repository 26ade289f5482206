//! The simulated campaign: discrete events on one virtual clock, in seconds.
//!
//! Call timer, dialer, staff and callers do not know each other. The event loop in this file takes the
//! next event from one of them and passes it on to the others.

mod call;
mod call_timer;
mod callers;
mod dialer;
mod event;
mod staff;

use std::ops::Range;

use call::AnsweredCall;
use call_timer::CallTimer;
use callers::Callers;
use dialer::Dialer;
use staff::Staff;

use super::controller::{Controller, PlatformMetrics, RateCommand, ReferenceDialer, Snapshot};
use super::draws::Streams;
use super::faults::FaultDraws;
use super::figures::{ControlCounts, DialerCounts, Figures};
use super::level::{LevelDialer, LevelInputs};
use super::scenario::Scenario;

/// Simulates one replication of `scenario` and returns its figures.
pub fn simulate(
    scenario: &Scenario,
    controller: &mut dyn Controller,
    seed: u64,
    replication: u32,
) -> Figures {
    let counted = scenario.warm_up_secs..scenario.hours * 3600.0;
    let end = counted.end;
    let streams = Streams::new(seed, replication);
    let mut world = World::new(scenario, controller.reference_dialer(), streams, counted);
    world.run_until(end, controller);
    world.figures()
}

/// The campaign at one time.
#[derive(Clone)]
pub(super) struct World {
    now: f64,
    /// The time that is counted.
    counted: Range<f64>,
    timer: CallTimer,
    dialer: Dialer,
    level: Option<LevelDialer>,
    /// True where one call rings for each available agent.
    is_progressive: bool,
    staff: Staff,
    callers: Callers,

    interval_secs: f64,
    next_poll_at: f64,
    faults: FaultDraws,
    change_delay_secs: f64,
    /// The rate last applied, which may not have taken effect yet.
    applied: u32,
    control: ControlCounts,
}

impl World {
    /// The world at 0 s.
    pub(super) fn new(
        scenario: &Scenario,
        reference: Option<ReferenceDialer>,
        streams: Streams,
        counted: Range<f64>,
    ) -> Self {
        let from_secs = counted.start;
        let level = match reference {
            Some(ReferenceDialer::Level(rule)) => Some(LevelDialer::new(rule)),
            Some(ReferenceDialer::Progressive) | None => None,
        };
        Self {
            now: 0.0,
            timer: CallTimer::new(scenario.dialer.spacing, streams, from_secs),
            dialer: Dialer::new(scenario, level.is_some(), streams, from_secs),
            level,
            is_progressive: reference == Some(ReferenceDialer::Progressive),
            staff: Staff::new(scenario, streams, counted.clone()),
            callers: Callers::new(from_secs),
            counted,
            interval_secs: scenario.interval_secs,
            next_poll_at: scenario.interval_secs,
            faults: FaultDraws::of(&scenario.faults, streams),
            change_delay_secs: scenario.faults.patch_delay_secs,
            applied: 0,
            control: ControlCounts::default(),
        }
    }

    /// The same world without polls.
    pub(super) fn without_polls(mut self) -> Self {
        self.next_poll_at = f64::INFINITY;
        self
    }

    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// The event loop. Of events of several kinds at one time, the first branch comes first.
    pub(super) fn run_until(&mut self, until: f64, controller: &mut dyn Controller) {
        loop {
            let staff = self.staff.next_change_at();
            let handled = self.staff.next_handled_at();
            let answer = self.dialer.next_answer_at();
            let call_end = self.next_call_end_at();
            let change = self.timer.next_change_at();
            let call = self.timer.next_call_at();
            let tick = self
                .level
                .as_ref()
                .map_or(f64::INFINITY, LevelDialer::next_tick_at);
            let calls = answer.min(call_end).min(call).min(tick);
            let first = staff
                .min(handled)
                .min(calls)
                .min(change)
                .min(self.next_poll_at);
            if first > until {
                break;
            }
            self.now = first;
            if staff <= first {
                self.change_staff();
            } else if handled <= first {
                if let Some(agent) = self.staff.pop_handled() {
                    self.release(agent);
                }
            } else if answer <= first {
                if let Some(call) = self.dialer.pop_answer() {
                    self.answered(call);
                }
            } else if call_end <= first {
                self.dialer.end_calls(self.now);
            } else if change <= first {
                self.timer.take_effect(self.now);
            } else if call <= first {
                self.timer.begin_gap(self.now);
                self.place_call();
            } else if tick <= first {
                self.tick_level_dialer();
            } else {
                self.poll(controller);
            }
            if self.is_progressive {
                self.keep_ringing();
            }
        }
        self.now = self.now.max(until);
    }

    /// The figures of the counted time up to now.
    pub(super) fn figures(&mut self) -> Figures {
        self.callers.waiting(self.now);
        let dialer = DialerCounts {
            calls: self.dialer.counted(),
            rate_secs: self.timer.rate_secs(self.now),
        };
        let counted_secs = self.now - self.counted.start;
        Figures::new(
            self.staff.counts(self.now),
            self.callers.counts(),
            dialer,
            &self.control,
            counted_secs,
        )
    }

    /// The metrics of the interval that ends now.
    pub(super) fn end_interval(&mut self) -> PlatformMetrics {
        let attempts = self.dialer.end_interval(self.now);
        PlatformMetrics {
            ended: attempts.ended,
            answered: attempts.answered,
            idle: count(self.staff.idle()),
            abandoned: self.callers.end_interval(self.now),
            logged_in: self.staff.staffed(),
        }
    }

    /// Counts the unanswered calls that have ended, as the end of an interval does.
    pub(super) fn count_unanswered(&mut self) {
        self.dialer.count_unanswered(self.now);
    }

    pub(super) fn set_dial_rate(&mut self, rate: u32) {
        self.timer.set_dial_rate(self.now, rate);
    }

    /// The time at which a call or a line ends that a dialer follows at once; infinity where none does.
    fn next_call_end_at(&self) -> f64 {
        if self.is_progressive {
            let line_free_at = self.dialer.next_conversation_end_at();
            self.dialer.next_unanswered_at().min(line_free_at)
        } else {
            f64::INFINITY
        }
    }

    /// Places calls while fewer ring than agents are available. An agent who leaves takes no call
    /// along, and a call for which no line is free is placed when one is.
    fn keep_ringing(&mut self) {
        let wanted = self.staff.idle();
        while self.dialer.ringing(self.now) < wanted && self.place_call() {}
    }

    /// Places a call and returns true, unless no line is free.
    fn place_call(&mut self) -> bool {
        let waiting = if self.dialer.limits_lines() {
            self.callers.waiting(self.now)
        } else {
            0
        };
        self.dialer.place_call(self.now, waiting)
    }

    fn answered(&mut self, call: AnsweredCall) {
        match self.staff.pop_idle() {
            Some(agent) => self.connect(agent, call),
            None if call.is_machine => {}
            None => self.callers.push(self.now, call),
        }
    }

    fn connect(&mut self, agent: u32, call: AnsweredCall) {
        self.staff.take_call(self.now, agent, call);
        self.dialer.converse_until(self.now + call.talk_secs);
    }

    /// An agent has ended a call, logged in or come back from a break, and takes a call or waits.
    fn release(&mut self, agent: u32) {
        if !self.staff.release(self.now, agent) {
            return;
        }
        if let Some(call) = self.callers.pop(self.now) {
            return self.connect(agent, call);
        }
        self.staff.push_idle(agent);
    }

    fn change_staff(&mut self) {
        for agent in self.staff.pop_change(self.now) {
            if self.staff.log_in(self.now, agent) {
                self.release(agent);
            }
        }
    }

    fn tick_level_dialer(&mut self) {
        let waiting = self.callers.waiting(self.now);
        let dropped = self.callers.abandoned();
        let inputs = LevelInputs {
            available: count(self.staff.idle()),
            staffed: self.staff.staffed(),
            talking: count(self.dialer.conversations(self.now)),
            waiting: count(waiting),
            ringing: count(self.dialer.ringing(self.now)),
            placed: self.dialer.placed(),
            answered: self.staff.connected() + dropped,
            dropped,
        };
        let wanted = self.level.as_mut().map_or(0, |level| level.tick(inputs));
        for _ in 0..wanted {
            self.place_call();
        }
    }

    fn poll(&mut self, controller: &mut dyn Controller) {
        self.next_poll_at += self.interval_secs;
        let metrics = self.end_interval();
        let (connected, abandoned) = (self.staff.connected(), self.callers.abandoned());
        let counts = self.counts();
        let half_hour = &mut self.control.half_hour;
        half_hour.end_interval(connected, abandoned, self.interval_secs, counts);
        controller.observe(Snapshot {
            at_secs: self.now,
            dial_rate: self.timer.dial_rate(),
            logged_in: metrics.logged_in,
            idle: metrics.idle,
            answer_rate: metrics.answer_rate(),
            connected,
            abandoned,
        });
        let fails = self.faults.poll_fails(self.now);
        let command = controller.poll(self.now, (!fails).then_some(metrics));
        if self.counts() {
            self.control.intervals += u64::from(command.is_outside_band.is_some());
            self.control.intervals_outside += u64::from(command.is_outside_band == Some(true));
        }
        self.apply_command(command, controller);
    }

    fn apply_command(&mut self, command: RateCommand, controller: &mut dyn Controller) {
        let Some(rate) = command.send else {
            return;
        };
        let fails = self.faults.patch_fails();
        if self.counts() {
            self.control.patches += 1;
            self.control.applied += u64::from(!fails);
            self.control.rate_changes += u64::from(!fails && rate != self.applied);
        }
        if fails {
            return;
        }
        self.applied = rate;
        controller.applied(rate);
        if self.change_delay_secs > 0.0 {
            self.timer
                .set_dial_rate_later(self.now + self.change_delay_secs, rate);
        } else {
            self.set_dial_rate(rate);
        }
    }

    fn counts(&self) -> bool {
        self.now >= self.counted.start
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
