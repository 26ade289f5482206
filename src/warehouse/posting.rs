//! The requests to a warehouse at an address: one for each record or batch, oldest first.

use ureq::http::Method;

use super::outbox::{Outbox, SentBefore};
use super::record::{Record, id};
use super::refusal::{REFUSALS_MAX, Refusal, Remedies, Verdict};
use crate::base::clock::Deadline;
use crate::http::{Body, BodyFormat, CallError, Client, Request, bounded_retry_at};

/// The result of one delivery.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Number of records that the warehouse accepted.
    pub delivered: usize,
    /// Records that were refused for the last time. They are in the outbox until they are stored
    /// elsewhere.
    pub refused: Vec<Refusal>,
    /// Cause for which records wait.
    pub problem: Option<String>,
}

impl Delivery {
    pub(super) fn stopped(problem: String) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }
}

/// How records are sent.
pub(super) struct Posting<'a, 'c> {
    pub(super) client: &'a Client<'c>,
    pub(super) url: &'a str,
    pub(super) format: BodyFormat,
    /// True for a run that outlives the credentials in its header file.
    pub(super) rereads_headers: bool,
    pub(super) deadline: &'a Deadline<'a>,
}

/// Saves an outbox; false where it could not be saved.
pub type SaveOutbox<'a> = &'a mut dyn FnMut(&Outbox) -> bool;

/// Where one delivery is.
struct Progress {
    /// Requests, and records in them, that were refused and wait.
    requests: usize,
    records: usize,
    /// Records up to the last one that was sent.
    sent: usize,
    sent_before: usize,
    has_reread: bool,
    first_refusal: Option<CallError>,
    delivery: Delivery,
}

impl Posting<'_, '_> {
    /// Sends the records, oldest first, up to the first failure that concerns them all. Those behind a
    /// refused one go on: each record has its own time, so that the warehouse does not depend on their
    /// order.
    pub(super) fn post_all(
        &self,
        outbox: &mut Outbox,
        SentBefore(sent_before): SentBefore,
        save: SaveOutbox,
    ) -> Delivery {
        let mut progress = Progress {
            requests: 0,
            records: 0,
            sent: 0,
            sent_before,
            has_reread: false,
            first_refusal: None,
            delivery: Delivery::default(),
        };
        while progress.records < outbox.len() && self.post_next(outbox, &mut progress, save) {}
        outbox.take_back_after(progress.sent, SentBefore(progress.sent_before));
        let first_refusal = progress
            .first_refusal
            .map(|error| self.remedies().explained(error));
        Delivery {
            problem: progress.delivery.problem.or(first_refusal),
            ..progress.delivery
        }
    }

    /// Sends the next request. False where no other is to be sent in this cycle.
    fn post_next(&self, outbox: &mut Outbox, progress: &mut Progress, save: SaveOutbox) -> bool {
        let first = progress.records;
        let rows = outbox.batches.rows(progress.requests);
        let end = first + rows;
        let was_sent_before = first < progress.sent_before;
        let records: Vec<&Record> = outbox.records.range(first..end).collect();
        let request = request(self.url, self.format, &records);
        let verdict = match self.client.call(&request, None, self.deadline) {
            Ok(_) => Verdict::Delivered,
            Err(error) => Verdict::of(error, was_sent_before),
        };
        match verdict {
            Verdict::Delivered => {
                outbox.forget(first..end);
                progress.sent_before -= if was_sent_before { rows } else { 0 };
                progress.delivery.delivered += rows;
                return true;
            }
            Verdict::Refused(error) if rows > 1 => {
                // Which of them is refused shows when each is sent by itself, now and later.
                outbox.batches.split(progress.requests);
                progress.sent_before = progress.sent_before.max(end);
                progress.sent = progress.sent.max(first);
                let is_saved = save(outbox);
                if !is_saved {
                    progress.first_refusal.get_or_insert(error);
                }
                return is_saved;
            }
            Verdict::Refused(error) => match records.first() {
                Some(record) if outbox.attempts_of(first) >= REFUSALS_MAX => {
                    let now = self.deadline.clock().now();
                    let refusal = Refusal::new(first, record, &error, now);
                    progress.delivery.refused.push(refusal);
                }
                _ => drop(progress.first_refusal.get_or_insert(error)),
            },
            Verdict::Unproven(error) => {
                outbox.excuse(first..end);
                progress.first_refusal.get_or_insert(error);
            }
            Verdict::AllWait(error) => return self.wait(outbox, progress, end, error),
        }
        progress.requests += 1;
        progress.records = end;
        progress.sent = end;
        true
    }

    /// Takes in an answer that concerns all records. True where the same request is worth another try:
    /// the credentials have changed.
    fn wait(
        &self,
        outbox: &mut Outbox,
        progress: &mut Progress,
        end: usize,
        error: CallError,
    ) -> bool {
        let mut remedies = self.remedies();
        if error.status() == Some(401) && self.rereads_headers && !progress.has_reread {
            progress.has_reread = true;
            match self.client.host().reread_headers(self.deadline.remaining()) {
                Ok(true) => return true,
                Ok(false) => {}
                Err(problem) => remedies.header_problem = Some(problem),
            }
        }
        let now = self.deadline.clock().now();
        outbox.quiet_until = error.retry_at.map(|at| bounded_retry_at(at, now));
        if error.tries > 0 {
            outbox.excuse(progress.records..end);
            progress.sent = end;
        }
        progress.delivery.problem = Some(remedies.explained(error));
        false
    }

    fn remedies(&self) -> Remedies {
        Remedies {
            format: self.format,
            header_file: self.client.host().header_file(),
            header_problem: None,
        }
    }
}

/// The POST of records. It carries no token, which is for the platform alone.
///
/// The key is a name-based UUID of the records: the same records always have the same key, and no key
/// ever stands for others. That of one record is its own, in either format.
#[must_use]
pub fn request(url: &str, format: BodyFormat, records: &[&Record]) -> Request {
    let lines: Vec<String> = records.iter().map(|record| record.json()).collect();
    let lines = lines.join("\n");
    let key = id(&lines);
    Request {
        call: WAREHOUSE_CALL,
        method: Method::POST,
        url: url.to_owned(),
        headers: vec![
            ("Content-Type", format.media_type().to_owned()),
            ("Idempotency-Key", key),
        ],
        authorised: false,
        reads_answer: false,
        body: Some(Body::Plain(match format {
            BodyFormat::Json => lines,
            BodyFormat::Ndjson => lines + "\n",
        })),
    }
}

/// The call in messages.
pub(super) const WAREHOUSE_CALL: &str = "warehouse export";
