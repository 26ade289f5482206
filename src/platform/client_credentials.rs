//! The login with OAuth client credentials.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use ureq::http::Method;

use super::fields::optional_number;
use super::place::Place;
use super::tokens::{Issued, checked_token};
use crate::base::clock::Deadline;
use crate::http::{Body, CallError, Client, Problem, Request};

/// OAuth client credentials.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "optional_number")]
    expires_in: Option<f64>,
}

impl Credentials {
    /// The secret as it is and as forms encode it: a server may echo any of these.
    pub(super) fn forms_of_the_secret(&self) -> Vec<SecretString> {
        forms_of(self.client_secret.expose_secret())
    }

    /// Asks for a token at `origin`.
    pub(super) fn log_in(
        &self,
        origin: &str,
        client: &Client,
        deadline: &Deadline,
    ) -> Result<Issued, CallError> {
        let answer = client
            .call(&self.request(origin), None, deadline)
            .map_err(explain)?;
        let answer: TokenAnswer = client.read_secret(TOKEN_CALL, &answer)?;
        let kind = answer.token_type.as_deref();
        Ok(Issued {
            token: checked_token(TOKEN_CALL, answer.access_token, kind)?,
            lifetime_secs: answer.expires_in,
            place: Place::default(),
        })
    }

    fn request(&self, origin: &str) -> Request {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            encode(&self.client_id),
            encode(self.client_secret.expose_secret())
        );
        Request {
            call: TOKEN_CALL,
            method: Method::POST,
            url: format!("{origin}/oauth/token"),
            headers: vec![(
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            )],
            authorised: false,
            reads_answer: true,
            body: Some(Body::Secret(SecretString::from(body))),
        }
    }
}

/// A secret as it is and as forms encode it.
pub(super) fn forms_of(secret: &str) -> Vec<SecretString> {
    let encoded = encode(secret);
    let with_plus = encoded.replace("%20", "+");
    [secret.to_owned(), encoded, with_plus]
        .map(SecretString::from)
        .into()
}

/// Percent-encodes a form field.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, FORM_RESERVED).to_string()
}

/// Adds the remedy. A token request refused with 400, 401 or 403 is a matter of credentials.
fn explain(error: CallError) -> CallError {
    match error.problem {
        Problem::Status {
            status: 400 | 401 | 403,
            ..
        } => CallError {
            denied: true,
            ..error
        }
        .advise("check the client id (CXONE_CLIENT_ID) and the client secret, and that the client is enabled for client credentials"),
        Problem::Status { status: 404, .. } => error.advise("check the site (CXONE_SITE)"),
        _ => error,
    }
}

const TOKEN_CALL: &str = "token request";
/// All but the unreserved characters of RFC 3986.
const FORM_RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
