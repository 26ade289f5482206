//! Delivery of the outbox: one POST, or one line of a file, for each record.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ureq::http::Method;

use super::outbox::{Outbox, SentBefore};
use super::record::Record;
use super::refusal::{REFUSALS_MAX, Refusal, Verdict, explain};
use crate::base::clock::Deadline;
use crate::base::files;
use crate::base::timestamp::rfc3339;
use crate::http::{Body, CallError, Client, Connections, Request, bounded_retry_at};

/// The destination of records.
pub enum Warehouse<'a> {
    /// One POST per record.
    Http {
        /// The client for its host.
        client: Box<Client<'a>>,
        /// The address of the POST.
        url: String,
    },
    /// One line per record.
    File(PathBuf),
    /// Accepts nothing: the last step of a dry run.
    ReadOnly,
}

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

impl<'a> Warehouse<'a> {
    /// A warehouse that takes one POST per record.
    #[must_use]
    pub fn http(client: Client<'a>, url: String) -> Self {
        let client = Box::new(client);
        Self::Http { client, url }
    }

    /// Its connections, if it is reached over any.
    #[must_use]
    pub fn connections(&self) -> Option<Arc<dyn Connections>> {
        match self {
            Self::Http { client, .. } => Some(Arc::clone(client.host()) as Arc<dyn Connections>),
            Self::File(_) | Self::ReadOnly => None,
        }
    }

    /// Sends the records in the outbox, oldest first, up to the first failure that concerns them
    /// all. A record that is refused waits for its next attempt, and those behind it go on: each
    /// has its own time and key, so that the warehouse does not depend on their order.
    ///
    /// The outbox was saved after [`Outbox::announce`].
    pub fn deliver(
        &self,
        outbox: &mut Outbox,
        sent_before: SentBefore,
        deadline: &Deadline,
    ) -> Delivery {
        let delivery = match self {
            Self::ReadOnly => Delivery::default(),
            Self::File(path) => deliver_to_file(path, outbox),
            Self::Http { client, url } => {
                if let Some(problem) = pause(outbox, deadline) {
                    Delivery::stopped(problem)
                } else {
                    return post_each(client, url, outbox, sent_before, deadline);
                }
            }
        };
        outbox.take_back_after(0, sent_before);
        delivery
    }
}

impl Delivery {
    fn stopped(problem: String) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }
}

/// The POST of one record. It carries no token, which is for the platform alone.
#[must_use]
pub fn request(url: &str, record: &Record) -> Request {
    Request {
        call: WAREHOUSE_CALL,
        method: Method::POST,
        url: url.to_owned(),
        headers: vec![
            ("Content-Type", "application/json".to_owned()),
            ("Idempotency-Key", record.id()),
        ],
        authorised: false,
        reads_answer: false,
        body: Some(Body::Plain(record.json())),
    }
}

/// The pause that an earlier answer asked for, if it lasts.
fn pause(outbox: &mut Outbox, deadline: &Deadline) -> Option<String> {
    let now = deadline.clock().now();
    let until = bounded_retry_at(outbox.quiet_until.take()?, now);
    if until <= now {
        return None;
    }
    outbox.quiet_until = Some(until);
    let until = rfc3339(until);
    Some(format!("the warehouse asked for a pause until {until}"))
}

fn post_each(
    client: &Client,
    url: &str,
    outbox: &mut Outbox,
    SentBefore(mut sent_before): SentBefore,
    deadline: &Deadline,
) -> Delivery {
    let mut delivery = Delivery::default();
    let mut first_refusal = None;
    // Records before this one were refused and wait.
    let mut at = 0;
    let mut sent = 0;
    while let Some(record) = outbox.records.get(at) {
        let was_sent_before = at < sent_before;
        let verdict = match client.call(&request(url, record), None, deadline) {
            Ok(_) => Verdict::Delivered,
            Err(error) => Verdict::of(error, was_sent_before),
        };
        match verdict {
            Verdict::Delivered => {
                outbox.forget(std::iter::once(at));
                sent_before -= usize::from(was_sent_before);
                delivery.delivered += 1;
                continue;
            }
            Verdict::Refused(error) => {
                if outbox.attempts_of(at) >= REFUSALS_MAX {
                    let now = deadline.clock().now();
                    let refusal = Refusal::new(at, record, &error, now);
                    delivery.refused.push(refusal);
                } else {
                    first_refusal.get_or_insert(error);
                }
            }
            Verdict::Unproven(error) => {
                outbox.excuse(at);
                first_refusal.get_or_insert(error);
            }
            Verdict::AllWait(error) => {
                let now = deadline.clock().now();
                outbox.quiet_until = error.retry_at.map(|at| bounded_retry_at(at, now));
                if error.tries > 0 {
                    outbox.excuse(at);
                    sent = at + 1;
                }
                delivery.problem = Some(shown(error));
                break;
            }
        }
        at += 1;
        sent = at;
    }
    outbox.take_back_after(sent, SentBefore(sent_before));
    delivery.problem = delivery.problem.or(first_refusal.map(shown));
    delivery
}

fn shown(error: CallError) -> String {
    explain(error).to_string()
}

fn deliver_to_file(path: &Path, outbox: &mut Outbox) -> Delivery {
    let (count, lines) = outbox.overflow(0).unwrap_or_default();
    match files::append_durably(path, &lines) {
        Ok(()) => {
            outbox.forget_oldest(count);
            Delivery {
                delivered: count,
                ..Delivery::default()
            }
        }
        Err(error) => {
            let path = path.display();
            Delivery::stopped(format!(
                "{WAREHOUSE_CALL}: {path} cannot be written: {error}"
            ))
        }
    }
}

const WAREHOUSE_CALL: &str = "warehouse export";
