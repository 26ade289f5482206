//! Errors of a call, classified by their meaning for the caller.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::cause::Cause;
use crate::base::notice_text::Seconds;
use crate::base::secrets;
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;

/// A call that failed for good: its name, the problem and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// Name of the call in messages: "metrics query".
    pub call: &'static str,
    /// Problem of the last try.
    pub problem: Problem,
    /// Number of tries.
    pub tries: u32,
    /// True where a try may have taken effect without an answer that confirms it.
    pub uncertain: bool,
    /// Earliest time at which the other side accepts another call.
    pub retry_at: Option<UnixMillis>,
    /// True where the credentials were refused or a permission is missing.
    pub denied: bool,
    /// Remedy for the user.
    pub advice: Option<String>,
}

/// The problem of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No connection was made, so nothing was sent; host and cause.
    NotConnected(Cause),
    /// The proxy refuses to connect, so nothing was sent; host and cause.
    ProxyRefused(Cause),
    /// No secure connection was made, so nothing was sent.
    Tls(Cause),
    /// The connection ended before the whole answer had arrived.
    NoAnswer(String),
    /// The answer did not come in time.
    TimedOut(String),
    /// An answer whose status is not 2xx.
    Status {
        /// The status.
        status: u16,
        /// The message in the body, shortened.
        message: String,
    },
    /// An answer that cannot be used.
    Unusable(String),
    /// An earlier answer asked for a pause that outlasts this cycle.
    Paused {
        /// End of the pause.
        until: UnixMillis,
        /// Time that the cycle may take.
        limit: Duration,
    },
    /// The cycle's deadline leaves no time for another try.
    OutOfTime {
        /// Time that the cycle may take.
        limit: Duration,
        /// Problem of the last try.
        last: Option<Box<Problem>>,
        /// Wait before the next try, where it is longer than the time left.
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

    /// A status that refuses what was sent.
    #[must_use]
    pub fn refused(call: &'static str, status: u16) -> Self {
        let mut error = Self::untried(call, Duration::ZERO);
        let message = String::new();
        error.add(Problem::Status { status, message }, None);
        error
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

    /// No call was made, because an earlier answer asked for a pause until `until`.
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

    /// This error, of a request that may have taken effect.
    #[must_use]
    pub fn with_unknown_effect(self) -> Self {
        Self {
            uncertain: true,
            ..self
        }
    }

    /// This error, with the later `retry_at` of the two.
    #[must_use]
    pub fn with_later_retry(self, other: &Self) -> Self {
        Self {
            retry_at: self.retry_at.max(other.retry_at),
            ..self
        }
    }

    /// This error with a remedy for the user.
    #[must_use]
    pub fn advise(self, advice: impl Into<String>) -> Self {
        Self {
            advice: Some(advice.into()),
            ..self
        }
    }

    /// The status of the last answer, where the status is the problem.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.problem {
            Problem::Status { status, .. } => Some(status),
            _ => None,
        }
    }
}

impl Problem {
    /// True where the host cannot be reached, or not safely, so that no other call reaches it.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::NotConnected(_) | Self::ProxyRefused(_) | Self::Tls(_) => true,
            Self::OutOfTime { last, .. } => last.as_ref().is_some_and(|last| last.is_unreachable()),
            _ => false,
        }
    }

    /// True where the same request may succeed if it is sent again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NotConnected(_) | Self::NoAnswer(_) | Self::TimedOut(_) => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            Self::ProxyRefused(_)
            | Self::Tls(_)
            | Self::Unusable(_)
            | Self::Paused { .. }
            | Self::OutOfTime { .. } => false,
        }
    }

    /// True where the request may have taken effect without an answer that confirms it.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        match self {
            Self::NoAnswer(_) | Self::TimedOut(_) | Self::Unusable(_) => true,
            Self::Status { status, .. } => !REFUSED_UNDONE.contains(status),
            Self::NotConnected(_)
            | Self::ProxyRefused(_)
            | Self::Tls(_)
            | Self::Paused { .. }
            | Self::OutOfTime { .. } => false,
        }
    }

    /// True where a request was sent and no answer came.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::TimedOut(_))
    }

    /// Remedy for a call that has no more specific one.
    fn advice(&self) -> Option<&str> {
        match self {
            Self::NotConnected(cause) | Self::ProxyRefused(cause) | Self::Tls(cause)
                if cause.remedy.is_some() =>
            {
                cause.remedy.as_deref()
            }
            Self::Tls(_) => Some("check the host, the port and the server's certificate"),
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
    /// The one way from a problem to its text: whatever the other side wrote, no secret is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text)?;
        f.write_str(&secrets::redacted(&text))
    }
}

impl Problem {
    fn write(&self, f: &mut String) -> fmt::Result {
        match self {
            Self::NotConnected(cause) | Self::ProxyRefused(cause) => {
                write!(f, "no connection to {}", cause.text)
            }
            Self::Tls(cause) => write!(f, "no secure connection: {}", cause.text),
            Self::NoAnswer(text) => write!(f, "no answer: {text}"),
            Self::TimedOut(text) => f.write_str(text),
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
                "an earlier answer asked for a pause until {}, longer than this cycle's {}; nothing was sent",
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
                        "the next try is due in {}, after the cycle's deadline of {}",
                        Seconds(*wait),
                        Seconds(*limit)
                    ),
                    None => write!(f, "the cycle's deadline of {} has passed", Seconds(*limit)),
                }
            }
        }
    }
}

/// Statuses that an interface gives before it acts, so that nothing has happened. Any other answer,
/// a redirect or a 409 too, may come from something that passed the request on.
const REFUSED_UNDONE: [u16; 6] = [400, 401, 403, 404, 412, 429];
