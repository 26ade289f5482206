//! The logins and the discovery of addresses, which need no token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::asked::SkillsCall;
use super::checks::{fields, invalid, is_readable, json_body, no_body, refuse, verb};
use crate::platform::sandbox::server::{Reply, ServerRequest};

/// The login or the discovery that `request` asks.
pub(super) fn read(request: &ServerRequest) -> Result<SkillsCall, Reply> {
    let method = request.method.as_str();
    let known: fn(&ServerRequest) -> Result<SkillsCall, Reply> = match request.path() {
        ACCESS_KEY_PATH => verb(method, "POST").map(|()| access_key as _)?,
        PASSWORD_PATH => verb(method, "POST").map(|()| password as _)?,
        OPENID_PATH => verb(method, "GET").map(|()| openid as _)?,
        DISCOVERY_PATH => verb(method, "GET").map(|()| discovery as _)?,
        path => return Err(refuse(404, &format!("No such path: {path}"))),
    };
    is_readable(request)?;
    if request.header("authorization").is_some() && request.path() != PASSWORD_PATH {
        return Err(refuse(400, "Authorization where none belongs"));
    }
    known(request)
}

fn access_key(request: &ServerRequest) -> Result<SkillsCall, Reply> {
    let body = json_body(request)?;
    match serde_json::from_slice(body) {
        Ok(Value::Object(body)) if body.len() == 2 => {
            let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
            let (id, secret) = text("accessKeyId")
                .zip(text("accessKeySecret"))
                .ok_or_else(invalid)?;
            Ok(SkillsCall::AccessKey { id, secret })
        }
        _ => Err(invalid()),
    }
}

fn password(request: &ServerRequest) -> Result<SkillsCall, Reply> {
    if request.header("content-type") != Some("application/x-www-form-urlencoded") {
        return Err(refuse(415, "application/x-www-form-urlencoded is expected"));
    }
    let basic = request
        .header("authorization")
        .and_then(|h| h.strip_prefix("Basic "));
    let basic = basic.and_then(|basic| STANDARD.decode(basic).ok());
    let client = basic.and_then(|basic| String::from_utf8(basic).ok());
    let client = client.ok_or_else(|| {
        Reply::json(
            401,
            &json!({
                "error": "invalid_client", "errorDescription": "client authentication failed",
            }),
        )
    })?;
    let form = std::str::from_utf8(&request.body).map_err(|_| invalid())?;
    let form = fields(form)?;
    let [
        ("grant_type", grant),
        ("username", id),
        ("password", secret),
    ] = form.as_slice()
    else {
        return Err(invalid());
    };
    if grant != "password" {
        return Err(invalid());
    }
    let (id, secret) = (id.to_string(), secret.to_string());
    Ok(SkillsCall::Password { id, secret, client })
}

fn openid(request: &ServerRequest) -> Result<SkillsCall, Reply> {
    no_body(request)?;
    match request.query() {
        "" => Ok(SkillsCall::OpenId),
        _ => Err(invalid()),
    }
}

fn discovery(request: &ServerRequest) -> Result<SkillsCall, Reply> {
    no_body(request)?;
    match fields(request.query())?.as_slice() {
        [("tenantId", tenant)] => Ok(SkillsCall::Discovery {
            tenant: tenant.to_string(),
        }),
        _ => Err(invalid()),
    }
}

const ACCESS_KEY_PATH: &str = "/authentication/v1/token/access-key";
const PASSWORD_PATH: &str = "/auth/token";
const OPENID_PATH: &str = "/.well-known/openid-configuration";
const DISCOVERY_PATH: &str = "/.well-known/cxone-configuration";
