//! The sandbox's warehouse.

use serde_json::{Value, json};

use super::replies::{body, only, refuse};
use super::server::{Reply, ServerRequest};

/// Accepts one audit record: these fields, sorted, an idempotency key, and no token of the platform.
pub(super) fn warehouse(request: &ServerRequest, fields: &[&str]) -> Result<Reply, Reply> {
    only("POST", &request.method)?;
    if request.header("authorization").is_some() {
        return Err(refuse(
            400,
            "a token of the platform was sent to the warehouse",
        ));
    }
    if request.header("idempotency-key").is_none_or(str::is_empty) {
        return Err(refuse(400, "Idempotency-Key is required"));
    }
    let record: serde_json::Map<String, Value> = body(request)?;
    if !record.keys().eq(fields) {
        return Err(refuse(
            400,
            "expected the fields of a record, and no others",
        ));
    }
    Ok(Reply::json(201, &json!({})))
}

/// Its path.
pub(super) const WAREHOUSE_PATH: &str = "/warehouse/records";
