//! The simulated campaign: discrete events on one virtual clock, in seconds.
//!
//! Call timer, dialer, staff and callers do not know each other. The event loop in this file takes the
//! next event from one of them and passes it on to the others.

mod call;
mod call_timer;
mod callers;
mod census;
mod dialer;
mod event;
mod placing;
mod polls;
mod ratio;
mod reports;
mod staff;

use std::ops::Range;

use call::AnsweredCall;
use call_timer::CallTimer;
use callers::Callers;
pub use census::{AgentStates, Totals};
use dialer::Dialer;
use ratio::RatioDialer;
use reports::Reports;
use staff::Staff;

use super::controller::{Controller, ReferenceDialer};
use super::draws::Streams;
use super::faults::FaultDraws;
use super::figures::{ControlCounts, DialerCounts, Figures};
use super::level::LevelDialer;
use super::scenario::Scenario;
use super::step_factor::StepFactor;
use crate::pacing::{RatioPosition, Setpoint};

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
    let mut world = World::new(scenario, controller, streams, counted);
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
    ratio: Option<RatioDialer>,
    staff: Staff,
    callers: Callers,
    talk_factor: StepFactor,

    interval_secs: f64,
    next_poll_at: f64,
    /// When the lever is to go back to a standstill; infinity where it is not.
    burst_over_at: f64,
    faults: FaultDraws,
    /// Reports of the ratio dialer.
    reports: Option<Reports>,
    change_delay_secs: f64,
    /// The setpoint last applied, which may not have taken effect yet.
    applied: Setpoint,
    control: ControlCounts,
}

impl World {
    /// The world at 0 s.
    pub(super) fn new(
        scenario: &Scenario,
        controller: &dyn Controller,
        streams: Streams,
        counted: Range<f64>,
    ) -> Self {
        let from_secs = counted.start;
        let (reference, unit) = (controller.reference_dialer(), controller.unit());
        let ratio = RatioDialer::of(&scenario.dialer.ratio, unit, reference, from_secs);
        let level = match reference {
            Some(ReferenceDialer::Level(rule)) => Some(LevelDialer::new(rule)),
            Some(ReferenceDialer::Progressive) | None => None,
        };
        Self {
            now: 0.0,
            timer: CallTimer::new(scenario.dialer.spacing, streams, from_secs),
            dialer: Dialer::new(scenario, level.is_some(), streams, &counted),
            level,
            staff: Staff::new(scenario, streams, counted.clone()),
            callers: Callers::new(from_secs),
            talk_factor: StepFactor::new(&scenario.talk_steps(counted.end)),
            counted,
            interval_secs: scenario.interval_secs,
            next_poll_at: scenario.interval_secs,
            burst_over_at: f64::INFINITY,
            faults: FaultDraws::of(&scenario.faults, streams),
            reports: ratio
                .is_some()
                .then(|| Reports::new(&scenario.dialer.ratio)),
            change_delay_secs: scenario.faults.patch_delay_secs,
            applied: ratio
                .as_ref()
                .map_or(Setpoint::Stopped, RatioDialer::setpoint),
            ratio,
            control: ControlCounts::default(),
        }
    }

    /// The same world without polls.
    pub(super) fn without_polls(mut self) -> Self {
        self.next_poll_at = f64::INFINITY;
        if self.ratio.is_some() {
            self.dialer.count_conversations();
        }
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
            let ratio = self.next_ratio_event_at();
            let change = self.timer.next_change_at();
            let call = self.timer.next_call_at();
            let tick = self
                .level
                .as_ref()
                .map_or(f64::INFINITY, LevelDialer::next_tick_at);
            let calls = answer.min(ratio).min(call).min(tick);
            let turn = self.next_poll_at.min(self.burst_over_at);
            let first = staff.min(handled).min(calls).min(change).min(turn);
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
            } else if ratio <= first {
                self.follow_ratio();
            } else if change <= first {
                self.timer.take_effect(self.now);
            } else if call <= first {
                self.timer.begin_gap(self.now);
                self.place_call();
            } else if tick <= first {
                self.tick_level_dialer();
            } else if self.burst_over_at <= first {
                self.end_burst(controller);
            } else {
                self.poll(controller);
            }
            self.keep_ringing();
        }
        self.now = self.now.max(until);
    }

    /// The figures of the counted time up to now.
    pub(super) fn figures(&mut self) -> Figures {
        self.callers.waiting(self.now);
        let dialer = DialerCounts {
            calls: self.dialer.counted(),
            rate_secs: self.timer.rate_secs(self.now),
            ratio_secs: match &mut self.ratio {
                Some(ratio) => ratio.ratio_secs(self.now),
                None => 0.0,
            },
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

    /// Counts the unanswered calls that have ended, as the end of an interval does.
    pub(super) fn count_unanswered(&mut self) {
        self.dialer.count_unanswered(self.now);
    }

    pub(super) fn set_dial_rate(&mut self, rate: u32) {
        self.timer.set_dial_rate(self.now, rate);
    }

    /// Changes the ratio.
    pub(super) fn set_position(&mut self, position: RatioPosition) {
        if let Some(ratio) = &mut self.ratio {
            ratio.set_position(self.now, position);
        }
        self.keep_ringing();
    }

    fn answered(&mut self, call: AnsweredCall) {
        match self.staff.pop_idle() {
            Some(agent) => self.connect(agent, call),
            None if call.is_machine => {}
            None => self.callers.push(self.now, call),
        }
    }

    fn connect(&mut self, agent: u32, mut call: AnsweredCall) {
        if !call.is_machine {
            call.talk_secs *= self.talk_factor.at(self.now);
        }
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
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
