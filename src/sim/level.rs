//! A reference dialer: the dial level of `VICIdial`, the best known open dialer.
//!
//! Its rule, not its code. The level is a dial ratio. It rises with available agents, falls with
//! waiting callers, and falls further above a limit of dropped calls. The dialer takes a sample every
//! second, adapts the level every 15 s and places calls every 2.5 s; a dial rate set every 30 s is
//! slower.

use std::collections::VecDeque;

/// A variant of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelRule {
    /// Above the drop limit the level falls to 1; otherwise to half.
    pub hard_limit: bool,
    /// The level counts available agents only; otherwise those in conversation too.
    pub available_only: bool,
}

/// The counts that the dialer decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LevelInputs {
    /// Available agents.
    pub(super) available: u32,
    /// Staffed agents.
    pub(super) staffed: u32,
    /// Calls in conversation.
    pub(super) talking: u32,
    /// Callers who answered and wait for an agent.
    pub(super) waiting: u32,
    /// Calls that ring.
    pub(super) ringing: u32,
    /// Calls placed so far.
    pub(super) placed: u64,
    /// Connected and abandoned calls so far.
    pub(super) answered: u64,
    /// Abandoned calls so far.
    pub(super) dropped: u64,
}

/// The dialer.
#[derive(Clone)]
pub(super) struct LevelDialer {
    rule: LevelRule,
    level: f64,
    /// Half seconds so far.
    ticks: u64,
    next_tick_at: f64,
    /// Available agents, waiting callers and staffed agents of the last 15 seconds.
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

    /// Half a second has passed. Returns the number of calls to place now.
    pub(super) fn tick(&mut self, inputs: LevelInputs) -> u32 {
        self.ticks += 1;
        self.next_tick_at += TICK_SECS;
        if self.ticks.is_multiple_of(SAMPLE_TICKS) {
            push(
                &mut self.seconds,
                (inputs.available, inputs.waiting, inputs.staffed),
                SAMPLES,
            );
            push(&mut self.minute, (inputs.answered, inputs.dropped), MINUTE);
        }
        if self.ticks.is_multiple_of(DROPPED_TICKS) && inputs.answered > 0 {
            self.dropped_share = share(inputs.dropped, inputs.answered);
        }
        if self.ticks.is_multiple_of(ADAPT_TICKS) {
            self.adapt(inputs);
        }
        if self.ticks.is_multiple_of(PLACE_TICKS) {
            self.wanted(inputs)
        } else {
            0
        }
    }

    fn adapt(&mut self, inputs: LevelInputs) {
        let sums = self.seconds.iter().fold((0, 0, 0), |sums, (r, w, a)| {
            (sums.0 + r, sums.1 + w, sums.2 + a)
        });
        let (available, waiting, staffed) = sums;
        if staffed > 0 {
            let x = (f64::from(available) - f64::from(waiting)) / f64::from(staffed);
            self.level = (self.level * (1.0 + x)).clamp(LEVEL_MIN, LEVEL_MAX);
        }
        let (answered, dropped) = self.minute.front().copied().unwrap_or_default();
        let answered = inputs.answered.saturating_sub(answered);
        let dropped = inputs.dropped.saturating_sub(dropped);
        if answered > BURST_ANSWERS_MIN && dropped * 2 > answered {
            self.level /= 2.0;
        }
        if inputs.placed > PLACED_MIN && self.dropped_share > DROPPED_MAX {
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
            (inputs.available, inputs.ringing + inputs.waiting)
        } else {
            (
                inputs.available + inputs.talking,
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

/// Half a second, of which the dialer's other times are multiples. These and the limits below are
/// those of `VICIdial`.
const TICK_SECS: f64 = 0.5;
/// Ticks from one sample of agents and callers to the next, 1 s.
const SAMPLE_TICKS: u64 = 2;
/// Ticks from one placing of calls to the next, 2.5 s.
const PLACE_TICKS: u64 = 5;
/// Ticks from one change of the level to the next, 15 s.
const ADAPT_TICKS: u64 = 30;
/// Ticks from one count of the dropped share to the next, a minute.
const DROPPED_TICKS: u64 = 120;
/// Samples over which the level's inputs are averaged, 15 s.
const SAMPLES: usize = 15;
/// Samples over which a burst of dropped calls is counted, a minute.
const MINUTE: usize = 60;
/// Bounds of the level, calls per agent.
const LEVEL_MIN: f64 = 1.0;
const LEVEL_MAX: f64 = 3.0;
/// Dropped ÷ answered above which the level falls; the regulator's limit.
const DROPPED_MAX: f64 = 0.03;
/// Calls that must have been placed before the dropped share counts.
const PLACED_MIN: u64 = 50;
/// Answers of a minute above which its dropped calls are a burst, if they are more than half.
const BURST_ANSWERS_MIN: u64 = 20;
