//! People who wait, agents who take them, and the roster and breaks of those.

use super::super::controller::Placing;
use super::super::draws::Purpose;
use super::event::Timed;
use super::{AgentState, LiveCall, StaffEvent, Waiting, World};

impl World {
    pub(super) fn answered(&mut self, call: LiveCall) {
        self.interval_ended += 1;
        self.interval_answered += u32::from(!call.is_machine);
        match self.idle.pop_front() {
            Some(agent) => self.connect(agent, call, 0.0),
            None if call.is_machine => {}
            None => self.waiting.push_back(Waiting {
                since: self.now,
                until: self.now + call.patience,
                call,
            }),
        }
    }

    pub(super) fn connect(&mut self, agent: u32, call: LiveCall, waited: f64) {
        let handle = call.talk + call.wrap_up;
        let over = self.now + handle;
        if let Some(agent) = self.agents.get_mut(agent as usize) {
            agent.state = AgentState::Busy;
            if self.now >= self.scenario.warm_up_secs && !call.is_machine {
                self.tally.idle_secs += self.now - agent.idle_since;
                self.tally.caller_wait_secs += waited;
                self.tally.connected += 1;
            }
        }
        self.tally.busy_secs +=
            (over.min(self.end) - self.now.max(self.scenario.warm_up_secs)).max(0.0);
        self.use_line_until(self.now + call.talk);
        if self.level.is_some() {
            let sequence = self.next_sequence();
            self.talks.push(Timed {
                at: self.now + call.talk,
                sequence,
                what: (),
            });
        }
        let sequence = self.next_sequence();
        self.ends.push(Timed {
            at: over,
            sequence,
            what: agent,
        });
    }

    /// Counts those who gave up waiting.
    pub(super) fn drop_impatient(&mut self) {
        let (now, warm_up) = (self.now, self.scenario.warm_up_secs);
        let abandoned = &mut self.tally.abandoned;
        let of_interval = &mut self.interval_abandoned;
        self.waiting.retain(|caller| {
            let waits = caller.until > now;
            *of_interval += u32::from(!waits);
            *abandoned += u64::from(!waits && caller.until >= warm_up);
            waits
        });
    }

    /// The agent ends a call, logs in, or comes back from a break.
    pub(super) fn free(&mut self, id: u32) {
        let (staffed, now) = (self.staffed, self.now);
        let Some(agent) = self.agents.get_mut(id as usize) else {
            return;
        };
        agent.idle_since = now;
        if id >= staffed {
            agent.state = AgentState::Out;
            return self.work(-1);
        }
        if agent.break_due <= now {
            return self.begin_break(id);
        }
        while let Some(Waiting { since, until, call }) = self.waiting.pop_front() {
            if until > now {
                return self.connect(id, call, now - since);
            }
            self.interval_abandoned += 1;
            if until >= self.scenario.warm_up_secs {
                self.tally.abandoned += 1;
            }
        }
        if let Some(agent) = self.agents.get_mut(id as usize) {
            agent.state = AgentState::Idle;
        }
        self.idle.push_back(id);
        if self.placing == Placing::OnePerIdleAgent {
            self.place_call();
        }
    }

    pub(super) fn staff_event(&mut self) {
        let Some(Timed { what, .. }) = self.staff_events.pop() else {
            return;
        };
        match what {
            StaffEvent::Roster(count) => self.change_roster(count),
            StaffEvent::BreakOver(id) => {
                self.work(1);
                self.plan_break(id);
                self.free(id);
            }
            StaffEvent::BreakDue(id, breaks) => {
                let agent = self.agents.get(id as usize);
                let is_idle =
                    agent.is_some_and(|a| a.breaks == breaks && a.state == AgentState::Idle);
                if is_idle {
                    self.idle.retain(|idle| *idle != id);
                    self.begin_break(id);
                }
            }
        }
    }

    pub(super) fn change_roster(&mut self, count: u32) {
        let before = std::mem::replace(&mut self.staffed, count);
        for id in before..count {
            if self
                .agents
                .get(id as usize)
                .is_some_and(|a| a.state == AgentState::Out)
            {
                self.work(1);
                self.plan_break(id);
                self.free(id);
            }
        }
        // Who is idle leaves at once, who is in a call or on a break when that is over.
        let leaving = self.idle.iter().filter(|id| **id >= count).count();
        self.idle.retain(|id| *id < count);
        for _ in 0..leaving {
            self.work(-1);
        }
        for (id, agent) in self.agents.iter_mut().enumerate() {
            if id >= count as usize && agent.state == AgentState::Idle {
                agent.state = AgentState::Out;
            }
        }
    }

    pub(super) fn begin_break(&mut self, id: u32) {
        self.work(-1);
        let Some(agent) = self.agents.get_mut(id as usize) else {
            return;
        };
        agent.state = AgentState::OnBreak;
        let mut stream = self.streams.of(
            Purpose::Break,
            (u64::from(id) << 32) | u64::from(agent.breaks) | 1 << 31,
        );
        let lasts = self.scenario.agents.break_duration.sample(&mut stream);
        self.at_staff(self.now + lasts, StaffEvent::BreakOver(id));
    }

    pub(super) fn plan_break(&mut self, id: u32) {
        let per_hour = self.scenario.agents.breaks_per_hour;
        if per_hour <= 0.0 {
            return;
        }
        let now = self.now;
        let Some(agent) = self.agents.get_mut(id as usize) else {
            return;
        };
        agent.breaks += 1;
        let breaks = agent.breaks;
        let mut stream = self
            .streams
            .of(Purpose::Break, (u64::from(id) << 32) | u64::from(breaks));
        let due = now + stream.exponential() * 3600.0 / per_hour;
        agent.break_due = due;
        self.at_staff(due, StaffEvent::BreakDue(id, breaks));
    }

    pub(super) fn work(&mut self, change: i32) {
        self.count_working();
        self.working = self.working.saturating_add_signed(change);
    }

    pub(super) fn count_working(&mut self) {
        let since = self.working_since;
        if self.now > since {
            self.tally.logged_in_secs += f64::from(self.working) * (self.now - since);
            self.working_since = self.now;
        }
    }
}
