//! One host: what the clients of it share.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::Agent;
use ureq::tls::Certificate;

use super::address::HostScope;
use super::agent::agent;
use super::bounds::{CALL_TIMEOUT, EXCHANGES_MAX};
use super::budget::Budget;
use super::connections::Connections;
use super::header_file::HeaderFile;
use super::message::Answer;
use super::proxy::Proxy;
use super::retry::Retry;
use crate::base::units::UnixMillis;

/// One host: its connections, and how often and how many at once it is called. Clients share it.
pub struct Host {
    agent: Mutex<Agent>,
    pub(super) proxy: Option<Proxy>,
    pub(super) retry: Retry,
    /// Time for one try of a call.
    pub(super) timeout: Duration,
    /// Header fields that a user adds to every request.
    header_file: Mutex<Option<HeaderFile>>,
    pub(super) budget: Budget,
    /// How far its clock was off at the last answer that told its time.
    clock_off: Mutex<Option<ClockOff>>,
}

/// How far a server's clock is off from this machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockOff {
    /// Not to be seen.
    No,
    /// The server's is ahead by so much.
    Ahead(Duration),
    /// The server's is behind by so much.
    Behind(Duration),
}

impl Host {
    /// A host, through `proxy` if there is one. `authorities` are trusted besides those of the
    /// machine.
    #[must_use]
    pub fn new(
        scope: HostScope,
        proxy: Option<Proxy>,
        authorities: &[Certificate<'static>],
        retry: Retry,
    ) -> Self {
        Self {
            agent: Mutex::new(agent(scope, proxy.as_ref(), authorities)),
            proxy,
            retry,
            timeout: CALL_TIMEOUT,
            header_file: Mutex::default(),
            budget: Budget::new(EXCHANGES_MAX),
            clock_off: Mutex::default(),
        }
    }

    /// This host with another time for one try of a call.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// This host with the fields of `file` in every request. They are in no request, which may be
    /// shown, and go to no other host, since no redirect is followed.
    #[must_use]
    pub fn with_header_file(self, file: Option<HeaderFile>) -> Self {
        Self {
            header_file: Mutex::new(file),
            ..self
        }
    }

    /// The file of header fields, if there is one.
    pub fn header_file(&self) -> Option<HeaderFile> {
        let file = self.header_file.lock();
        file.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file of header fields again; true where they have changed.
    pub fn reread_headers(&self, patience: Duration) -> Result<bool, String> {
        let Some(file) = self.header_file() else {
            return Ok(false);
        };
        let (again, has_changed) = file.again(patience)?;
        let file = self.header_file.lock();
        *file.unwrap_or_else(PoisonError::into_inner) = Some(again);
        Ok(has_changed)
    }

    /// How far its clock is off, where it has told its time.
    pub fn clock_off(&self) -> Option<ClockOff> {
        let clock_off = self.clock_off.lock();
        *clock_off.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the time that an answer to an exchange between these moments tells.
    pub(super) fn note_clock(&self, answer: &Answer, began: UnixMillis, ended: UnixMillis) {
        let Some(date) = answer.date() else {
            return;
        };
        // It has whole seconds, and was told at some moment of the exchange.
        let earliest = UnixMillis(began.0.saturating_sub(1_000));
        let off = if date > ended {
            ClockOff::Ahead(date.distance(ended))
        } else if date < earliest {
            ClockOff::Behind(earliest.distance(date))
        } else {
            ClockOff::No
        };
        let clock_off = self.clock_off.lock();
        *clock_off.unwrap_or_else(PoisonError::into_inner) = Some(off);
    }

    pub(super) fn agent(&self) -> Agent {
        self.agent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Connections for Host {
    fn abort(&self) {
        self.agent().shutdown();
    }

    fn reopen(&self) {
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        *agent = agent.config().clone().new_agent();
    }
}
