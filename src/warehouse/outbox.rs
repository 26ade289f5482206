//! The queue in which records wait for the warehouse, as part of the state.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::record::Record;
use crate::base::units::UnixMillis;

/// Records that wait for the warehouse, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outbox {
    pub(super) records: VecDeque<Record>,
    /// When the warehouse wants to be called again at the earliest.
    pub(super) quiet_until: Option<UnixMillis>,
}

impl Outbox {
    /// Adds the newest record.
    pub fn push(&mut self, record: Record) {
        self.records.push_back(record);
    }

    /// Adds the newest record, where there is one.
    pub fn extend(&mut self, record: Option<Record>) {
        self.records.extend(record);
    }

    /// How many records wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The oldest records beyond `capacity`, as NDJSON; they are removed by
    /// [`forget_oldest`](Self::forget_oldest) once they are safe elsewhere.
    #[must_use]
    pub fn overflow(&self, capacity: usize) -> Option<(usize, String)> {
        let rows = self.len().checked_sub(capacity).filter(|rows| *rows > 0)?;
        let lines = self.records.iter().take(rows);
        Some((rows, lines.map(|record| record.json() + "\n").collect()))
    }

    /// Removes the `count` oldest records.
    pub fn forget_oldest(&mut self, count: usize) {
        self.records.drain(..count.min(self.records.len()));
    }
}
