//! Totals that count on from row to row, such as since midnight.

use super::row::{HistoryPoll, RowValues};
use crate::base::units::UnixMillis;
use crate::pacing::{IntervalRate, Traffic};

/// What is kept of one campaign's totals.
#[derive(Debug, Default)]
pub(super) struct RunningTotals {
    last: Option<Traffic>,
    /// The totals before the last row, where they fell with it.
    before_fall: Option<Traffic>,
    first_at: Option<UnixMillis>,
    first_dialed: u32,
    last_at: Option<UnixMillis>,
    grows: u32,
    falls: u32,
    /// True once a total fell while the calls dialed did not.
    is_out_of_step: bool,
}

impl RunningTotals {
    /// Puts the differences from the row before in place of the row's totals. The first row has
    /// nothing to take them from, and so no answer rate.
    pub(super) fn take_differences(&mut self, row: &mut RowValues) {
        let Some(poll) = &mut row.poll else {
            return;
        };
        let now = poll.traffic;
        let last = match (self.last.replace(now), self.before_fall.take()) {
            // Totals that are back where they were did not begin anew: the rows between were none of them.
            (Some(_), Some(before)) if before.attempts <= now.attempts => Some(before),
            (last, before) => {
                // Kept until the totals grow again.
                let grows = last.is_some_and(|last| now.attempts > last.attempts);
                let falls = |last: &Traffic| now.attempts < last.attempts;
                self.before_fall = before.or(last.filter(falls)).filter(|_| !grows);
                last
            }
        };
        let last_at = self.last_at.replace(row.at);
        let Some(last) = last else {
            poll.answer_rate = None;
            poll.traffic = without_calls(now);
            return;
        };
        let falls = |now: Option<u32>, last: Option<u32>| matches!((now, last), (Some(now), Some(last)) if now < last);
        let has_paused = last_at.is_none_or(|at| row.at.0 - at.0 > PAUSE_MILLIS);
        // Totals that begin anew begin low.
        let is_corrected = !has_paused
            && falls(now.attempts, last.attempts)
            && now.attempts > last.attempts.map(|last| last / 2);
        if is_corrected {
            poll.answer_rate = None;
            poll.traffic = without_calls(now);
            return;
        }
        let is_reset = falls(now.attempts, last.attempts)
            || has_paused
                && (falls(now.answered, last.answered) || falls(now.abandoned, last.abandoned));
        let difference = |now: Option<u32>, last: Option<u32>| match last {
            Some(last) if !is_reset => Some(now?.saturating_sub(last)),
            _ => now,
        };
        let attempts = difference(now.attempts, last.attempts);
        // A call that was dialed before the row before may be answered after it.
        let most = attempts.unwrap_or(u32::MAX);
        let answered = difference(now.answered, last.answered).map(|count| count.min(most));
        poll.traffic = Traffic {
            attempts,
            answered,
            abandoned: difference(now.abandoned, last.abandoned),
            ..now
        };
        poll.answer_rate = match IntervalRate::of(None, attempts, answered) {
            Some(IntervalRate::Known(rate)) => Some(rate),
            _ => None,
        };
    }

    /// Counts how the totals of a row differ from those before.
    #[inline]
    pub(super) fn look_at(&mut self, row: &RowValues) {
        let Some(HistoryPoll { traffic: now, .. }) = &row.poll else {
            return;
        };
        let Some(dialed) = now.attempts else {
            return;
        };
        if self.first_at.is_none() {
            self.first_at = Some(row.at);
            self.first_dialed = dialed;
        }
        self.last_at = Some(row.at);
        let last = self.last.get_or_insert_default();
        if let Some(last_dialed) = last.attempts {
            if dialed < last_dialed {
                self.falls += 1;
            } else {
                self.grows += u32::from(dialed > last_dialed);
                self.is_out_of_step |= now.answered < last.answered;
            }
        }
        *last = *now;
    }

    /// True where the totals grew time after time, and fell once a day at most, or hardly ever.
    pub(super) fn seem_cumulative(&self) -> bool {
        let (Some(first), Some(last)) = (self.first_at, self.last_at) else {
            return false;
        };
        let days = (last.0 - first.0) / DAY_MILLIS + 1;
        let falls_daily = i64::from(self.falls) <= days;
        let falls_rarely = self.falls.saturating_mul(GROWS_MIN) <= self.grows;
        let last_dialed = self.last.and_then(|last| last.attempts).unwrap_or_default();
        let has_doubled = last_dialed / 2 >= self.first_dialed
            && last_dialed >= DOUBLED_MIN
            && self.grows >= GROWS_DOUBLED_MIN;
        let grows_always = self.falls == 0
            && (has_doubled || self.grows >= GROWS_ALWAYS_MIN && last_dialed >= DOUBLED_MIN);
        let grows_mostly = self.grows >= GROWS_MIN && (falls_daily || falls_rarely);
        (grows_always || grows_mostly) && !self.is_out_of_step
    }
}

fn without_calls(traffic: Traffic) -> Traffic {
    Traffic {
        logged_in: traffic.logged_in,
        ..Traffic::default()
    }
}

/// A pause after which totals may have begun anew and be higher already.
const PAUSE_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 86_400_000;
/// Steps upward that are no chance: counts of intervals rise and fall in turn.
const GROWS_MIN: u32 = 8;
/// The same without a step downward, and where the last total is twice the first.
const GROWS_ALWAYS_MIN: u32 = 5;
const GROWS_DOUBLED_MIN: u32 = 2;
/// Calls that the first rows of a shift do not have.
const DOUBLED_MIN: u32 = 200;
