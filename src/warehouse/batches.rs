//! Which of the oldest records are sent together, in one request.
//!
//! A batch that was tried keeps its records until it is delivered: so it has the same body and the same
//! key each time it is sent, and a warehouse that took it once can tell that it has it. Only a refusal
//! takes it apart, and then for good.

use std::collections::VecDeque;
use std::iter::repeat_n;

use serde::{Deserialize, Serialize};

use super::record::Record;

/// The numbers of records of the requests for the oldest ones, in order. A record beyond them is by
/// itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Batches(VecDeque<usize>);

impl Batches {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of records of request number `n`.
    pub(super) fn rows(&self, n: usize) -> usize {
        self.0.get(n).copied().unwrap_or(1)
    }

    pub(super) fn push(&mut self, rows: usize) {
        self.0.push_back(rows);
    }

    /// Takes request number `n` apart: each of its records is by itself.
    pub(super) fn split(&mut self, n: usize) {
        let rows = self.rows(n);
        let behind = self.0.split_off((n + 1).min(self.0.len()));
        self.0.pop_back();
        self.0.extend(repeat_n(1, rows));
        self.0.extend(behind);
    }

    /// Makes these requests cover the `records` oldest ones and no others. Those that were sent before
    /// there were batches are each by itself.
    pub(super) fn cover(&mut self, records: usize) {
        self.0.retain(|rows| *rows > 0);
        self.truncate(records);
        let covered: usize = self.0.iter().sum();
        self.0.extend(repeat_n(1, records - covered));
    }

    /// Drops the last requests, so that the rest is about the `records` oldest ones.
    pub(super) fn truncate(&mut self, records: usize) {
        let mut end = 0_usize;
        let fits = |rows: &&usize| {
            end = end.saturating_add(**rows);
            end <= records
        };
        let kept = self.0.iter().take_while(fits).count();
        self.0.truncate(kept);
    }

    /// Number of records up to the end of the request that has record number `count`, counted from 1.
    pub(super) fn end_of_that_with(&self, count: usize) -> usize {
        let mut end = 0_usize;
        for rows in &self.0 {
            if end >= count {
                break;
            }
            end = end.saturating_add(*rows);
        }
        end.max(count)
    }

    /// Takes the record at `position` out of its request.
    pub(super) fn forget(&mut self, position: usize) {
        let mut end = 0_usize;
        for n in 0..self.0.len() {
            let rows = self.rows(n);
            end = end.saturating_add(rows);
            if position >= end {
                continue;
            }
            if rows <= 1 {
                self.0.remove(n);
            } else if let Some(rows) = self.0.get_mut(n) {
                *rows -= 1;
            }
            return;
        }
    }
}

/// Number of the first of `records` that go into one request, at least 1.
pub(super) fn rows_of_next<'a>(records: impl Iterator<Item = &'a Record>) -> usize {
    let mut bytes = 0;
    let fits = |record: &&Record| {
        bytes += record.json().len() + 1;
        bytes <= BATCH_BYTES_MAX
    };
    records.take(BATCH_ROWS_MAX).take_while(fits).count().max(1)
}

/// Records of one request at most: what Google advises for one streaming insert. They are four hours
/// of a campaign, so more wait only after a long failure.
const BATCH_ROWS_MAX: usize = 500;
/// Bytes of one request at most: half of the 1 MiB that nginx lets through where nothing else is set.
const BATCH_BYTES_MAX: usize = 512 * 1024;
