//! The queue of records that wait for the warehouse; part of the state.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::batches::{Batches, rows_of_next};
use super::record::Record;
use crate::base::units::UnixMillis;
use crate::http::BodyFormat;

/// Records that wait for the warehouse, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outbox {
    pub(super) records: VecDeque<Record>,
    /// One number for each of the oldest records that may have been sent before: the cycles in
    /// which it was refused, or that ended before its answer was known.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    attempts: VecDeque<u32>,
    /// How these were sent together.
    #[serde(default, skip_serializing_if = "Batches::is_empty")]
    pub(super) batches: Batches,
    /// Earliest time at which the warehouse accepts another call.
    pub(super) quiet_until: Option<UnixMillis>,
}

/// Number of the oldest records that may have been sent in an earlier cycle.
#[derive(Clone, Copy, Debug)]
pub struct SentBefore(pub(super) usize);

impl Outbox {
    /// Adds the newest record.
    pub fn push(&mut self, record: Record) {
        self.records.push_back(record);
    }

    /// Adds the newest record, if there is one.
    pub fn extend(&mut self, record: Option<Record>) {
        self.records.extend(record);
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True where no record waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Counts an attempt for every record, and settles which are sent together, to be saved before any
    /// of them is sent: a run that dies in between must not take a record for a new one, nor send it
    /// among others. The delivery takes back what was not sent.
    pub fn announce(&mut self, format: BodyFormat) -> SentBefore {
        self.attempts.truncate(self.records.len());
        let sent_before = self.attempts.len();
        match format {
            BodyFormat::Json => self.batches = Batches::default(),
            BodyFormat::Ndjson => {
                self.batches.cover(sent_before);
                let mut planned = sent_before;
                while planned < self.records.len() {
                    let rows = rows_of_next(self.records.iter().skip(planned));
                    self.batches.push(rows);
                    planned += rows;
                }
            }
        }
        self.attempts.resize(self.records.len(), 0);
        for attempts in &mut self.attempts {
            *attempts = attempts.saturating_add(1);
        }
        SentBefore(sent_before)
    }

    /// Number and NDJSON of the oldest records beyond `capacity`, and of those that were sent together
    /// with one of them: a batch that loses records would be another one.
    /// [`forget_oldest`](Self::forget_oldest) removes them once they are stored elsewhere.
    #[must_use]
    pub fn overflow(&self, capacity: usize) -> Option<(usize, String)> {
        let rows = self.len().checked_sub(capacity).filter(|rows| *rows > 0)?;
        let rows = self.batches.end_of_that_with(rows).min(self.len());
        let lines = self.records.iter().take(rows);
        Some((rows, lines.map(|record| record.json() + "\n").collect()))
    }

    /// Removes the `count` oldest records.
    pub fn forget_oldest(&mut self, count: usize) {
        self.forget(0..count.min(self.records.len()));
    }

    /// Removes the records at these positions, which are in ascending order.
    pub fn forget(&mut self, positions: impl DoubleEndedIterator<Item = usize>) {
        for position in positions.rev() {
            self.records.remove(position);
            self.attempts.remove(position);
            self.batches.forget(position);
        }
    }

    /// Attempts of a record that was announced.
    pub(super) fn attempts_of(&self, position: usize) -> u32 {
        self.attempts.get(position).copied().unwrap_or_default()
    }

    /// Takes back the attempt of records that were not refused.
    pub(super) fn excuse(&mut self, positions: impl Iterator<Item = usize>) {
        for position in positions {
            if let Some(attempts) = self.attempts.get_mut(position) {
                *attempts = attempts.saturating_sub(1);
            }
        }
    }

    /// Takes back the attempts of all records but the first `sent`. Of these only the first
    /// `sent_before` may have been sent in an earlier cycle.
    pub(super) fn take_back_after(&mut self, sent: usize, sent_before: SentBefore) {
        self.excuse(sent..self.attempts.len());
        self.attempts.truncate(sent.max(sent_before.0));
        self.batches.truncate(self.attempts.len());
    }
}
