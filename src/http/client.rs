//! The client: its constructor, and the loop of retries around one exchange.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use ureq::http::Method;

use super::address;
use super::error::{CallError, Problem};
use super::exchange::Exchange;
use super::host::Host;
use super::json;
use super::message::{Answer, Request};
use super::retry::{Retry, retry_after};
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::base::secrets;

/// A check, made before a request without an answer is sent again: true where it took effect.
pub type HasTakenEffect<'a> = &'a dyn Fn() -> Result<bool, CallError>;

/// The client of one host, for one campaign, whose notices it tells.
pub struct Client<'a> {
    host: Arc<Host>,
    notices: &'a dyn Notices,
}

impl<'a> Client<'a> {
    /// A client of `host`.
    #[must_use]
    pub fn new(host: Arc<Host>, notices: &'a dyn Notices) -> Self {
        Self { host, notices }
    }

    /// The host, which clients share.
    #[must_use]
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// The receiver of its notices.
    #[must_use]
    pub fn notices(&self) -> &'a dyn Notices {
        self.notices
    }

    /// Reads the JSON body of an answer; the error names the field.
    pub fn read<T: DeserializeOwned>(
        &self,
        call: &'static str,
        answer: &Answer,
    ) -> Result<T, CallError> {
        json::read(&answer.body).map_err(|problem| CallError::unusable(call, problem))
    }

    /// Reads the JSON body of an answer that holds a secret; the error shows no content.
    pub fn read_secret<T: DeserializeOwned>(
        &self,
        call: &'static str,
        answer: &Answer,
    ) -> Result<T, CallError> {
        json::read_secret(&answer.body).map_err(|problem| CallError::unusable(call, problem))
    }

    /// Sends `request`, with `token` if there is one, until an answer is 2xx, a failure is final, or
    /// the deadline has passed.
    pub fn call(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
    ) -> Result<Answer, CallError> {
        self.call_with_readback(request, token, deadline, &|| Ok(false))
    }

    /// Sends a request that must not take effect twice: as [`call`](Self::call), but after a try
    /// without an answer `has_taken_effect` is called first, and where it is true an empty answer
    /// is returned.
    pub fn call_with_readback(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
        has_taken_effect: HasTakenEffect,
    ) -> Result<Answer, CallError> {
        self.call_again(
            request,
            token,
            deadline,
            has_taken_effect,
            self.host.retry.retries,
        )
    }

    /// Sends `request` once, whatever comes of it: for one that must be made anew for each try.
    pub fn call_once(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
    ) -> Result<Answer, CallError> {
        self.call_again(request, token, deadline, &|| Ok(false), 0)
    }

    /// Number and waits of the retries.
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.host.retry
    }

    fn call_again(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
        has_taken_effect: HasTakenEffect,
        retries: u32,
    ) -> Result<Answer, CallError> {
        let mut failure = CallError::untried(request.call, deadline.limit());
        while !deadline.remaining().is_zero() {
            let Some(permit) = self.host.budget.acquire(deadline) else {
                break;
            };
            let sent = self.send(request, token, deadline, failure.tries > 0);
            drop(permit);
            let (problem, pause) = match sent {
                Ok(answer) => {
                    return Ok(Answer {
                        after_uncertain_try: failure.uncertain,
                        ..answer
                    });
                }
                Err(failed) => failed,
            };
            let again = problem.is_passing() && failure.tries < retries;
            let silent = problem.is_silence();
            failure.add(
                problem,
                pause.map(|pause| deadline.clock().now().plus(pause)),
            );
            if !again {
                return Err(failure);
            }
            let wait = self
                .host
                .retry
                .back_off(failure.tries)
                .max(pause.unwrap_or_default());
            if wait >= deadline.remaining() {
                return Err(failure.out_of_time(deadline.limit(), Some(wait)));
            }
            self.notices.tell(&Notice::Retry {
                call: request.call,
                problem: failure.problem.to_string(),
                wait,
                retry: failure.tries,
                retries,
            });
            deadline.clock().sleep(wait);
            if silent && has_taken_effect().map_err(CallError::with_unknown_effect)? {
                return Ok(Answer {
                    after_uncertain_try: true,
                    ..Answer::default()
                });
            }
        }
        Err(failure.out_of_time(deadline.limit(), None))
    }

    /// Asks for an address and returns the status, whatever it is: to see whether it can be reached.
    pub fn greet(
        &self,
        call: &'static str,
        url: &str,
        deadline: &Deadline,
    ) -> Result<u16, CallError> {
        let request = Request {
            call,
            method: Method::GET,
            url: url.to_owned(),
            headers: Vec::new(),
            authorised: false,
            reads_answer: false,
            body: None,
        };
        let exchanged = self.exchange(&request, None, deadline, false);
        let (status, _) = exchanged.map_err(|problem| {
            let mut error = CallError::untried(call, deadline.limit());
            error.add(problem, None);
            error
        })?;
        Ok(status)
    }

    /// Makes one exchange, and tells it.
    fn exchange(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
        is_retry: bool,
    ) -> Result<(u16, Answer), Problem> {
        let clock = deadline.clock();
        let started = clock.monotonic();
        let exchange = Exchange {
            agent: self.host.agent(),
            proxy: self.host.proxy.as_ref(),
            timeout: deadline.remaining().min(self.host.timeout),
            header_file: self.host.header_file(),
            is_retry,
        };
        let began = clock.now();
        let result = exchange.run(request, token);
        if let Ok((_, answer)) = &result {
            self.host.note_clock(answer, began, clock.now());
        }
        let outcome = match &result {
            Ok((status, _)) => format!("HTTP {status}"),
            Err((problem, detail)) if detail.is_empty() => problem.to_string(),
            Err((problem, detail)) => format!("{problem} [{detail}]"),
        };
        self.notices.tell(&Notice::Exchange {
            request: format!("{} {}", request.method, request.shown_url()),
            outcome,
            took: clock.monotonic().saturating_sub(started),
        });
        result.map_err(|(problem, _)| problem)
    }

    /// Sends once. A failure carries the pause that the answer asked for.
    fn send(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
        is_retry: bool,
    ) -> Result<Answer, Failed> {
        let clock = deadline.clock();
        let result = self.exchange(request, token, deadline, is_retry);
        let (status, answer) = result.map_err(|problem| (problem, None))?;
        if (200..300).contains(&status) {
            return Ok(answer);
        }
        let pause = answer
            .header("retry-after")
            .and_then(|header| retry_after(header, clock.now()));
        let message = match answer.header("location") {
            Some(location) if status < 400 => {
                secrets::of_a_stranger(&format!("to {}", address::shown(location)))
            }
            _ => json::message(answer.header(STATUS_DESCRIPTION), &answer.body),
        };
        Err((Problem::Status { status, message }, pause))
    }
}

/// The header field in which NICE CXone explains a status.
const STATUS_DESCRIPTION: &str = "icStatusDescription";

/// The problem of one try, and the pause that the answer asked for.
type Failed = (Problem, Option<Duration>);
