//! The access token: requested once, used until a minute before it expires, kept between runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use ureq::http::Method;

use super::fields::optional_number;
use super::token_cache::{CachedToken, TokenCache};
use crate::base::clock::Deadline;
use crate::base::notice::{Notice, Notices};
use crate::base::secrets;
use crate::base::units::UnixMillis;
use crate::http::{Body, CallError, Client, Problem, Request, bounded_retry_at};

/// OAuth client credentials.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

impl Credentials {
    /// The secret as it is and as forms encode it: a server may echo any of these.
    pub(super) fn forms_of_the_secret(&self) -> Vec<SecretString> {
        let plain = self.client_secret.expose_secret();
        let encoded = encode(plain);
        let with_plus = encoded.replace("%20", "+");
        [plain.to_owned(), encoded, with_plus]
            .map(SecretString::from)
            .into()
    }
}

/// The token of one client at one site, and its cache.
pub(super) struct Tokens<'a> {
    origin: String,
    credentials: Credentials,
    cache: Option<TokenCache>,
    notices: &'a dyn Notices,
    held: Mutex<Held>,
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "optional_number")]
    expires_in: Option<f64>,
}

#[derive(Default)]
struct Held {
    token: Option<SecretString>,
    expires_at: Option<UnixMillis>,
    /// Time of the last renewal of a refused token.
    renewed_at: Option<UnixMillis>,
    /// True once the cache file was read or a token was requested.
    is_opened: bool,
    /// Earliest time of the next token request, after an answer that asked for a pause.
    paused_until: Option<UnixMillis>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(
        origin: String,
        credentials: Credentials,
        cache: Option<TokenCache>,
        notices: &'a dyn Notices,
    ) -> Self {
        Self {
            origin,
            credentials,
            cache,
            notices,
            held: Mutex::default(),
        }
    }

    /// The token to use now: the one in memory, the one in the cache, or a new one.
    pub(super) fn current(
        &self,
        client: &Client,
        deadline: &Deadline,
    ) -> Result<SecretString, CallError> {
        let mut held = self.held();
        let now = deadline.clock().now();
        let is_first = !std::mem::replace(&mut held.is_opened, true);
        if let Some(cached) = is_first.then(|| self.cached()).flatten() {
            let token = SecretString::from(cached.access_token);
            secrets::conceal(token.expose_secret());
            held.token = Some(token);
            held.expires_at = Some(cached.expires_at);
        }
        match held.token_at(now) {
            Some(token) => Ok(token),
            None => self.request(&mut held, client, deadline),
        }
    }

    /// The token to use instead of `refused`, which is renewed once for all who share it. `None` for
    /// one that a renewal has just given, since another would be refused as well.
    pub(super) fn renew(
        &self,
        refused: &SecretString,
        client: &Client,
        deadline: &Deadline,
    ) -> Result<Option<SecretString>, CallError> {
        let mut held = self.held();
        if let Some(token) = &held.token
            && token.expose_secret() != refused.expose_secret()
        {
            return Ok(Some(token.clone()));
        }
        let now = deadline.clock().now();
        if held
            .renewed_at
            .is_some_and(|at| at.distance(now) < NEW_TOKEN)
        {
            return Ok(None);
        }
        held.renewed_at = Some(now);
        self.notices.tell(&Notice::TokenRenewed);
        self.request(&mut held, client, deadline).map(Some)
    }

    fn request(
        &self,
        held: &mut Held,
        client: &Client,
        deadline: &Deadline,
    ) -> Result<SecretString, CallError> {
        held.token = None;
        held.wait_out_pause(deadline)?;
        let (token, expires_at) = self
            .ask(client, deadline)
            .inspect_err(|error| held.paused_until = error.retry_at)?;
        held.token = Some(token.clone());
        held.expires_at = expires_at;
        match expires_at {
            Some(expires_at) => self.keep(&token, expires_at),
            None => self.forget(),
        }
        Ok(token)
    }

    fn ask(
        &self,
        client: &Client,
        deadline: &Deadline,
    ) -> Result<(SecretString, Option<UnixMillis>), CallError> {
        let asked_at = deadline.clock().now();
        let answer = client
            .call(&self.token_request(), None, deadline)
            .map_err(explain)?;
        let answer: TokenAnswer = client.read_secret(TOKEN_CALL, &answer)?;
        if !is_sendable(&answer.access_token) {
            return Err(CallError::unusable(
                TOKEN_CALL,
                "access_token is empty or has characters that cannot be sent",
            ));
        }
        let token = SecretString::from(answer.access_token);
        secrets::conceal(token.expose_secret());
        if let Some(kind) = answer
            .token_type
            .filter(|kind| !kind.eq_ignore_ascii_case("bearer"))
        {
            return Err(CallError::unusable(
                TOKEN_CALL,
                format!("token_type is {kind:?}, expected \"Bearer\""),
            ));
        }
        // A token without a lifetime, or with a short one, is used in this run only.
        let lifetime = answer.expires_in;
        let expires_at = lifetime
            .and_then(|secs| Duration::try_from_secs_f64(secs).ok())
            .filter(|lifetime| *lifetime > EXPIRY_MARGIN)
            .map(|lifetime| asked_at.plus(lifetime));
        Ok((token, expires_at))
    }

    fn token_request(&self) -> Request {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            encode(&self.credentials.client_id),
            encode(self.credentials.client_secret.expose_secret())
        );
        Request {
            call: TOKEN_CALL,
            method: Method::POST,
            url: format!("{}/oauth/token", self.origin),
            headers: vec![(
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            )],
            authorised: false,
            reads_answer: true,
            body: Some(Body::Secret(SecretString::from(body))),
        }
    }

    fn cached(&self) -> Option<CachedToken> {
        let cached = self.cache.as_ref()?.read().unwrap_or_else(|problem| {
            self.notices.tell(&Notice::TokenCache { problem });
            None
        });
        cached.filter(|cached| {
            cached.site == self.origin
                && cached.client_id == self.credentials.client_id
                && is_sendable(&cached.access_token)
        })
    }

    fn keep(&self, token: &SecretString, expires_at: UnixMillis) {
        let Some(cache) = &self.cache else {
            return;
        };
        let written = cache.write(&CachedToken {
            site: self.origin.clone(),
            client_id: self.credentials.client_id.clone(),
            access_token: token.expose_secret().to_owned(),
            expires_at,
        });
        if let Err(problem) = written {
            self.notices.tell(&Notice::TokenCache { problem });
        }
    }

    /// Removes the cached token, which was refused or has expired.
    fn forget(&self) {
        if let Some(cache) = &self.cache {
            cache.remove();
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Waits until a token may be requested again, if the deadline allows. A pause after a token
    /// request holds for all campaigns of the account.
    fn wait_out_pause(&mut self, deadline: &Deadline) -> Result<(), CallError> {
        let now = deadline.clock().now();
        let Some(until) = self.paused_until.map(|at| bounded_retry_at(at, now)) else {
            return Ok(());
        };
        if until > now {
            let wait = until.distance(now);
            if wait >= deadline.remaining() {
                return Err(CallError::paused(until, deadline.limit()));
            }
            deadline.clock().sleep(wait);
        }
        self.paused_until = None;
        Ok(())
    }

    fn token_at(&self, now: UnixMillis) -> Option<SecretString> {
        let fresh = |expires_at: UnixMillis| expires_at > now.plus(EXPIRY_MARGIN);
        // A token without an expiry is used until it is refused.
        self.token
            .clone()
            .filter(|_| self.expires_at.is_none_or(fresh))
    }
}

/// Percent-encodes a form field.
fn encode(text: &str) -> String {
    utf8_percent_encode(text, FORM_RESERVED).to_string()
}

/// True where the token can be sent in a header field.
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
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
/// Age below which a token from a renewal is not renewed: it cannot have expired. Shorter than the
/// shortest interval, 15 s, so that the next cycle may request one again.
const NEW_TOKEN: Duration = Duration::from_secs(10);
/// Time before expiry from which a token is not used, so that it cannot expire during a call.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);
/// All but the unreserved characters of RFC 3986.
const FORM_RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
