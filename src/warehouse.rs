//! The audit record, the outbox it waits in, and its delivery to the data warehouse.
//!
//! Delivery is at least once and in order: a record leaves the outbox only after the warehouse
//! took it, and a crash between the two sends it again, under the same idempotency key.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use ureq::http::Method;
use uuid::Uuid;

use crate::clock::{Deadline, rfc3339};
use crate::files;
use crate::http::{Body, CallError, Client, Request, bounded_retry_at};
use crate::pacing::{Decision, UnixMillis};

/// One applied decision, as the warehouse gets it: these eight fields and no others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// When it was decided, RFC 3339 in UTC.
    pub timestamp: String,
    /// The campaign.
    pub campaign_id: String,
    /// Calls per minute before.
    pub previous_dial_rate: u32,
    /// Calls per minute from then on.
    pub new_dial_rate: u32,
    /// Answered by a person ÷ attempts that ended; null when the poll failed.
    pub current_answer_rate: Option<f64>,
    /// The threshold it was held against.
    pub sla_threshold: f64,
    /// Answer rate − threshold; null when the poll failed.
    pub deviation: Option<f64>,
    /// Mean available agents over the window; null when it was empty.
    pub agent_availability_avg: Option<f64>,
}

impl Record {
    /// The record of `decision`, once it is applied.
    #[must_use]
    pub fn of(decision: &Decision, campaign_id: &str) -> Self {
        let evidence = &decision.evidence;
        Self {
            timestamp: rfc3339(decision.at),
            campaign_id: campaign_id.to_owned(),
            previous_dial_rate: decision.previous_dial_rate,
            new_dial_rate: decision.dial_rate,
            current_answer_rate: evidence.answer_rate.map(f64::from),
            sla_threshold: evidence.sla_threshold.value(),
            deviation: evidence.deviation,
            agent_availability_avg: evidence.available_mean,
        }
    }

    /// The body that is sent, and the line of an NDJSON file.
    #[must_use]
    pub fn json(&self) -> String {
        // Text, whole numbers and finite floats always have JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The idempotency key: a name-based UUID of the body, so that the same record always has
    /// the same key, and no key ever stands for two bodies.
    #[must_use]
    pub fn id(&self) -> String {
        Uuid::new_v5(&RECORD_NAMESPACE, self.json().as_bytes()).to_string()
    }
}

/// Records that wait for the warehouse, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outbox {
    records: VecDeque<Record>,
    /// When the warehouse wants to be called again at the earliest.
    quiet_until: Option<UnixMillis>,
}

impl Outbox {
    /// Adds the newest record.
    pub fn push(&mut self, record: Record) {
        self.records.push_back(record);
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
/// The name space of record ids, made from this project's name for them.
const RECORD_NAMESPACE: Uuid = Uuid::from_u128(0x6a9f_3c1e_8d54_5b07_9f2e_41c6_d07a_b385);
