//! Delivery of the outbox, to an address or to a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::outbox::{Outbox, SentBefore};
use super::posting::request;
use super::posting::{Delivery, Posting, SaveOutbox, WAREHOUSE_CALL};
use super::record::Record;
use crate::base::clock::Deadline;
use crate::base::files;
use crate::base::timestamp::rfc3339;
use crate::http::{BodyFormat, CallError, Client, Connections, bounded_retry_at};

/// The destination of records.
pub enum Warehouse<'a> {
    /// An address that takes a POST.
    Http(Box<Recipient<'a>>),
    /// One line per record.
    File(PathBuf),
    /// Accepts nothing: the last step of a dry run.
    ReadOnly,
    /// Cannot be reached by this run; the cause.
    Unusable(String),
}

/// An address that takes records, and how it takes them.
pub struct Recipient<'a> {
    /// The client for its host.
    pub client: Client<'a>,
    /// The address of the POST.
    pub url: String,
    /// One record a request, or all that wait.
    pub format: BodyFormat,
    /// True for a run that outlives the credentials in its header file: it reads them again when they
    /// are refused.
    pub rereads_headers: bool,
}

impl Warehouse<'_> {
    /// Sends a test record; without one it only asks whether the address answers and takes the header
    /// fields.
    pub fn try_out(&self, record: Option<Record>, deadline: &Deadline) -> Result<(), CallError> {
        let Self::Http(recipient) = self else {
            return match (self, record) {
                (Self::Unusable(why), _) => Err(CallError::unusable(WAREHOUSE_CALL, why.as_str())),
                (Self::File(path), Some(record)) => {
                    let line = format!("{}\n", record.json());
                    files::append_durably(path, &line, deadline).map_err(|error| {
                        let problem = format!("{} cannot be written: {error}", path.display());
                        CallError::unusable(WAREHOUSE_CALL, problem)
                    })
                }
                _ => Ok(()),
            };
        };
        let Recipient {
            client,
            url,
            format,
            ..
        } = recipient.as_ref();
        if let Some(record) = record {
            let request = request(url, *format, &[&record]);
            return client.call_once(&request, None, deadline).map(drop);
        }
        match client.greet(WAREHOUSE_CALL, url, deadline)? {
            // Others may be its answer to anything but a POST.
            status @ (401 | 403) => Err(CallError::refused(WAREHOUSE_CALL, status)),
            _ => Ok(()),
        }
    }

    /// Its connections, if it is reached over any.
    #[must_use]
    pub fn connections(&self) -> Option<Arc<dyn Connections>> {
        match self {
            Self::Http(recipient) => {
                Some(Arc::clone(recipient.client.host()) as Arc<dyn Connections>)
            }
            Self::File(_) | Self::ReadOnly | Self::Unusable(_) => None,
        }
    }

    /// The form in which records are sent.
    #[must_use]
    pub fn format(&self) -> BodyFormat {
        match self {
            Self::Http(recipient) => recipient.format,
            Self::File(_) | Self::ReadOnly | Self::Unusable(_) => BodyFormat::Json,
        }
    }

    /// Sends the records in the outbox, oldest first. It was saved after [`Outbox::announce`]; `save`
    /// saves it again where a batch is taken apart.
    pub fn deliver(
        &self,
        outbox: &mut Outbox,
        sent_before: SentBefore,
        deadline: &Deadline,
        save: SaveOutbox,
    ) -> Delivery {
        let delivery = match self {
            Self::ReadOnly => Delivery::default(),
            Self::Unusable(problem) => Delivery::stopped(problem.clone()),
            Self::File(path) => deliver_to_file(path, outbox, deadline),
            Self::Http(recipient) => {
                if let Some(problem) = pause(outbox, deadline) {
                    Delivery::stopped(problem)
                } else {
                    let posting = Posting {
                        client: &recipient.client,
                        url: &recipient.url,
                        format: recipient.format,
                        rereads_headers: recipient.rereads_headers,
                        deadline,
                    };
                    return posting.post_all(outbox, sent_before, save);
                }
            }
        };
        outbox.take_back_after(0, sent_before);
        delivery
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

fn deliver_to_file(path: &Path, outbox: &mut Outbox, deadline: &Deadline) -> Delivery {
    let (count, lines) = outbox.overflow(0).unwrap_or_default();
    match files::append_durably(path, &lines, deadline) {
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
