//! The client: its constructor, one try of a request, and the loop of retries around it.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use ureq::http::{Request as HttpRequest, Response, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Error};

use super::address::{self, HostScope};
use super::bounds::{
    BODY_BYTES_MAX, BUFFER_BYTES, CALL_TIMEOUT, CONNECT_TIMEOUT, EXCHANGES_MAX, HEADER_BYTES_MAX,
    IDLE_MAX,
};
use super::budget::Budget;
use super::error::{self, CallError, Problem};
use super::json;
use super::message::{ACCEPT, Answer, Body, Request};
use super::retry::{Retry, retry_after};
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::base::secrets;

/// A check, made before a request without an answer is sent again: true where it took effect.
pub type HasTakenEffect<'a> = &'a dyn Fn() -> Result<bool, CallError>;

/// The client of one host.
pub struct Client<'a> {
    agent: Agent,
    retry: Retry,
    budget: Budget,
    notices: &'a dyn Notices,
}

impl<'a> Client<'a> {
    /// A client. `authorities` are trusted besides those of the machine.
    #[must_use]
    pub fn new(
        scope: HostScope,
        authorities: &[Certificate<'static>],
        retry: Retry,
        notices: &'a dyn Notices,
    ) -> Self {
        let builder = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(scope == HostScope::Remote)
            .user_agent(concat!("dialpace/", env!("CARGO_PKG_VERSION")))
            .accept(ACCEPT)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_response_header_size(HEADER_BYTES_MAX)
            .input_buffer_size(BUFFER_BYTES)
            .output_buffer_size(BUFFER_BYTES)
            .max_idle_age(IDLE_MAX)
            .tls_config(TlsConfig::builder().root_certs(roots(authorities)).build());
        let builder = match scope {
            // A new connection costs nothing on this machine. On a reused one, a server that sends
            // header and body separately waits 40 ms for the delayed acknowledgement.
            HostScope::Loopback => builder.proxy(None).max_idle_connections(0),
            HostScope::Remote => builder,
        };
        Self {
            agent: builder.build().new_agent(),
            retry,
            budget: Budget::new(EXCHANGES_MAX),
            notices,
        }
    }

    /// Ends every exchange at once and refuses new ones: for a run that is asked to stop.
    pub fn abort(&self) {
        self.agent.clone().shutdown();
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
        let mut failure = CallError::untried(request.call, deadline.limit());
        while !deadline.remaining().is_zero() {
            let Some(permit) = self.budget.acquire(deadline) else {
                break;
            };
            let sent = self.send(request, token, deadline);
            drop(permit);
            let (problem, pause) = match sent {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let again = problem.is_passing() && failure.tries < self.retry.retries;
            let silent = problem.is_silence();
            failure.add(
                problem,
                pause.map(|pause| deadline.clock().now().plus(pause)),
            );
            if !again {
                return Err(failure);
            }
            let wait = self
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
                retries: self.retry.retries,
            });
            deadline.clock().sleep(wait);
            if silent && has_taken_effect().map_err(CallError::with_unknown_effect)? {
                return Ok(Answer::default());
            }
        }
        Err(failure.out_of_time(deadline.limit(), None))
    }

    /// Sends once. A failure carries the pause that the answer asked for.
    fn send(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
    ) -> Result<Answer, Failed> {
        let clock = deadline.clock();
        let started = clock.monotonic();
        let result = self.exchange(request, token, deadline.remaining().min(CALL_TIMEOUT));
        let outcome = match &result {
            Ok((status, _)) => format!("HTTP {status}"),
            Err(problem) => problem.to_string(),
        };
        self.notices.tell(&Notice::Exchange {
            request: format!("{} {}", request.method, request.shown_url()),
            outcome,
            took: clock.monotonic().saturating_sub(started),
        });
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
            _ => json::message(&answer.body),
        };
        Err((Problem::Status { status, message }, pause))
    }

    fn exchange(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        timeout: Duration,
    ) -> Result<(u16, Answer), Problem> {
        let mut builder = HttpRequest::builder()
            .method(request.method.clone())
            .uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Some(token) = token {
            builder = builder.header(
                header::AUTHORIZATION,
                format!("Bearer {}", token.expose_secret()),
            );
        }
        let unsendable = |error: ureq::http::Error| Problem::Unusable(format!("not sent: {error}"));
        let text = request.body.as_ref().map(|body| match body {
            Body::Plain(text) => text.as_str(),
            Body::Secret(text) => text.expose_secret(),
        });
        let response = match text {
            Some(text) => self.run(builder.body(text).map_err(unsendable)?, timeout),
            None => self.run(builder.body(()).map_err(unsendable)?, timeout),
        };
        let response = response.map_err(|error| error::classify(error, timeout, &request.url))?;
        let status = response.status().as_u16();
        let (parts, body) = response.into_parts();
        let headers = parts.headers;
        let is_success = (200..300).contains(&status);
        if is_success && !request.reads_answer {
            let body = Vec::new();
            return Ok((
                status,
                Answer {
                    status,
                    headers,
                    body,
                },
            ));
        }
        let body = body.into_with_config().limit(BODY_BYTES_MAX).read_to_vec();
        let body = match body {
            Err(error) if is_success => return Err(error::classify(error, timeout, &request.url)),
            // The status is enough; only its message could not be read.
            body => body.unwrap_or_default(),
        };
        Ok((
            status,
            Answer {
                status,
                headers,
                body,
            },
        ))
    }

    fn run(
        &self,
        request: HttpRequest<impl AsSendBody>,
        timeout: Duration,
    ) -> Result<Response<ureq::Body>, Error> {
        let request = self.agent.configure_request(request);
        self.agent
            .run(request.timeout_global(Some(timeout)).build())
    }
}

/// The problem of one try, and the pause that the answer asked for.
type Failed = (Problem, Option<Duration>);

/// The machine's certificate authorities, and `authorities`.
fn roots(authorities: &[Certificate<'static>]) -> RootCerts {
    if authorities.is_empty() {
        return RootCerts::PlatformVerifier;
    }
    let native = rustls_native_certs::load_native_certs().certs;
    let native = native
        .iter()
        .map(|der| Certificate::from_der(der).to_owned());
    RootCerts::Specific(Arc::new(
        native.chain(authorities.iter().cloned()).collect(),
    ))
}
