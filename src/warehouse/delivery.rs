//! Delivery of the outbox: one POST, or one line of a file, for each record.

use std::path::{Path, PathBuf};

use ureq::http::Method;

use super::outbox::Outbox;
use super::record::Record;
use crate::base::clock::Deadline;
use crate::base::files;
use crate::base::timestamp::rfc3339;
use crate::http::{Body, CallError, Client, Request, bounded_retry_at};

/// Where records go.
pub enum Warehouse<'a> {
    /// One POST per record.
    Http {
        /// The client for its host.
        client: Box<Client<'a>>,
        /// Its address.
        url: String,
    },
    /// One line per record.
    File(PathBuf),
    /// Takes nothing: the last step of a dry run.
    ReadOnly,
}

/// What became of the records in the outbox.
#[derive(Debug, Default)]
pub struct Delivery {
    /// How many were taken.
    pub delivered: usize,
    /// Why the first of the remaining ones was not.
    pub problem: Option<String>,
}

impl Warehouse<'_> {
    /// Ends every exchange at once, and lets no other begin.
    pub fn abort(&self) {
        if let Self::Http { client, .. } = self {
            client.abort();
        }
    }

    /// Sends what is in the outbox, oldest first, up to the first failure.
    pub fn deliver(&self, outbox: &mut Outbox, deadline: &Deadline) -> Delivery {
        let now = deadline.clock().now();
        if let Some(until) = outbox.quiet_until.take() {
            let until = bounded_retry_at(until, now);
            if until > now && !outbox.is_empty() {
                outbox.quiet_until = Some(until);
                return Delivery {
                    delivered: 0,
                    problem: Some(format!(
                        "the warehouse asked to be left alone until {}",
                        rfc3339(until)
                    )),
                };
            }
        }
        match self {
            Self::ReadOnly => Delivery::default(),
            Self::File(path) => deliver_to_file(path, outbox),
            Self::Http { client, url } => {
                let mut delivery = Delivery::default();
                while let Some(record) = outbox.records.front() {
                    if let Err(error) = client.call(&request(url, record), None, deadline) {
                        outbox.quiet_until = error.retry_at.map(|at| bounded_retry_at(at, now));
                        delivery.problem = Some(explain(error).to_string());
                        break;
                    }
                    outbox.records.pop_front();
                    delivery.delivered += 1;
                }
                delivery
            }
        }
    }
}

/// The POST of one record. It carries no token: the warehouse is not the platform.
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

fn deliver_to_file(path: &Path, outbox: &mut Outbox) -> Delivery {
    let (count, lines) = outbox.overflow(0).unwrap_or_default();
    match files::append_durably(path, &lines) {
        Ok(()) => {
            outbox.forget_oldest(count);
            Delivery {
                delivered: count,
                problem: None,
            }
        }
        Err(error) => {
            let path = path.display();
            let problem = format!("{WAREHOUSE_CALL}: {path} cannot be written: {error}");
            Delivery {
                delivered: 0,
                problem: Some(problem),
            }
        }
    }
}

fn explain(error: CallError) -> CallError {
    match error.status() {
        Some(401 | 403) => error.advise("the warehouse wants credentials, and this tool has none to send: let this host in"),
        Some(400..=428 | 430..=499) => error.advise("check DW_ENDPOINT and what the warehouse expects; the records are kept in order until it takes the first"),
        _ => error,
    }
}

const WAREHOUSE_CALL: &str = "warehouse export";
