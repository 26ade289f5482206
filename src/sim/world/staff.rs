//! The staff: each agent's state, by roster, breaks and calls, and the time spent in it.

use std::collections::VecDeque;
use std::ops::Range;

use super::call::AnsweredCall;
use super::event::EventQueue;
use crate::sim::draws::{Purpose, Streams};
use crate::sim::figures::StaffCounts;
use crate::sim::scenario::{Agents, Scenario};

/// All agents. While the roster has n agents on shift, these are the agents with ids below n.
#[derive(Clone)]
pub(super) struct Staff {
    settings: Agents,
    streams: Streams,
    agents: Vec<Agent>,
    /// Available agents, the one who has been idle longest first.
    idle: VecDeque<u32>,
    on_shift: u32,
    /// Agents logged in and not on a break.
    staffed: u32,
    changes: EventQueue<StaffEvent>,
    /// Ends of handle times.
    handled: EventQueue<u32>,
    /// Connected calls since the start, counted or not.
    connected: u64,
    counted: Range<f64>,
    counts: StaffCounts,
    staffed_until: f64,
}

#[derive(Clone)]
struct Agent {
    state: AgentState,
    idle_since: f64,
    break_due_at: f64,
    /// Breaks planned so far. A due event with another number is of an earlier plan.
    breaks: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AgentState {
    LoggedOut,
    Idle,
    Busy,
    OnBreak,
}

#[derive(Clone)]
enum StaffEvent {
    Roster { count: u32 },
    BreakDue { id: u32, number: u32 },
    BreakOver { id: u32 },
}

impl Staff {
    /// The staff before the first shift. Times within `counted` are counted.
    pub(super) fn new(scenario: &Scenario, streams: Streams, counted: Range<f64>) -> Self {
        let agent = Agent {
            state: AgentState::LoggedOut,
            idle_since: 0.0,
            break_due_at: f64::INFINITY,
            breaks: 0,
        };
        let mut changes = EventQueue::new();
        for shift in scenario.roster(counted.end) {
            let count = shift.count;
            changes.push(shift.from_secs, StaffEvent::Roster { count });
        }
        Self {
            settings: scenario.agents.clone(),
            streams,
            agents: vec![agent; scenario.agents_max() as usize],
            idle: VecDeque::new(),
            on_shift: 0,
            staffed: 0,
            changes,
            handled: EventQueue::new(),
            connected: 0,
            staffed_until: counted.start,
            counted,
            counts: StaffCounts::default(),
        }
    }

    /// The time of the next change of the roster, or of the next break.
    pub(super) fn next_change_at(&self) -> f64 {
        self.changes.next_at()
    }

    /// The time at which the next agent has handled a call.
    pub(super) fn next_handled_at(&self) -> f64 {
        self.handled.next_at()
    }

    /// Takes the next change. Returns the agents who log in or come back because of it.
    pub(super) fn pop_change(&mut self, now: f64) -> Range<u32> {
        match self.changes.pop() {
            Some(StaffEvent::Roster { count }) => self.change_roster(now, count),
            Some(StaffEvent::BreakOver { id }) => {
                self.set_state(id, AgentState::LoggedOut);
                id..id + 1
            }
            Some(StaffEvent::BreakDue { id, number }) => {
                let agent = self.agents.get(id as usize);
                if agent.is_some_and(|a| a.breaks == number && a.state == AgentState::Idle) {
                    self.idle.retain(|idle| *idle != id);
                    self.begin_break(now, id);
                }
                0..0
            }
            None => 0..0,
        }
    }

    /// Takes the next agent who has handled a call.
    pub(super) fn pop_handled(&mut self) -> Option<u32> {
        self.handled.pop()
    }

    /// Logs an agent in, unless a call or a break from an earlier shift still lasts.
    pub(super) fn log_in(&mut self, now: f64, id: u32) -> bool {
        let agent = self.agents.get(id as usize);
        let is_out = agent.is_some_and(|agent| agent.state == AgentState::LoggedOut);
        if is_out {
            self.change_staffed(now, 1);
            self.plan_break(now, id);
        }
        is_out
    }

    /// An agent's call, break or logged-out time is over. Returns true where the agent can take a
    /// call, and false where the shift is over or a break is due.
    pub(super) fn release(&mut self, now: f64, id: u32) -> bool {
        let on_shift = self.on_shift;
        let Some(agent) = self.agents.get_mut(id as usize) else {
            return false;
        };
        agent.idle_since = now;
        if id >= on_shift {
            agent.state = AgentState::LoggedOut;
            self.change_staffed(now, -1);
            return false;
        }
        if agent.break_due_at <= now {
            self.begin_break(now, id);
            return false;
        }
        true
    }

    /// An agent waits for a call.
    pub(super) fn push_idle(&mut self, id: u32) {
        self.set_state(id, AgentState::Idle);
        self.idle.push_back(id);
    }

    /// The agent who has been idle longest.
    pub(super) fn pop_idle(&mut self) -> Option<u32> {
        self.idle.pop_front()
    }

    /// An agent takes a call.
    pub(super) fn take_call(&mut self, now: f64, id: u32, call: AnsweredCall) {
        let over = now + (call.talk_secs + call.wrap_up_secs);
        if let Some(agent) = self.agents.get_mut(id as usize) {
            agent.state = AgentState::Busy;
            self.connected += u64::from(!call.is_machine);
            if now >= self.counted.start && !call.is_machine {
                self.counts.idle_secs += now - agent.idle_since;
                self.counts.connected += 1;
            }
        }
        let counted = over.min(self.counted.end) - now.max(self.counted.start);
        self.counts.busy_secs += counted.max(0.0);
        self.handled.push(over, id);
    }

    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    /// Agents logged in and not on a break.
    pub(super) fn staffed(&self) -> u32 {
        self.staffed
    }

    /// Agents on a break.
    pub(super) fn on_break(&self) -> u32 {
        let on_break = |agent: &&Agent| agent.state == AgentState::OnBreak;
        u32::try_from(self.agents.iter().filter(on_break).count()).unwrap_or(u32::MAX)
    }

    /// Connected calls since the start.
    pub(super) fn connected(&self) -> u64 {
        self.connected
    }

    /// The counts up to `now`.
    pub(super) fn counts(&mut self, now: f64) -> StaffCounts {
        self.count_staffed(now);
        // Each handle time is added as a whole when it begins.
        let ahead = |over: f64| (over.min(self.counted.end) - now).max(0.0);
        let ahead_secs: f64 = self.handled.times().map(ahead).sum();
        StaffCounts {
            busy_secs: self.counts.busy_secs - ahead_secs,
            ..self.counts
        }
    }

    /// Changes the agents on shift. An available agent off shift logs out at once, the others after
    /// their call or break. Returns the agents whose shift begins.
    fn change_roster(&mut self, now: f64, count: u32) -> Range<u32> {
        let before = std::mem::replace(&mut self.on_shift, count);
        for id in count..before {
            let agent = self.agents.get_mut(id as usize);
            if let Some(agent) = agent.filter(|agent| agent.state == AgentState::Idle) {
                agent.state = AgentState::LoggedOut;
                self.change_staffed(now, -1);
            }
        }
        self.idle.retain(|id| *id < count);
        before..count
    }

    fn begin_break(&mut self, now: f64, id: u32) {
        self.change_staffed(now, -1);
        let Some(agent) = self.agents.get_mut(id as usize) else {
            return;
        };
        agent.state = AgentState::OnBreak;
        let index = break_index(id, agent.breaks) | BREAK_LENGTH;
        let mut stream = self.streams.of(Purpose::Break, index);
        let secs = self.settings.break_duration.sample(&mut stream);
        self.changes.push(now + secs, StaffEvent::BreakOver { id });
    }

    fn plan_break(&mut self, now: f64, id: u32) {
        let per_hour = self.settings.breaks_per_hour;
        let agent = self.agents.get_mut(id as usize);
        let Some(agent) = agent.filter(|_| per_hour > 0.0) else {
            return;
        };
        agent.breaks += 1;
        let number = agent.breaks;
        let mut stream = self.streams.of(Purpose::Break, break_index(id, number));
        let due_at = now + stream.exponential() * 3600.0 / per_hour;
        agent.break_due_at = due_at;
        self.changes
            .push(due_at, StaffEvent::BreakDue { id, number });
    }

    fn set_state(&mut self, id: u32, state: AgentState) {
        if let Some(agent) = self.agents.get_mut(id as usize) {
            agent.state = state;
        }
    }

    fn change_staffed(&mut self, now: f64, change: i32) {
        self.count_staffed(now);
        self.staffed = self.staffed.saturating_add_signed(change);
    }

    fn count_staffed(&mut self, now: f64) {
        let secs = now - self.staffed_until;
        if secs > 0.0 {
            self.counts.staffed_secs += f64::from(self.staffed) * secs;
            self.staffed_until = now;
        }
    }
}

/// The index of the stream of an agent's break.
fn break_index(id: u32, number: u32) -> u64 {
    (u64::from(id) << 32) | u64::from(number)
}

/// Added to a break's index: the stream of its length instead of its time.
const BREAK_LENGTH: u64 = 1 << 31;
