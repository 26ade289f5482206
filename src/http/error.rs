//! What can go wrong with a call, sorted by what it means for the caller.

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use ureq::{Error, Timeout};

use super::bounds::{CONNECT_TIMEOUT, HEADER_BYTES_MAX};
use crate::base::notice::Seconds;
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;

/// A call that failed for good: which one, how, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The call, as people know it: "metrics query".
    pub call: &'static str,
    /// What went wrong, the last time it was tried.
    pub problem: Problem,
    /// How often it was tried.
    pub tries: u32,
    /// Whether one of the tries may have taken effect although no answer says so.
    pub uncertain: bool,
    /// When the other side wants to be called again at the earliest.
    pub retry_at: Option<UnixMillis>,
    /// Whether the credentials were refused, or the permission is missing.
    pub denied: bool,
    /// What the user can do about it.
    pub advice: Option<String>,
}

/// What went wrong with one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No connection came about, so nothing was sent.
    NotConnected(String),
    /// The connection ended before the whole answer was there.
    NoAnswer(String),
    /// The answer did not come in time.
    TimedOut(Duration),
    /// The certificate or the handshake was refused.
    Tls(String),
    /// An answer whose status is not 2xx.
    Status {
        /// The status.
        status: u16,
        /// The body's own message, shortened.
        message: String,
    },
    /// An answer that cannot be used.
    Unusable(String),
    /// An earlier answer asked for a pause that outlasts this cycle.
    Paused {
        /// When it ends.
        until: UnixMillis,
        /// The time the cycle is allowed.
        limit: Duration,
    },
    /// The cycle's deadline leaves no time for another try.
    OutOfTime {
        /// The time the cycle was allowed.
        limit: Duration,
        /// What went wrong before.
        last: Option<Box<Problem>>,
        /// How long the next try would have had to wait, where that is beyond the deadline.
        wait: Option<Duration>,
    },
}

impl CallError {
    /// An answer to `call` that cannot be used.
    #[must_use]
    pub fn unusable(call: &'static str, problem: impl Into<String>) -> Self {
        Self {
            call,
            problem: Problem::Unusable(problem.into()),
            tries: 1,
            uncertain: false,
            retry_at: None,
            denied: false,
            advice: None,
        }
    }

    pub(super) fn untried(call: &'static str, limit: Duration) -> Self {
        Self {
            call,
            problem: Problem::OutOfTime {
                limit,
                last: None,
                wait: None,
            },
            tries: 0,
            uncertain: false,
            retry_at: None,
            denied: false,
            advice: None,
        }
    }

    /// No call at all, because an earlier answer asked for a pause until `until`.
    #[must_use]
    pub fn paused(until: UnixMillis, limit: Duration) -> Self {
        Self {
            retry_at: Some(until),
            problem: Problem::Paused { until, limit },
            ..Self::untried("platform", limit)
        }
    }

    pub(super) fn add(&mut self, problem: Problem, retry_at: Option<UnixMillis>) {
        self.tries += 1;
        self.uncertain |= problem.is_uncertain();
        self.retry_at = retry_at;
        self.denied = matches!(
            problem,
            Problem::Status {
                status: 401 | 403,
                ..
            }
        );
        self.problem = problem;
    }

    pub(super) fn out_of_time(self, limit: Duration, wait: Option<Duration>) -> Self {
        let last = (self.tries > 0).then(|| Box::new(self.problem));
        Self {
            problem: Problem::OutOfTime { limit, last, wait },
            ..self
        }
    }

    /// The same error, of a request that may have taken effect.
    #[must_use]
    pub fn with_unknown_effect(self) -> Self {
        Self {
            uncertain: true,
            ..self
        }
    }

    /// The same error, asking for a pause no shorter than `other` asks for.
    #[must_use]
    pub fn with_later_retry(self, other: &Self) -> Self {
        Self {
            retry_at: self.retry_at.max(other.retry_at),
            ..self
        }
    }

    /// The same error with what the user can do about it.
    #[must_use]
    pub fn advise(self, advice: impl Into<String>) -> Self {
        Self {
            advice: Some(advice.into()),
            ..self
        }
    }

    /// The status of the last answer, when that is what went wrong.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.problem {
            Problem::Status { status, .. } => Some(status),
            _ => None,
        }
    }
}

impl Problem {
    /// Whether the same request may succeed if it is sent again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NotConnected(_) | Self::NoAnswer(_) | Self::TimedOut(_) => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            Self::Tls(_) | Self::Unusable(_) | Self::Paused { .. } | Self::OutOfTime { .. } => {
                false
            }
        }
    }

    /// Whether the request may have taken effect although no answer says so.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        match self {
            // A stream that breaks inside TLS may have carried the request.
            Self::NoAnswer(_) | Self::TimedOut(_) | Self::Tls(_) | Self::Unusable(_) => true,
            Self::Status { status, .. } => *status >= 500,
            Self::NotConnected(_) | Self::Paused { .. } | Self::OutOfTime { .. } => false,
        }
    }

    /// Whether the other side answered nothing at all to a request that was sent.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::TimedOut(_))
    }

    /// What to do about it where the call itself knows nothing better.
    fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Tls(text) if text.contains(UNKNOWN_ISSUER) => {
                Some("if a private authority issued it, name its certificate with --ca-file")
            }
            Self::Tls(_) => Some("check the host name and the server's certificate"),
            Self::NotConnected(_) => Some("check the host, the port and the network"),
            Self::Status { status: 429, .. } => {
                Some("the request limit is used up; call less often or ask for a higher one")
            }
            Self::Status {
                status: 300..=399, ..
            } => Some("redirects are not followed; set the address that it leads to"),
            Self::OutOfTime {
                last: Some(last), ..
            } => last.advice(),
            _ => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.problem)?;
        if self.tries > 1 {
            write!(f, " ({} tries)", self.tries)?;
        }
        match (self.advice.as_deref(), self.problem.advice()) {
            (Some(advice), _) | (None, Some(advice)) => write!(f, "; {advice}"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for CallError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected(text) => write!(f, "no connection to {text}"),
            Self::NoAnswer(text) => write!(f, "no answer: {text}"),
            Self::TimedOut(limit) => write!(f, "no answer within {}", Seconds(*limit)),
            Self::Tls(text) => write!(f, "no secure connection: {text}"),
            Self::Status { status, message } => {
                write!(f, "HTTP {status}")?;
                let reason = ureq::http::StatusCode::from_u16(*status)
                    .ok()
                    .and_then(|status| status.canonical_reason());
                if let Some(reason) = reason {
                    write!(f, " {reason}")?;
                }
                if message.is_empty() {
                    Ok(())
                } else {
                    write!(f, ": {message}")
                }
            }
            Self::Unusable(text) => write!(f, "unusable answer: {text}"),
            Self::Paused { until, limit } => write!(
                f,
                "an earlier answer asked not to be called before {}, which is beyond this cycle's {}; nothing was sent",
                rfc3339(*until),
                Seconds(*limit)
            ),
            Self::OutOfTime { limit, last, wait } => {
                if let Some(last) = last {
                    write!(f, "{last}; ")?;
                }
                match wait {
                    Some(wait) => write!(
                        f,
                        "the next try would be due in {}, beyond the {} that are allowed",
                        Seconds(*wait),
                        Seconds(*limit)
                    ),
                    None => write!(f, "the {} that are allowed are used up", Seconds(*limit)),
                }
            }
        }
    }
}

/// The problem that an error of the library stands for.
pub(super) fn classify(error: Error, timeout: Duration, url: &str) -> Problem {
    let not_connected = |why: &dyn fmt::Display| {
        let host = url.split('/').nth(2).unwrap_or(url);
        Problem::NotConnected(format!("{host}: {why}"))
    };
    match error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => not_connected(&format!(
            "timed out after {}",
            Seconds(CONNECT_TIMEOUT.min(timeout))
        )),
        Error::Timeout(_) => Problem::TimedOut(timeout),
        Error::HostNotFound => not_connected(&"the host name is not known"),
        Error::ConnectionFailed | Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => {
            not_connected(&error)
        }
        Error::RequireHttpsOnly(_) | Error::BadUri(_) | Error::Http(_) => {
            Problem::Unusable(error.to_string())
        }
        Error::Tls(text) => Problem::Tls(text.to_owned()),
        Error::Rustls(error) => Problem::Tls(in_words(&error.to_string())),
        Error::BodyExceedsLimit(limit) => {
            Problem::Unusable(format!("its body is larger than {limit} bytes"))
        }
        Error::LargeResponseHeader(..) => Problem::Unusable(format!(
            "its header is larger than {HEADER_BYTES_MAX} bytes"
        )),
        Error::Protocol(error) => Problem::Unusable(format!("it is not HTTP: {error}")),
        Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::AddrNotAvailable => not_connected(&error),
            // rustls reports a refused certificate as invalid data of the stream.
            ErrorKind::InvalidData => Problem::Tls(in_words(&error.to_string())),
            _ if error.to_string().contains("lookup address") => not_connected(&error),
            _ => Problem::NoAnswer(error.to_string()),
        },
        other => Problem::NoAnswer(other.to_string()),
    }
}

/// What a certificate is refused for, in words where rustls has a name.
fn in_words(problem: &str) -> String {
    problem.replace("UnknownIssuer", UNKNOWN_ISSUER)
}

/// To rustls a self-signed certificate is one of an issuer that nobody knows.
const UNKNOWN_ISSUER: &str = "its issuer is unknown, or it is self-signed";
