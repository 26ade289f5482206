//! The one HTTP client: verified TLS, no redirects, timeouts and limits on everything, and
//! retries within the deadline of the cycle.

mod address;
mod agent;
mod bounds;
mod budget;
mod cause;
mod client;
mod connections;
mod dial;
mod error;
mod exchange;
mod header_file;
mod host;
mod json;
mod message;
mod proxy;
mod resolve;
mod retry;
mod route;

pub use address::{Address, HostScope, shown as shown_address};
pub use bounds::BODY_BYTES_MAX;
pub use cause::Cause;
pub use client::{Client, HasTakenEffect};
pub use connections::Connections;
pub use error::{CallError, Problem};
pub use header_file::HeaderFile;
pub use host::{ClockOff, Host};
pub use message::{Answer, Body, BodyFormat, Request};
pub use proxy::Proxy;
pub use retry::{Growth, Retry, bounded_retry_at, retry_after};

/// Reads a body as the body of an answer is read. Of fuzzing builds only.
#[cfg(fuzzing)]
pub fn read_body<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    json::read(body)
}
