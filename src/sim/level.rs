//! The dial level of the best known open dialer, `VICIdial`, as a reference to compare with.
//!
//! Not its code, but its rule: a level, calls for each agent, follows the agents who wait less the
//! callers who wait, and falls when too many callers were dropped. It looks every second, adapts
//! every 15 s and places calls every 2.5 s, which a rate set every 30 s cannot do.

use std::collections::VecDeque;

/// How the level answers to drops, and which agents it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelRule {
    /// At the drop limit: back to one call for each agent, else to half the level.
    pub hard_limit: bool,
    /// Whether only the agents who wait are counted, else those in a call as well.
    pub available_only: bool,
}

/// What the dialer sees of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LevelInputs {
    /// Agents who wait for a call.
    pub(super) ready: u32,
    /// Agents logged in and not on a break.
    pub(super) logged_in: u32,
    /// Calls in conversation.
    pub(super) talking: u32,
    /// Callers who answered and wait for an agent.
    pub(super) waiting: u32,
    /// Calls that nobody has answered yet.
    pub(super) ringing: u32,
    /// Calls placed so far.
    pub(super) placed: u64,
    /// People who answered so far and reached an agent or gave up.
    pub(super) answered: u64,
    /// Of these, those who gave up.
    pub(super) dropped: u64,
}

/// The dialer between two looks.
#[derive(Clone)]
pub(super) struct LevelDialer {
    rule: LevelRule,
    level: f64,
    /// Half seconds so far.
    ticks: u64,
    next_tick_at: f64,
    /// Ready, waiting and logged-in of the last seconds.
    seconds: VecDeque<(u32, u32, u32)>,
    /// Answered and dropped, one entry for each second of the last minute.
    minute: VecDeque<(u64, u64)>,
    dropped_share: f64,
}

impl LevelDialer {
    pub(super) fn new(rule: LevelRule) -> Self {
        Self {
            rule,
            level: LEVEL_MIN,
            ticks: 0,
            next_tick_at: TICK_SECS,
            seconds: VecDeque::new(),
            minute: VecDeque::new(),
            dropped_share: 0.0,
        }
    }

    /// The time of the next tick.
    pub(super) fn next_tick_at(&self) -> f64 {
        self.next_tick_at
    }

    /// Half a second has passed; returns how many calls to place now.
    pub(super) fn tick(&mut self, inputs: LevelInputs) -> u32 {
        self.ticks += 1;
        self.next_tick_at += TICK_SECS;
        if self.ticks.is_multiple_of(2) {
            push(
                &mut self.seconds,
                (inputs.ready, inputs.waiting, inputs.logged_in),
                SAMPLES,
            );
            push(&mut self.minute, (inputs.answered, inputs.dropped), MINUTE);
        }
        if self.ticks.is_multiple_of(120) && inputs.answered > 0 {
            self.dropped_share = share(inputs.dropped, inputs.answered);
        }
        if self.ticks.is_multiple_of(30) {
            self.adapt(inputs);
        }
        if self.ticks.is_multiple_of(5) {
            self.wanted(inputs)
        } else {
            0
        }
    }

    fn adapt(&mut self, inputs: LevelInputs) {
        let sums = self.seconds.iter().fold((0, 0, 0), |sums, (r, w, a)| {
            (sums.0 + r, sums.1 + w, sums.2 + a)
        });
        let (ready, waiting, logged_in) = sums;
        if logged_in > 0 {
            let x = (f64::from(ready) - f64::from(waiting)) / f64::from(logged_in);
            self.level = (self.level * (1.0 + x)).clamp(LEVEL_MIN, LEVEL_MAX);
        }
        let (answered, dropped) = self.minute.front().copied().unwrap_or_default();
        let answered = inputs.answered.saturating_sub(answered);
        let dropped = inputs.dropped.saturating_sub(dropped);
        if answered > 20 && dropped * 2 > answered {
            self.level /= 2.0;
        }
        if inputs.placed > 50 && self.dropped_share > DROPPED_MAX {
            self.level = if self.rule.hard_limit {
                LEVEL_MIN
            } else {
                self.level / 2.0
            };
        }
        self.level = self.level.max(LEVEL_MIN);
    }

    fn wanted(&self, inputs: LevelInputs) -> u32 {
        let (agents, calls) = if self.rule.available_only {
            (inputs.ready, inputs.ringing + inputs.waiting)
        } else {
            (
                inputs.ready + inputs.talking,
                inputs.ringing + inputs.waiting + inputs.talking,
            )
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most three times a number of agents"
        )]
        let lines = (self.level * f64::from(agents)).round() as u32;
        lines.saturating_sub(calls)
    }
}

fn push<T>(queue: &mut VecDeque<T>, value: T, length: usize) {
    queue.push_back(value);
    if queue.len() > length {
        queue.pop_front();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one replication")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// Seconds between two looks for calls to place are five of these.
const TICK_SECS: f64 = 0.5;
/// Calls for each agent.
const LEVEL_MIN: f64 = 1.0;
const LEVEL_MAX: f64 = 3.0;
/// Share of the people who answered; the regulator's limit.
const DROPPED_MAX: f64 = 0.03;
/// Seconds of which means are taken.
const SAMPLES: usize = 15;
/// Seconds.
const MINUTE: usize = 60;
