//! The client: its constructor, one try of a request, and the loop of retries around it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Method, Request as HttpRequest, Response, header};
use ureq::tls::Certificate;
use ureq::{Agent, AsSendBody, Error};

use super::address::{self, HostScope};
use super::agent::agent;
use super::bounds::{BODY_BYTES_MAX, CALL_TIMEOUT, EXCHANGES_MAX, IDLE_MAX};
use super::budget::Budget;
use super::error::{CallError, Problem};
use super::json;
use super::message::{Answer, Body, Request};
use super::proxy::Proxy;
use super::retry::{Retry, retry_after};
use super::route::{Part, Route};
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::base::secrets;

/// A check, made before a request without an answer is sent again: true where it took effect.
pub type HasTakenEffect<'a> = &'a dyn Fn() -> Result<bool, CallError>;

/// The client of one host.
pub struct Client<'a> {
    agent: Mutex<Agent>,
    proxy: Option<Proxy>,
    retry: Retry,
    budget: Budget,
    notices: &'a dyn Notices,
}

impl<'a> Client<'a> {
    /// A client, through `proxy` if there is one. `authorities` are trusted besides those of the
    /// machine.
    #[must_use]
    pub fn new(
        scope: HostScope,
        proxy: Option<Proxy>,
        authorities: &[Certificate<'static>],
        retry: Retry,
        notices: &'a dyn Notices,
    ) -> Self {
        Self {
            agent: Mutex::new(agent(scope, proxy.as_ref(), authorities)),
            proxy,
            retry,
            budget: Budget::new(EXCHANGES_MAX),
            notices,
        }
    }

    /// Ends every exchange at once and refuses new ones: for a run that is asked to stop.
    pub fn abort(&self) {
        self.agent().shutdown();
    }

    /// Accepts exchanges again, after an [`abort`](Self::abort).
    pub fn reopen(&self) {
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        *agent = agent.config().clone().new_agent();
    }

    fn agent(&self) -> Agent {
        self.agent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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
            self.retry.retries,
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
        self.retry
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
            let Some(permit) = self.budget.acquire(deadline) else {
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

    /// Sends once. A failure carries the pause that the answer asked for.
    fn send(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        deadline: &Deadline,
        is_retry: bool,
    ) -> Result<Answer, Failed> {
        let clock = deadline.clock();
        let started = clock.monotonic();
        let try_of = Try {
            timeout: deadline.remaining().min(CALL_TIMEOUT),
            is_retry,
        };
        let result = self.exchange(request, token, try_of);
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
        let (status, answer) = result.map_err(|(problem, _)| (problem, None))?;
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

    /// Sends once, whatever the answer. A failure carries the library's words for it.
    fn exchange(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        try_of: Try,
    ) -> Result<(u16, Answer), (Problem, String)> {
        let route = Route {
            // An address was checked when it was set.
            uri: request.url.parse().unwrap_or_default(),
            proxy: self.proxy.as_ref(),
            timeout: try_of.timeout,
        };
        let failed = |part: Part| {
            let route = &route;
            move |error: Error| {
                let detail = error.to_string();
                (route.problem(error, part), detail)
            }
        };
        let response = self
            .start(request, token, try_of)
            .map_err(failed(Part::Head))?;
        let status = response.status().as_u16();
        let (parts, body) = response.into_parts();
        let is_success = (200..300).contains(&status);
        if is_success && request.reads_answer && is_compressed(&parts.headers) {
            let problem = route.unusable("its body is compressed, which was not asked for");
            return Err((problem, String::new()));
        }
        let body = if is_success && !request.reads_answer {
            Vec::new()
        } else {
            let body = body.into_with_config().limit(BODY_BYTES_MAX).read_to_vec();
            match body {
                Err(error) if is_success => return Err(failed(Part::Body)(error)),
                // The status is enough; only its message could not be read.
                body => body.unwrap_or_default(),
            }
        };
        let answer = Answer {
            status,
            headers: parts.headers,
            body,
            ..Answer::default()
        };
        Ok((status, answer))
    }

    /// Sends once, up to the head of the answer.
    fn start(
        &self,
        request: &Request,
        token: Option<&SecretString>,
        try_of: Try,
    ) -> Result<Response<ureq::Body>, Error> {
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
        match &request.body {
            Some(Body::Plain(text)) => self.run(builder.body(text.as_str())?, try_of),
            Some(Body::Secret(text)) => self.run(builder.body(text.expose_secret())?, try_of),
            // Its length is told, since some servers take none for a body without an end.
            None if request.method == Method::POST => self.run(builder.body("")?, try_of),
            None => self.run(builder.body(())?, try_of),
        }
    }

    fn run(
        &self,
        request: HttpRequest<impl AsSendBody>,
        Try { timeout, is_retry }: Try,
    ) -> Result<Response<ureq::Body>, Error> {
        // Kept connections may all be dead, so a retry takes none: each is too old for it.
        let idle_max = if is_retry { Duration::ZERO } else { IDLE_MAX };
        let agent = self.agent();
        let request = agent.configure_request(request);
        let request = request.timeout_global(Some(timeout)).max_idle_age(idle_max);
        agent.run(request.build())
    }
}

/// The header field in which NICE CXone explains a status.
const STATUS_DESCRIPTION: &str = "icStatusDescription";

/// One try of a request.
#[derive(Clone, Copy)]
struct Try {
    timeout: Duration,
    is_retry: bool,
}

/// The problem of one try, and the pause that the answer asked for.
type Failed = (Problem, Option<Duration>);

fn is_compressed(headers: &HeaderMap) -> bool {
    let encoding = headers.get(header::CONTENT_ENCODING);
    encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
