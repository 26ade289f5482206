//! Requests and answers, as data.

use std::fmt;

use secrecy::SecretString;
use ureq::http::{HeaderMap, Method};

/// One request, as data: what a dry run prints is what a real run sends.
#[derive(Clone, Debug)]
pub struct Request {
    /// The call, as people know it: "metrics query".
    pub call: &'static str,
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Header fields besides `Accept` and the bearer token.
    pub headers: Vec<(&'static str, String)>,
    /// Whether the platform's token goes with it.
    pub authorised: bool,
    /// Whether the body of a success matters; where it does not, the status alone decides.
    pub reads_answer: bool,
    /// The body, where there is one.
    pub body: Option<Body>,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Body {
    /// One that may be shown.
    Plain(String),
    /// One that holds credentials.
    Secret(SecretString),
}

/// An answer with a 2xx status.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its status; 0 of an answer that never came and whose request was found to have taken effect.
    pub status: u16,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body, at most [`BODY_BYTES_MAX`](super::BODY_BYTES_MAX) long.
    pub body: Vec<u8>,
}

impl Request {
    /// The address, for messages. That of a warehouse may hold a key in its query.
    #[must_use]
    pub fn shown_url(&self) -> &str {
        if self.authorised {
            &self.url
        } else {
            without_query(&self.url)
        }
    }

    /// The header fields that go out, but for the token.
    #[must_use]
    pub fn shown_headers(&self) -> Vec<(&'static str, String)> {
        let token = self
            .authorised
            .then(|| ("Authorization", "Bearer [not shown]".to_owned()));
        let accept = ("Accept", ACCEPT.to_owned());
        let first = std::iter::once(accept).chain(token);
        first.chain(self.headers.iter().cloned()).collect()
    }
}

impl fmt::Display for Request {
    /// The request as it goes out, but for the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.url)?;
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
    /// A header field as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// `url` without its query, which may hold a key.
#[must_use]
pub fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// What every answer is asked to be.
pub(super) const ACCEPT: &str = "application/json";
