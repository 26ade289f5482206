//! The two logins, and the hosts that they lead to.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use ureq::http::Method;

use super::calls::{DISCOVERY_CALL, LOGIN_CALL, OPENID_CALL};
use super::object::Object;
use super::settings::{Application, SkillCredentials};
use super::tenant::Tenant;
use crate::base::number_text::finite;
use crate::http::{Body, CallError, Problem, Request};
use crate::platform::client_credentials::{encode, forms_of};
use crate::platform::place::Place;
use crate::platform::tokens::{Issued, checked_token};

/// The answer to a login.
#[derive(Deserialize)]
pub(super) struct LoginAnswer {
    access_token: String,
    token_type: Option<String>,
    id_token: Option<String>,
    expires_in: Option<Value>,
}

impl LoginAnswer {
    /// The token, and the tenant that it names.
    pub(super) fn issued(self) -> Result<Issued, CallError> {
        let tenant = Tenant::of(self.id_token.as_deref(), &self.access_token);
        let kind = self.token_type.as_deref();
        Ok(Issued {
            token: checked_token(LOGIN_CALL, self.access_token, kind)?,
            lifetime_secs: Some(lifetime_secs(self.expires_in.as_ref())),
            place: Place {
                api_base: None,
                tenant: tenant.id,
                cluster: tenant.cluster,
            },
        })
    }
}

/// The lifetime of a token, s, in whatever form it is told. One that makes no sense is an hour, as
/// long as tenants give in fact.
fn lifetime_secs(told: Option<&Value>) -> f64 {
    let number = match told {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => finite(text.as_bytes()),
        _ => None,
    };
    number
        .filter(|secs| secs.is_finite() && *secs > 0.0)
        .unwrap_or(LIFETIME_SECS)
}

/// The secrets in each form in which they are sent.
pub(super) fn forms_of_the_secrets(credentials: &SkillCredentials) -> Vec<SecretString> {
    let mut forms = forms_of(credentials.key_secret.expose_secret());
    if let Some(application) = &credentials.application {
        forms.extend(forms_of(application.client_secret.expose_secret()));
        forms.push(basic(application).into());
    }
    forms
}

/// The login with the access key alone, at `origin`.
pub(super) fn by_access_key(origin: &str, credentials: &SkillCredentials) -> Request {
    let body = serde_json::json!({
        "accessKeyId": credentials.key_id,
        "accessKeySecret": credentials.key_secret.expose_secret(),
    });
    Request {
        url: format!("{origin}/authentication/v1/token/access-key"),
        headers: vec![("Content-Type", "application/json".to_owned())],
        body: Some(Body::Secret(body.to_string().into())),
        ..plain(LOGIN_CALL, Method::POST)
    }
}

/// The login of an application with the access key as user and password.
pub(super) fn by_password(
    token_endpoint: String,
    credentials: &SkillCredentials,
    application: &Application,
) -> Request {
    let body = format!(
        "grant_type=password&username={}&password={}",
        encode(&credentials.key_id),
        encode(credentials.key_secret.expose_secret())
    );
    Request {
        url: token_endpoint,
        headers: vec![
            ("Authorization", format!("Basic {}", basic(application))),
            (
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
        ],
        body: Some(Body::Secret(body.into())),
        ..plain(LOGIN_CALL, Method::POST)
    }
}

/// The request for the address of the password grant.
pub(super) fn openid(origin: &str) -> Request {
    Request {
        url: format!("{origin}/.well-known/openid-configuration"),
        ..plain(OPENID_CALL, Method::GET)
    }
}

/// The request for the hosts of a tenant.
pub(super) fn discovery(origin: &str, tenant: &str) -> Request {
    let tenant = utf8_percent_encode(tenant, NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-");
    Request {
        url: format!("{origin}/.well-known/cxone-configuration?tenantId={tenant}"),
        ..plain(DISCOVERY_CALL, Method::GET)
    }
}

/// A field of an answer that holds an address.
pub(super) fn address_in(answer: &Value, name: &str) -> Result<Option<String>, String> {
    let address = Object::new("", answer)?.text(&[name]);
    Ok(address.filter(|address| !address.trim().is_empty()))
}

/// Adds the remedy to a refused login.
pub(super) fn explain(error: CallError, credentials: &SkillCredentials) -> CallError {
    let application = match credentials.application {
        Some(_) => ", and the application's client id (CXONE_CLIENT_ID) and secret",
        None => "",
    };
    match error.problem {
        Problem::Status {
            status: 400 | 401 | 403,
            ..
        } => CallError {
            denied: true,
            ..error
        }
        .advise(format!(
            "check the access key's id (CXONE_ACCESS_KEY_ID) and its secret{application}"
        )),
        Problem::Status { status: 404, .. } => {
            error.advise("check the area (CXONE_AREA) and the host to log in at (CXONE_AUTH_BASE)")
        }
        _ => error,
    }
}

fn basic(application: &Application) -> String {
    let id = &application.client_id;
    let secret = application.client_secret.expose_secret();
    BASE64_STANDARD.encode(format!("{id}:{secret}"))
}

fn plain(call: &'static str, method: Method) -> Request {
    Request {
        call,
        method,
        url: String::new(),
        headers: Vec::new(),
        authorised: false,
        reads_answer: true,
        body: None,
    }
}

/// An hour.
const LIFETIME_SECS: f64 = 3_600.0;
