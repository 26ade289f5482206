//! Totals of a replay: whole numbers, so that the sum does not depend on the order of rows.

use super::differences::{Difference, LargestDifferences};
use crate::base::units::UnixMillis;
use crate::history::HistoryRow;
use crate::pacing::{Decision, Reason};

/// Totals of one pacer's decisions, compared with history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplayTotals {
    /// Decisions, one for each row.
    pub rows: u64,
    /// Of these, decisions that send a dial rate: each a PATCH and a record.
    pub adjustments: u64,
    /// Of these, decisions that change the dial rate.
    pub rate_changes: u64,
    /// Of all, decisions at a time when nobody may be called.
    pub outside_hours: u64,
    /// Decisions with an answer rate.
    pub with_answer_rate: u64,
    /// Of these, decisions with the answer rate outside the SLA band.
    pub outside_band: u64,
    answer_rate_millionths: u64,
    /// Time between rows in milliseconds, without pauses of more than an hour.
    pub covered_millis: u64,
    /// Decisions on rows that have a dial rate to compare with.
    pub compared: u64,
    /// Of these, decisions with the same dial rate.
    pub equal: u64,
    /// Changes of history's dial rate.
    pub history_changes: u64,
    dial_rate_sum: u64,
    history_rate_sum: u64,
    difference_sum: u64,
    last_history_rate: Option<u32>,
    largest_differences: LargestDifferences,
}

impl ReplayTotals {
    /// Adds the decision on a row. `previous_at` is the time of the row before; of the first row,
    /// its own time.
    pub(super) fn add(&mut self, decision: &Decision, row: &HistoryRow, previous_at: UnixMillis) {
        let decided = decision.dial_rate();
        self.rows += 1;
        self.adjustments += u64::from(decision.order().is_some());
        self.rate_changes += u64::from(decided != decision.previous_dial_rate());
        self.outside_hours += u64::from(decision.reason == Reason::OutsideHours);
        self.dial_rate_sum += u64::from(decided);
        if let (Some(is_outside), Some(rate)) =
            (decision.is_outside_band(), decision.evidence.answer_rate)
        {
            self.with_answer_rate += 1;
            self.answer_rate_millionths += millionths(rate.value());
            self.outside_band += u64::from(is_outside);
        }
        let gap_millis = row.at.0.abs_diff(previous_at.0);
        if gap_millis <= GAP_MILLIS_MAX {
            self.covered_millis += gap_millis;
        }
        if let Some(history) = row.steps(decision.unit) {
            let difference = u64::from(decided.abs_diff(history));
            self.compared += 1;
            self.equal += u64::from(difference == 0);
            self.history_rate_sum += u64::from(history);
            self.difference_sum += difference;
            let is_change = self.last_history_rate.is_some_and(|last| last != history);
            self.history_changes += u64::from(is_change);
            self.last_history_rate = Some(history);
            self.largest_differences.add(row, decided, history);
        }
    }

    /// The sum of two totals, without the largest differences.
    pub(super) fn plus(mut self, other: &Self) -> Self {
        self.rows += other.rows;
        self.adjustments += other.adjustments;
        self.rate_changes += other.rate_changes;
        self.outside_hours += other.outside_hours;
        self.dial_rate_sum += other.dial_rate_sum;
        self.with_answer_rate += other.with_answer_rate;
        self.outside_band += other.outside_band;
        self.answer_rate_millionths += other.answer_rate_millionths;
        self.covered_millis += other.covered_millis;
        self.compared += other.compared;
        self.equal += other.equal;
        self.history_rate_sum += other.history_rate_sum;
        self.difference_sum += other.difference_sum;
        self.history_changes += other.history_changes;
        self
    }

    /// Mean setpoint decided, in steps of the unit.
    #[must_use]
    pub fn dial_rate_mean(&self) -> Option<f64> {
        quotient(self.dial_rate_sum, self.rows)
    }

    /// Share of answer rates outside the SLA band.
    #[must_use]
    pub fn outside_band_share(&self) -> Option<f64> {
        quotient(self.outside_band, self.with_answer_rate)
    }

    /// Mean of the answer rates, each to a millionth.
    #[must_use]
    pub fn answer_rate_mean(&self) -> Option<f64> {
        quotient(
            self.answer_rate_millionths,
            self.with_answer_rate * 1_000_000,
        )
    }

    /// Changes of the dial rate per hour of history.
    #[must_use]
    pub fn rate_changes_per_hour(&self) -> Option<f64> {
        quotient(self.rate_changes * HOUR_MILLIS, self.covered_millis)
    }

    /// Changes of history's dial rate per hour.
    #[must_use]
    pub fn history_changes_per_hour(&self) -> Option<f64> {
        let per_hour = quotient(self.history_changes * HOUR_MILLIS, self.covered_millis);
        per_hour.filter(|_| self.compared > 0)
    }

    /// Share of compared rows with the same dial rate.
    #[must_use]
    pub fn equal_share(&self) -> Option<f64> {
        quotient(self.equal, self.compared)
    }

    /// Mean absolute difference from history's setpoint, in steps of the unit.
    #[must_use]
    pub fn difference_mean(&self) -> Option<f64> {
        quotient(self.difference_sum, self.compared)
    }

    /// Mean setpoint of history, in steps of the unit.
    #[must_use]
    pub fn history_rate_mean(&self) -> Option<f64> {
        quotient(self.history_rate_sum, self.compared)
    }

    /// The largest differences from history, one for each hour at most, the largest first.
    #[must_use]
    pub fn largest_differences(&self) -> Vec<Difference> {
        self.largest_differences.sorted()
    }
}

/// A share as a whole number, so that a sum of many does not depend on their order.
fn millionths(share: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share from 0 to 1"
    )]
    let whole = (share * 1e6 + 0.5) as u32;
    u64::from(whole)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn quotient(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

const HOUR_MILLIS: u64 = 3_600_000;
/// A longer gap between rows is a pause of the campaign, and no time in which it was dialed.
const GAP_MILLIS_MAX: u64 = HOUR_MILLIS;
