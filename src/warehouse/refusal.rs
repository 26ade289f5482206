//! The answers of a warehouse: what each means for the record and for those behind it.

use serde::Serialize;

use super::record::Record;
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;
use crate::http::{BodyFormat, CallError, HeaderFile, Problem};

/// The meaning of an answer, or of none.
pub(super) enum Verdict {
    /// The warehouse has the record.
    Delivered,
    /// This record is refused; others may not be.
    Refused(CallError),
    /// The warehouse has a record under this key, and it is not known that it is this one.
    Unproven(CallError),
    /// It says nothing about the record: no record is sent before the next cycle.
    AllWait(CallError),
}

/// A record that was refused for the last time.
#[derive(Debug)]
pub struct Refusal {
    /// Its position in the outbox.
    pub position: usize,
    /// The record with its last answer, as one line of NDJSON.
    pub line: String,
    /// The last answer, for the user.
    pub answer: String,
}

impl Verdict {
    /// Judges a call that failed.
    pub(super) fn of(error: CallError, was_sent_before: bool) -> Self {
        match error.status() {
            Some(409) if was_sent_before || error.tries > 1 => Self::Delivered,
            Some(409) => Self::Unproven(error),
            Some(400 | 413 | 422) => Self::Refused(error),
            _ => Self::AllWait(error),
        }
    }
}

impl Refusal {
    pub(super) fn new(
        position: usize,
        record: &Record,
        error: &CallError,
        now: UnixMillis,
    ) -> Self {
        let message = match &error.problem {
            Problem::Status { message, .. } => message.as_str(),
            _ => "",
        };
        let line = Line {
            refused_at: rfc3339(now),
            status: error.status(),
            message,
            idempotency_key: record.id(),
            record,
        };
        Self {
            position,
            // Text, whole numbers and finite floats can always be written as JSON.
            line: serde_json::to_string(&line).unwrap_or_default() + "\n",
            answer: error.problem.to_string(),
        }
    }
}

/// What the remedies of a failed export depend on.
pub(super) struct Remedies {
    pub(super) format: BodyFormat,
    pub(super) header_file: Option<HeaderFile>,
    /// Why that file could not be read again.
    pub(super) header_problem: Option<String>,
}

impl Remedies {
    /// The text of an error, with the remedy.
    pub(super) fn explained(&self, error: CallError) -> String {
        let explained = match error.status() {
            Some(401 | 403) => error.advise(self.about_credentials()),
            Some(409) => error.advise("the warehouse may have this record already: if it answers the same to the next try, the record counts as delivered"),
            Some(400 | 413 | 422) => error.advise(format!("check the format that the warehouse expects; a record that is refused in {REFUSALS_MAX} cycles is moved to a file")),
            Some(415) => error.advise(match self.format {
                BodyFormat::Json => "the warehouse does not take application/json; all records wait until it does, or until --dw-format is what it takes",
                BodyFormat::Ndjson => "the warehouse does not take application/x-ndjson; all records wait until it does, or until --dw-format is what it takes",
            }),
            Some(402..=428 | 430..=499) => error.advise("check DW_ENDPOINT and the format that the warehouse expects; all records wait until it accepts the first"),
            _ => error,
        };
        explained.to_string()
    }

    fn about_credentials(&self) -> String {
        match (&self.header_file, &self.header_problem) {
            (_, Some(problem)) => format!("the file of its credentials could not be read again: {problem}"),
            (Some(file), None) => format!("check the credentials in {}", file.path().display()),
            (None, None) => "the warehouse asks for credentials: put their header field, such as Authorization: Bearer …, into a file and name it with --dw-header-file".to_owned(),
        }
    }
}

/// One line of the file of refused records.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    refused_at: String,
    status: Option<u16>,
    message: &'a str,
    idempotency_key: String,
    record: &'a Record,
}

/// Cycles in which a record may be refused, the last of which is final: a warehouse that is being
/// changed has a minute and a half, and an error in a record does not pass.
pub(super) const REFUSALS_MAX: u32 = 3;
