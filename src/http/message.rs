//! Requests and answers, as data.

use std::fmt;

use jiff::fmt::rfc2822;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Method};

use super::error::CallError;
use super::{address, json};
use crate::base::secrets;
use crate::base::units::UnixMillis;

/// One request, as data. A dry run prints the request that a real run sends.
#[derive(Clone, Debug)]
pub struct Request {
    /// Name of the call in messages: "metrics query".
    pub call: &'static str,
    /// The method.
    pub method: Method,
    /// The address, with its query.
    pub url: String,
    /// Header fields besides `Accept` and the bearer token.
    pub headers: Vec<(&'static str, String)>,
    /// True where the platform's token is sent with it.
    pub authorised: bool,
    /// True where the body of a 2xx answer is read; otherwise the status alone counts.
    pub reads_answer: bool,
    /// The body, where there is one.
    pub body: Option<Body>,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Body {
    /// A body that may be shown.
    Plain(String),
    /// A body that holds credentials.
    Secret(SecretString),
}

/// The form of a body of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// One JSON object.
    Json,
    /// JSON objects, one a line.
    Ndjson,
}

impl BodyFormat {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// An answer with a 2xx status.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status; 0 where no answer came and a read showed that the request took effect.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// True where an earlier try may have taken effect, or may still do so.
    pub after_uncertain_try: bool,
    /// The body, at most [`BODY_BYTES_MAX`](super::BODY_BYTES_MAX) bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// The address, for messages: whole where it is one of the platform, which gets its token in a
    /// header field; that of a warehouse may hold a key.
    #[must_use]
    pub fn shown_url(&self) -> String {
        if self.authorised {
            self.url.clone()
        } else {
            address::shown(&self.url)
        }
    }

    /// The header fields that are sent; the token is replaced by a placeholder.
    #[must_use]
    pub fn shown_headers(&self) -> Vec<(&'static str, String)> {
        let token = self
            .authorised
            .then(|| ("Authorization", "Bearer [not shown]".to_owned()));
        let accept = ("Accept", ACCEPT.to_owned());
        let first = std::iter::once(accept).chain(token);
        // A version comes from the platform.
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (*name, secrets::redacted(value)));
        first.chain(headers).collect()
    }
}

impl fmt::Display for Request {
    /// The request as it is sent; token and credentials are replaced by a placeholder.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.shown_url())?;
        for (name, value) in self.shown_headers() {
            writeln!(f, "{name}: {value}")?;
        }
        match &self.body {
            Some(Body::Plain(text)) => write!(f, "\n{text}"),
            Some(Body::Secret(_)) => write!(f, "\n[not shown]"),
            None => Ok(()),
        }
    }
}

impl Answer {
    /// Reads the JSON body; the error names the field.
    pub fn json<T: DeserializeOwned>(&self, call: &'static str) -> Result<T, CallError> {
        json::read(&self.body).map_err(|problem| CallError::unusable(call, problem))
    }

    /// The time of the server's clock, whole seconds.
    #[must_use]
    pub fn date(&self) -> Option<UnixMillis> {
        let date = rfc2822::parse(self.header("date")?).ok()?;
        Some(UnixMillis(date.timestamp().as_millisecond()))
    }

    /// A header field as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The media type that every request accepts.
pub(super) const ACCEPT: &str = "application/json";
