//! What may be in force: the positions that the lever may have.
//!
//! A position is certain only where an answer told it, so the state keeps a set: the position last
//! confirmed, the one seen since if it is another, and that of each change without a certain answer.
//! From the set follows what may be sent:
//!
//! * while all of it is settled, what the pacer decides;
//! * otherwise only what is lower than the highest of the set, and without a poll nothing higher
//!   than the lowest.
//!
//! So a setpoint above the rule's never stays in force for want of a read, and no fault raises one.

use super::state::{Intent, Looks, State};
use crate::pacing::Setpoint;
use crate::warehouse::Record;

impl State {
    /// The highest position that the lever may have; `None` where nothing is known of it.
    #[must_use]
    pub fn highest_in_force(&self) -> Option<Setpoint> {
        self.in_force().max()
    }

    /// The lowest position that the lever may have; a standstill where that is unknown.
    #[must_use]
    pub fn lowest_in_force(&self) -> Setpoint {
        let is_known = self.pacer.applied.is_some() || self.seen.is_some();
        let lowest = self.in_force().min().filter(|_| is_known);
        lowest.unwrap_or(Setpoint::Stopped)
    }

    /// The position before any open intent, as far as it is known.
    #[must_use]
    pub fn last_known(&self) -> Option<Setpoint> {
        self.seen.or(self.pacer.applied)
    }

    /// True where `setpoint` is lower than a position that the lever may have. Nothing is lower than
    /// an unknown position but a standstill.
    #[must_use]
    pub fn is_lowered_by(&self, setpoint: Setpoint) -> bool {
        let is_unknown = self.pacer.applied.is_none();
        (is_unknown && setpoint == Setpoint::Stopped) || Some(setpoint) < self.highest_in_force()
    }

    /// The lever was seen in this cycle.
    pub(super) fn sighted(&mut self) {
        self.looks.seen();
        if self.looks.since_uncertain.is_none() {
            self.late = None;
        }
    }

    fn in_force(&self) -> impl Iterator<Item = Setpoint> {
        let intents = self.unsettled.iter().map(|intent| intent.setpoint);
        let known = self.pacer.applied.into_iter().chain(self.seen);
        known.chain(intents)
    }

    /// Adds a setpoint that is about to be sent. One that was sent before without an answer is the
    /// same change, and keeps its record. Returns whether it is new.
    pub(super) fn intend(&mut self, setpoint: Setpoint, record: Option<Record>) -> bool {
        if let Some(last) = self.unsettled.last()
            && last.setpoint == setpoint
        {
            return false;
        }
        self.unsettled.push(Intent { setpoint, record });
        if self.unsettled.len() > UNSETTLED_MAX {
            let (lowest, highest) = (self.lowest_in_force(), self.highest_in_force());
            let is_between =
                |intent: &Intent| intent.setpoint > lowest && Some(intent.setpoint) < highest;
            let mut earlier = self.unsettled.iter().take(UNSETTLED_MAX);
            if let Some(between) = earlier.position(is_between) {
                let overtaken = self.unsettled.remove(between);
                self.outbox.extend(overtaken.record);
            }
        }
        true
    }

    /// The last change was applied. Returns the earlier ones of which it will never be known
    /// whether they were: their records are exported, since no change that was applied may lack
    /// its record.
    pub(super) fn confirm(&mut self) -> Vec<Setpoint> {
        let last = self.unsettled.len().saturating_sub(1);
        self.confirm_nth(last)
    }

    /// The lever was read. Where an open intent explains its position, that one was applied, and
    /// those after it were not; see [`confirm`](Self::confirm) for those before it.
    pub(super) fn settle_at(&mut self, actual: Setpoint) -> Settled {
        let explains = |intent: &Intent| intent.setpoint == actual;
        let nth = self.unsettled.iter().rposition(explains);
        let overtaken = nth.map(|nth| self.confirm_nth(nth)).unwrap_or_default();
        let not_applied: Vec<Intent> = std::mem::take(&mut self.unsettled);
        let intended = not_applied.last().map(|intent| intent.setpoint);
        self.late = not_applied.into_iter().max_by_key(|intent| intent.setpoint);
        self.pacer.applied = Some(actual);
        self.seen = None;
        Settled {
            applied: nth.map(|_| actual),
            not_applied: intended.filter(|_| nth.is_none()),
            overtaken,
        }
    }

    fn confirm_nth(&mut self, nth: usize) -> Vec<Setpoint> {
        let rest = self
            .unsettled
            .split_off((nth + 1).min(self.unsettled.len()));
        let mut done = std::mem::replace(&mut self.unsettled, rest);
        if let Some(last) = done.last() {
            self.pacer.applied = Some(last.setpoint);
            self.seen = None;
        }
        let overtaken = done.iter().rev().skip(1).rev();
        let overtaken = overtaken.map(|intent| intent.setpoint).collect();
        for intent in &mut done {
            self.outbox.extend(intent.record.take());
        }
        overtaken
    }
}

/// What a read told of the open intents.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The setpoint that was applied.
    pub(super) applied: Option<Setpoint>,
    /// The last setpoint, where none was applied.
    pub(super) not_applied: Option<Setpoint>,
    /// Setpoints of which it cannot be known.
    pub(super) overtaken: Vec<Setpoint>,
}

impl Looks {
    /// Begins a cycle.
    pub(super) fn begin_cycle(&mut self) {
        self.unseen_cycles = self.unseen_cycles.saturating_add(1);
        self.since_uncertain = self.since_uncertain.map(|cycles| cycles.saturating_add(1));
    }

    /// True where the lever is to be looked at in this cycle.
    pub(super) fn is_due(self) -> bool {
        let [first, second] = LATE;
        let is_late = |cycles| cycles == first || cycles >= second;
        self.unseen_cycles >= CYCLES_UNSEEN_MAX || self.since_uncertain.is_some_and(is_late)
    }

    /// The lever was seen.
    pub(super) fn seen(&mut self) {
        self.unseen_cycles = 0;
        let [_, second] = LATE;
        self.since_uncertain = self.since_uncertain.filter(|cycles| *cycles < second);
    }

    /// The lever could not be seen.
    pub(super) fn missed(&mut self) {
        self.unseen_cycles = 0;
    }

    /// A change was sent without a certain answer.
    pub(super) fn uncertain(&mut self) {
        self.since_uncertain = Some(0);
    }
}

/// Cycles after which a lever that nothing made the cycle read is looked at.
const CYCLES_UNSEEN_MAX: u32 = 10;
/// Cycles after a change without a certain answer at which the lever is looked at.
const LATE: [u32; 2] = [1, 3];
/// Most open intents. The rates between the lowest and the highest of them tell nothing more.
const UNSETTLED_MAX: usize = 16;
