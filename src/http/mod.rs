//! The one HTTP client: verified TLS, no redirects, timeouts and limits on everything, and
//! retries within the deadline of the cycle.

mod client;
mod error;
mod json;
mod message;
mod retry;

pub use client::{BODY_BYTES_MAX, Client, HasTakenEffect, Reach};
pub use error::{CallError, Problem};
pub use message::{Answer, Body, Request, without_query};
pub use retry::{Retry, bounded_retry_at, retry_after};
