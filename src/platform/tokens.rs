//! The access token: requested once, used until shortly before it expires, kept between runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::place::Place;
use super::token_cache::{CachedToken, TokenCache};
use crate::base::clock::{Clock as _, Deadline, SystemClock};
use crate::base::notice::{Notice, Notices};
use crate::base::secrets;
use crate::base::units::UnixMillis;
use crate::http::{CallError, bounded_retry_at};

/// An account at one site, by which its token is kept.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) site: String,
    pub(super) client_id: String,
}

/// A token as a login gave it.
pub(super) struct Issued {
    pub(super) token: SecretString,
    pub(super) lifetime_secs: Option<f64>,
    pub(super) place: Place,
}

/// A token to use now.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) token: SecretString,
    pub(super) place: Place,
}

/// How a campaign logs in.
pub(super) struct Login<'l> {
    /// Asks for a token.
    pub(super) request: &'l dyn Fn() -> Result<Issued, CallError>,
    pub(super) deadline: &'l Deadline<'l>,
    pub(super) notices: &'l dyn Notices,
}

/// The token of one client at one site, and its cache.
pub(super) struct Tokens {
    owner: Owner,
    /// Time before expiry from which a token is not used, so that it cannot expire during a call.
    margin: Duration,
    cache: Option<TokenCache>,
    /// Of its own, since each campaign may count time from another moment.
    clock: SystemClock,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    access: Option<Access>,
    expires_at: Option<UnixMillis>,
    /// Time of the last renewal of a refused token.
    renewed_at: Option<UnixMillis>,
    /// True once the cache file was read or a token was requested.
    is_opened: bool,
    /// Earliest time of the next token request, after an answer that asked for a pause.
    paused_until: Option<UnixMillis>,
    /// The last login that failed, and when: who waited for it meanwhile shares the failure.
    failed: Option<(Duration, CallError)>,
}

impl Tokens {
    pub(super) fn new(owner: Owner, margin: Duration, cache: Option<TokenCache>) -> Self {
        Self {
            owner,
            margin,
            cache,
            clock: SystemClock::start(),
            held: Mutex::default(),
        }
    }

    /// The token to use now: the one in memory, the one in the cache, or a new one.
    pub(super) fn current(&self, login: &Login) -> Result<Access, CallError> {
        let began = self.clock.monotonic();
        let mut held = self.held();
        let now = login.deadline.clock().now();
        let is_first = !std::mem::replace(&mut held.is_opened, true);
        if let Some(cached) = is_first.then(|| self.cached(login)).flatten() {
            let token = SecretString::from(cached.access_token);
            secrets::conceal(token.expose_secret());
            held.access = Some(Access {
                token,
                place: cached.place,
            });
            held.expires_at = Some(cached.expires_at);
        }
        match held.access_at(now.plus(self.margin)) {
            Some(access) => Ok(access),
            None => self.request(&mut held, login, began),
        }
    }

    /// The token to use instead of `refused`, which is renewed once for all who share it. `None` for
    /// one that a renewal has just given, since another would be refused as well.
    pub(super) fn renew(
        &self,
        refused: &SecretString,
        login: &Login,
    ) -> Result<Option<Access>, CallError> {
        let began = self.clock.monotonic();
        let mut held = self.held();
        if let Some(access) = &held.access
            && access.token.expose_secret() != refused.expose_secret()
        {
            return Ok(Some(access.clone()));
        }
        let now = login.deadline.clock().now();
        if held
            .renewed_at
            .is_some_and(|at| at.distance(now) < NEW_TOKEN)
        {
            return Ok(None);
        }
        held.renewed_at = Some(now);
        login.notices.tell(&Notice::TokenRenewed);
        self.request(&mut held, login, began).map(Some)
    }

    /// Where the owner is served, as far as it is known.
    pub(super) fn place(&self) -> Place {
        let held = self.held();
        let access = held.access.as_ref();
        access
            .map(|access| access.place.clone())
            .unwrap_or_default()
    }

    /// Keeps with a token where its owner is served.
    pub(super) fn learn(&self, token: &SecretString, place: &Place, notices: &dyn Notices) {
        let mut held = self.held();
        let expires_at = held.expires_at;
        let access = held.access.as_mut();
        let same = access.filter(|access| access.token.expose_secret() == token.expose_secret());
        if let Some(access) = same {
            access.place = place.clone();
            if let Some(expires_at) = expires_at {
                self.keep(access, expires_at, notices);
            }
        }
    }

    fn request(
        &self,
        held: &mut Held,
        login: &Login,
        began: Duration,
    ) -> Result<Access, CallError> {
        let Login { deadline, .. } = login;
        held.access = None;
        if let Some((at, error)) = &held.failed
            && *at > began
        {
            return Err(error.clone());
        }
        held.wait_out_pause(deadline)?;
        let asked_at = deadline.clock().now();
        let issued = (login.request)().inspect_err(|error| {
            held.paused_until = error.retry_at;
            held.failed = Some((self.clock.monotonic(), error.clone()));
        })?;
        // A token without a lifetime, or with a short one, is used in this run only.
        let lifetime = issued.lifetime_secs;
        let expires_at = lifetime
            .and_then(|secs| Duration::try_from_secs_f64(secs).ok())
            .filter(|lifetime| *lifetime > self.margin)
            .map(|lifetime| asked_at.plus(lifetime));
        let access = Access {
            token: issued.token,
            place: issued.place,
        };
        held.access = Some(access.clone());
        held.expires_at = expires_at;
        match expires_at {
            Some(expires_at) => self.keep(&access, expires_at, login.notices),
            None => self.forget(),
        }
        Ok(access)
    }

    fn cached(&self, login: &Login) -> Option<CachedToken> {
        let cached = self.cache.as_ref()?.read().unwrap_or_else(|problem| {
            login.notices.tell(&Notice::TokenCache { problem });
            None
        });
        cached.filter(|cached| {
            cached.site == self.owner.site
                && cached.client_id == self.owner.client_id
                && is_sendable(&cached.access_token)
        })
    }

    fn keep(&self, access: &Access, expires_at: UnixMillis, notices: &dyn Notices) {
        let Some(cache) = &self.cache else {
            return;
        };
        let written = cache.write(&CachedToken {
            site: self.owner.site.clone(),
            client_id: self.owner.client_id.clone(),
            access_token: access.token.expose_secret().to_owned(),
            expires_at,
            place: access.place.clone(),
        });
        if let Err(problem) = written {
            notices.tell(&Notice::TokenCache { problem });
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

    /// The token that is good until `until`. One without an expiry is used until it is refused.
    fn access_at(&self, until: UnixMillis) -> Option<Access> {
        let fresh = |expires_at: UnixMillis| expires_at > until;
        self.access
            .clone()
            .filter(|_| self.expires_at.is_none_or(fresh))
    }
}

/// A token that can be sent, of a type that can be used. It is concealed from then on.
pub(super) fn checked_token(
    call: &'static str,
    token: String,
    kind: Option<&str>,
) -> Result<SecretString, CallError> {
    if !is_sendable(&token) {
        return Err(CallError::unusable(
            call,
            "access_token is empty or has characters that cannot be sent",
        ));
    }
    let token = SecretString::from(token);
    secrets::conceal(token.expose_secret());
    match kind.filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        Some(kind) => Err(CallError::unusable(
            call,
            format!("token_type is {kind:?}, expected \"Bearer\""),
        )),
        None => Ok(token),
    }
}

/// True where the token can be sent in a header field.
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Age below which a token from a renewal is not renewed: it cannot have expired. Shorter than the
/// shortest interval, 15 s, so that the next cycle may request one again.
const NEW_TOKEN: Duration = Duration::from_secs(10);
