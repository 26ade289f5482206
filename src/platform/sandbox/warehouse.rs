//! The sandbox's warehouse.

use serde_json::{Value, json};

use super::replies::{only, refuse};
use super::server::{Reply, ServerRequest};
use crate::http::BodyFormat;

/// Accepts audit records: these fields, sorted, an idempotency key, and no token of the platform.
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
    let formats = [BodyFormat::Json, BodyFormat::Ndjson].map(BodyFormat::media_type);
    if !formats.map(Some).contains(&request.header("content-type")) {
        return Err(refuse(415, &format!("expected {}", formats.join(" or "))));
    }
    let records = serde_json::Deserializer::from_slice(&request.body).into_iter();
    for record in records {
        let record: serde_json::Map<String, Value> =
            record.map_err(|error| refuse(400, &error.to_string()))?;
        if !record.keys().eq(fields) {
            return Err(refuse(
                400,
                "expected the fields of a record, and no others",
            ));
        }
    }
    Ok(Reply::json(201, &json!({})))
}

/// Its path.
pub(super) const WAREHOUSE_PATH: &str = "/warehouse/records";
