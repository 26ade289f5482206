//! Refusals in the form of the campaign API and the warehouse.

use serde::Deserialize;
use serde_json::json;

use super::server::{Reply, ServerRequest};

/// A refusal with its reason.
pub(super) fn refuse(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message }))
}

pub(super) fn only(expected: &str, method: &str) -> Result<(), Reply> {
    if method == expected {
        return Ok(());
    }
    Err(refuse(405, &format!("expected {expected}")))
}

pub(super) fn body<'a, T: Deserialize<'a>>(request: &'a ServerRequest) -> Result<T, Reply> {
    if request.header("content-type") != Some("application/json") {
        return Err(refuse(415, "expected application/json"));
    }
    serde_json::from_slice(&request.body).map_err(|error| refuse(400, &error.to_string()))
}
