//! What every request is checked for, and how it is refused.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::platform::sandbox::server::{Reply, ServerRequest};

/// The names and decoded values of a query or a form, in order.
pub(super) fn fields(text: &str) -> Result<Vec<(&str, Cow<'_, str>)>, Reply> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decoded = pairs.map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_encoded = !value.contains(['=', '+', ' ']);
        let value = percent_decode_str(value).decode_utf8().ok()?;
        is_encoded.then_some((name, value))
    });
    decoded.collect::<Option<_>>().ok_or_else(invalid)
}

/// A request that says which content it accepts; without that, nothing is known to be sent.
pub(super) fn is_readable(request: &ServerRequest) -> Result<(), Reply> {
    match request.header("accept") {
        Some("application/json" | "*/*") => Ok(()),
        Some(_) => Err(refuse(406, "application/json is sent")),
        None => Err(Reply {
            status: 200,
            headers: vec![("Content-Type", "text/html".to_owned())],
            body: "No known way to render data".to_owned(),
        }),
    }
}

pub(super) fn json_body(request: &ServerRequest) -> Result<&[u8], Reply> {
    match request.header("content-type") {
        Some("application/json") => Ok(&request.body),
        _ => Err(refuse(415, "application/json is expected")),
    }
}

pub(super) fn no_body(request: &ServerRequest) -> Result<(), Reply> {
    if request.body.is_empty() && request.header("content-type").is_none() {
        Ok(())
    } else {
        Err(refuse(400, "A body where none belongs"))
    }
}

pub(super) fn verb(found: &str, expected: &'static str) -> Result<(), Reply> {
    if found == expected {
        return Ok(());
    }
    Err(Reply {
        headers: vec![("Allow", expected.to_owned())],
        ..refuse(405, "Method Not Allowed")
    })
}

pub(super) fn invalid() -> Reply {
    refuse(400, "Invalid parameter")
}

/// A refusal with its reason in a header, and an empty body.
#[must_use]
pub fn refuse(status: u16, reason: &str) -> Reply {
    Reply {
        status,
        headers: vec![("icStatusDescription", reason.to_owned())],
        body: String::new(),
    }
}
