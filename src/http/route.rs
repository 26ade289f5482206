//! The way of an exchange, and the problem that an error on it is.

use std::io;
use std::time::Duration;

use rustls::Error as TlsError;
use ureq::Error;
use ureq::http::Uri;
use ureq::http::uri::Authority;

use super::bounds::{BODY_BYTES_MAX, CONNECT_TIMEOUT, HEADER_BYTES_MAX};
use super::cause::{self, Cause};
use super::dial::{DialError, Step, TunnelRefused};
use super::error::Problem;
use super::proxy::Proxy;
use crate::base::notice_text::Seconds;

/// The way of one exchange.
pub(super) struct Route<'a> {
    /// The address of the request.
    pub(super) uri: Uri,
    /// The proxy, if it goes through one.
    pub(super) proxy: Option<&'a Proxy>,
    /// Time for the exchange.
    pub(super) timeout: Duration,
}

/// The part of an exchange that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Opening the connection, sending the request, or waiting for the head of the answer.
    Head,
    /// The body of the answer.
    Body,
}

impl Route<'_> {
    /// The problem that an error of the HTTP library is.
    pub(super) fn problem(&self, error: Error, part: Part) -> Problem {
        match error {
            Error::Other(other) => match other.downcast::<DialError>() {
                Ok(failed) => self.not_connected(failed.step, &failed.error),
                Err(_) => Problem::NoAnswer(self.told("the connection failed")),
            },
            Error::Timeout(_) => Problem::TimedOut(self.told(&match part {
                Part::Head => format!("no answer within {}", Seconds(self.timeout)),
                Part::Body => format!(
                    "the answer was not complete within {}",
                    Seconds(self.timeout)
                ),
            })),
            Error::Io(error) => Problem::NoAnswer(self.told(&self.broken(&error, part))),
            Error::BodyExceedsLimit(_) => {
                self.unusable(&format!("its body is larger than {BODY_BYTES_MAX} bytes"))
            }
            Error::LargeResponseHeader(..) => self.unusable(&format!(
                "its header is larger than {HEADER_BYTES_MAX} bytes"
            )),
            Error::Protocol(error) => self.unusable(cause::of_protocol(&error.to_string())),
            Error::Http(_) | Error::BadUri(_) | Error::RequireHttpsOnly(_) => Problem::Unusable(
                "there is none: the request has characters that cannot be sent".to_owned(),
            ),
            _ => Problem::NoAnswer(self.told("the exchange failed")),
        }
    }

    /// A stream that broke after the connection was opened.
    fn broken(&self, error: &io::Error, part: Part) -> String {
        if let Some(tls) = tls_of(error) {
            return cause::of_tls(tls, self.name()).text;
        }
        let place = match part {
            Part::Head => "before an answer came",
            Part::Body => "before the whole answer had come",
        };
        format!("{} {place}", cause::of_stream(error))
    }

    /// A connection was not opened, so that nothing was sent.
    fn not_connected(&self, step: Step, error: &Error) -> Problem {
        let tls = match error {
            Error::Io(error) => tls_of(error),
            Error::Rustls(error) => Some(error),
            _ => None,
        };
        if let Some(tls) = tls {
            return Problem::Tls(self.insecure(step, tls));
        }
        if let Some(proxy) = self.proxy.filter(|_| step == Step::Tunnel)
            && let Error::Other(other) = error
            && let Some(TunnelRefused(status)) = other.downcast_ref()
        {
            return refused_tunnel(self.host(), proxy, *status);
        }
        let text = match (step, error) {
            (Step::Resolve, Error::Timeout(_)) => {
                format!("its name was not resolved within {}", self.connect_time())
            }
            (Step::Resolve, _) => {
                "its name cannot be resolved; likely it is misspelled, or no name server answers"
                    .to_owned()
            }
            (_, Error::Timeout(_)) => {
                format!("{} within {}", unfinished(step), self.connect_time())
            }
            (_, Error::Io(error)) => match step {
                Step::Connect => cause::of_stream(error),
                Step::Tunnel => format!("{} before it answered", cause::of_stream(error)),
                _ => format!("{} during the TLS handshake", cause::of_stream(error)),
            },
            _ => "the connection failed".to_owned(),
        };
        let cause = match self.proxy {
            Some(proxy) if step == Step::Secure => {
                Cause::new(format!("{}: {text} (through {proxy})", self.host()))
            }
            Some(proxy) => Cause::new(format!("{proxy}: {text}")).with_remedy(format!(
                "check {}; a host that needs no proxy is named in NO_PROXY",
                proxy.variable
            )),
            None => Cause::new(format!("{}: {text}", self.host())),
        };
        Problem::NotConnected(cause)
    }

    fn insecure(&self, step: Step, tls: &TlsError) -> Cause {
        match self.proxy {
            Some(proxy) if step == Step::SecureProxy => {
                let host = proxy.uri.host().unwrap_or_default();
                let Cause { text, remedy } = cause::of_tls(tls, host);
                let text = format!("{text} ({proxy})");
                Cause { text, remedy }
            }
            _ => {
                let Cause { text, remedy } = cause::of_tls(tls, self.name());
                let text = self.told(&text);
                Cause { text, remedy }
            }
        }
    }

    /// An answer that cannot be used.
    pub(super) fn unusable(&self, text: &str) -> Problem {
        Problem::Unusable(self.told(text))
    }

    /// `text`, and the proxy that the exchange went through.
    fn told(&self, text: &str) -> String {
        match self.proxy {
            Some(proxy) => format!("{text} (through {proxy})"),
            None => text.to_owned(),
        }
    }

    fn connect_time(&self) -> Seconds {
        Seconds(CONNECT_TIMEOUT.min(self.timeout))
    }

    /// The name in the address, which its certificate has to have.
    fn name(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// Host and port of the address.
    fn host(&self) -> &str {
        self.uri.authority().map_or("", Authority::as_str)
    }
}

fn unfinished(step: Step) -> &'static str {
    match step {
        Step::Resolve | Step::Connect => "no connection",
        Step::Tunnel => "no answer",
        Step::SecureProxy | Step::Secure => "no TLS handshake",
    }
}

fn refused_tunnel(host: &str, proxy: &Proxy, status: Option<u16>) -> Problem {
    let Some(status) = status else {
        let text = format!(
            "{host}: {proxy} does not answer as a proxy; likely another program listens there"
        );
        let remedy = format!("check {}", proxy.variable);
        return Problem::NotConnected(Cause::new(text).with_remedy(remedy));
    };
    let (does, remedy) = match (status, &proxy.authorization) {
        // Some proxies answer as a server would.
        (401 | 407, None) => (
            "wants a user name and a password",
            format!(
                "write them into {}: http://USER:PASSWORD@HOST:PORT",
                proxy.variable
            ),
        ),
        (401 | 407, Some(_)) => (
            "refuses the user name or the password",
            format!("correct them in {}", proxy.variable),
        ),
        (403, _) => (
            "does not permit connections to this host",
            "have the host allowed there; a host that needs no proxy is named in NO_PROXY"
                .to_owned(),
        ),
        (500.., _) => (
            "cannot reach this host",
            "check the host and the port; likely it is down, or the proxy does not find it"
                .to_owned(),
        ),
        _ => ("opened no connection", format!("check {}", proxy.variable)),
    };
    let cause = Cause::new(format!("{host}: {proxy} {does} (HTTP {status})")).with_remedy(remedy);
    if status == 429 || status >= 500 {
        Problem::NotConnected(cause)
    } else {
        Problem::ProxyRefused(cause)
    }
}

/// The error of TLS inside an error of a stream.
fn tls_of(error: &io::Error) -> Option<&TlsError> {
    error.get_ref()?.downcast_ref()
}
