//! What is counted of a replay: whole numbers, so that the order of rows does not matter.

use super::parting::{Part, Parting};
use crate::base::units::UnixMillis;
use crate::history::Row;
use crate::pacing::Decision;

/// What one pacer decided, and how that compares with history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Decisions.
    pub rows: u64,
    /// Of these, such that send a dial rate: what would have been a PATCH and a record.
    pub adjustments: u64,
    /// Of these, such that change it.
    pub rate_changes: u64,
    /// Sum of the dial rates decided.
    pub dial_rates: u64,
    /// Decisions with an answer rate.
    pub judged: u64,
    /// Of these, such with the answer rate outside the SLA band.
    pub outside: u64,
    /// Milliseconds between rows, pauses of more than an hour left out.
    pub covered_millis: u64,
    /// Decisions for whose row history has a dial rate.
    pub compared: u64,
    /// Of these, such with the same dial rate.
    pub equal: u64,
    /// Sum of the dial rates of history.
    pub history_rates: u64,
    /// Sum of the absolute differences.
    pub differences: u64,
    /// Changes of history's dial rate.
    pub history_changes: u64,
    history_rate: Option<u32>,
    parting: Parting,
}

impl Tally {
    /// `since` is when the row before was, and the row's own time for the first.
    pub(super) fn add(&mut self, decision: &Decision, row: &Row, since: UnixMillis) {
        let rate = decision.dial_rate();
        self.rows += 1;
        self.adjustments += u64::from(decision.order().is_some());
        self.rate_changes += u64::from(rate != decision.previous_dial_rate());
        self.dial_rates += u64::from(rate);
        if let Some(outside) = decision.is_outside_band() {
            self.judged += 1;
            self.outside += u64::from(outside);
        }
        let gap = row.at.0.abs_diff(since.0);
        if gap <= PAUSE_MILLIS {
            self.covered_millis += gap;
        }
        if let Some(history) = row.dial_rate {
            let difference = u64::from(rate.abs_diff(history));
            self.compared += 1;
            self.equal += u64::from(difference == 0);
            self.history_rates += u64::from(history);
            self.differences += difference;
            let changed = self.history_rate.is_some_and(|before| before != history);
            self.history_changes += u64::from(changed);
            self.history_rate = Some(history);
            self.parting.add(row, rate, history);
        }
    }

    pub(super) fn plus(mut self, other: &Self) -> Self {
        self.rows += other.rows;
        self.adjustments += other.adjustments;
        self.rate_changes += other.rate_changes;
        self.dial_rates += other.dial_rates;
        self.judged += other.judged;
        self.outside += other.outside;
        self.covered_millis += other.covered_millis;
        self.compared += other.compared;
        self.equal += other.equal;
        self.history_rates += other.history_rates;
        self.differences += other.differences;
        self.history_changes += other.history_changes;
        self
    }

    /// Mean dial rate decided, calls per minute.
    #[must_use]
    pub fn dial_rate_mean(&self) -> Option<f64> {
        share(self.dial_rates, self.rows)
    }

    /// Share of the answer rates that are outside the SLA band.
    #[must_use]
    pub fn outside_sla_band(&self) -> Option<f64> {
        share(self.outside, self.judged)
    }

    /// Changes of the dial rate per hour of history.
    #[must_use]
    pub fn rate_changes_per_hour(&self) -> Option<f64> {
        share(self.rate_changes * HOUR_MILLIS, self.covered_millis)
    }

    /// The same of history's own dial rate.
    #[must_use]
    pub fn history_changes_per_hour(&self) -> Option<f64> {
        share(self.history_changes * HOUR_MILLIS, self.covered_millis).filter(|_| self.compared > 0)
    }

    /// Share of the compared rows with the same dial rate.
    #[must_use]
    pub fn equal_share(&self) -> Option<f64> {
        share(self.equal, self.compared)
    }

    /// Mean absolute difference from history's dial rate, calls per minute.
    #[must_use]
    pub fn difference_mean(&self) -> Option<f64> {
        share(self.differences, self.compared)
    }

    /// Mean of history's dial rate.
    #[must_use]
    pub fn history_rate_mean(&self) -> Option<f64> {
        share(self.history_rates, self.compared)
    }

    /// The hours in which the two part most, each by its furthest row; the furthest first.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        self.parting.furthest()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

const HOUR_MILLIS: u64 = 3_600_000;
/// A longer gap is a pause of the campaign: no hours of dialing.
const PAUSE_MILLIS: u64 = HOUR_MILLIS;
