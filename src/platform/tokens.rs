//! The access token: asked for once, used until a minute before it expires, kept across runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use ureq::http::Method;

use crate::base::clock::Deadline;
use crate::base::files;
use crate::base::notice::{Notice, Notices};
use crate::base::units::UnixMillis;
use crate::http::{Body, CallError, Client, Problem, Request, bounded_retry_at};

/// OAuth client credentials.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

impl Credentials {
    /// The secret as it stands and as forms encode it: a server may echo any of them.
    pub(super) fn forms_of_the_secret(&self) -> Vec<SecretString> {
        let plain = self.client_secret.expose_secret();
        let encoded = encode(plain);
        let with_plus = encoded.replace("%20", "+");
        [plain.to_owned(), encoded, with_plus]
            .map(SecretString::from)
            .into()
    }
}

/// The token of one client at one site, and where it is kept between runs.
pub(super) struct Tokens<'a> {
    origin: String,
    credentials: Credentials,
    cache: Option<TokenCache>,
    notices: &'a dyn Notices,
    held: Mutex<Held>,
}

/// The file that keeps the token between runs.
#[derive(Clone, Debug)]
pub struct TokenCache {
    /// Its path.
    pub path: PathBuf,
    /// Whether a new token may be written to it.
    pub writable: bool,
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<i64>,
}

#[derive(Default)]
struct Held {
    token: Option<SecretString>,
    expires_at: Option<UnixMillis>,
    /// When a refused token was last renewed.
    renewed_at: Option<UnixMillis>,
    /// True once the cache file was read, or a token was asked for.
    is_opened: bool,
    /// The earliest moment for the next token request, after one that was refused with a pause.
    paused_until: Option<UnixMillis>,
}

/// What the cache file holds. The token is the platform's, for this client, at this site.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CachedToken {
    site: String,
    client_id: String,
    access_token: String,
    expires_at: UnixMillis,
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

    /// The token to use now: the one held, the one kept by an earlier run, or a new one.
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
            client.conceal(token.clone());
            held.token = Some(token);
            held.expires_at = Some(cached.expires_at);
        }
        match held.token_at(now) {
            Some(token) => Ok(token),
            None => self.request(&mut held, client, deadline),
        }
    }

    /// The token to use instead of `refused`. Each refused token is renewed once, whoever of those
    /// who share it is refused first; `None` for one that a
    /// renewal has just given, since another would be refused as well.
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
        client.conceal(token.clone());
        if let Some(kind) = answer
            .token_type
            .filter(|kind| !kind.eq_ignore_ascii_case("bearer"))
        {
            return Err(CallError::unusable(
                TOKEN_CALL,
                format!("token_type is {kind:?}, expected \"Bearer\""),
            ));
        }
        // Without a lifetime worth keeping, the token serves this run alone.
        let lifetime = answer.expires_in.and_then(|secs| u64::try_from(secs).ok());
        let expires_at = lifetime
            .map(Duration::from_secs)
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
        let path = &self.cache.as_ref()?.path;
        match read_cache(path) {
            Ok(cached) => cached.filter(|cached| {
                cached.site == self.origin
                    && cached.client_id == self.credentials.client_id
                    && is_sendable(&cached.access_token)
            }),
            Err(problem) => {
                self.notices.tell(&Notice::TokenCache {
                    problem: format!("token cache {} is not usable: {problem}", path.display()),
                });
                None
            }
        }
    }

    fn keep(&self, token: &SecretString, expires_at: UnixMillis) {
        let Some(cache) = self.cache.as_ref().filter(|cache| cache.writable) else {
            return;
        };
        let cached = CachedToken {
            site: self.origin.clone(),
            client_id: self.credentials.client_id.clone(),
            access_token: token.expose_secret().to_owned(),
            expires_at,
        };
        let written = serde_json::to_vec(&cached)
            .map_err(io::Error::from)
            .and_then(|json| files::replace_durably(&cache.path, &json));
        if let Err(error) = written {
            self.notices.tell(&Notice::TokenCache {
                problem: format!(
                    "token cache {} cannot be written: {error}",
                    cache.path.display()
                ),
            });
        }
    }

    /// Removes what an earlier run kept, which the platform has refused since or outlived.
    fn forget(&self) {
        if let Some(cache) = self.cache.as_ref().filter(|cache| cache.writable) {
            let _ = fs::remove_file(&cache.path);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Waits until a token may be asked for again, if the deadline allows. A pause that the token
    /// request was given is one for all who share the account.
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
        // A token that is not kept is held until it is refused.
        self.token
            .clone()
            .filter(|_| self.expires_at.is_none_or(fresh))
    }
}

/// Percent-encoded, as a form field.
fn encode(text: &str) -> String {
    utf8_percent_encode(text, FORM_RESERVED).to_string()
}

/// Whether a token can stand in a header field.
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

fn read_cache(path: &Path) -> Result<Option<CachedToken>, String> {
    match fs::read(path) {
        // The content is a secret, so an error says where it is wrong and not what stands there.
        Ok(json) => serde_json::from_slice(&json)
            .map(Some)
            .map_err(|error| format!("damaged at line {} column {}", error.line(), error.column())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// A refused token request is a matter of credentials, with whatever 4xx status it comes.
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
/// A token that a renewal gave is not renewed within this time: what refuses it is no lapse of time.
/// Shorter than the shortest interval, 15 s, so that the next cycle may ask again.
const NEW_TOKEN: Duration = Duration::from_secs(10);
/// A token is not used in its last minute, so that it cannot expire on the way.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);
/// All but the unreserved characters of RFC 3986.
const FORM_RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
