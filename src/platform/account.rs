//! The account, which its campaigns share: the client with its bounds, and the token.
//!
//! A pause after a campaign's own call holds for that campaign and is kept in its state; a pause
//! after the token request holds for all of them and is kept here.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use ureq::http::Method;
use ureq::tls::Certificate;

use super::address::Site;
use super::client_credentials::Credentials;
use super::token_cache::TokenCache;
use super::tokens::{Issued, Login, Owner, Tokens};
use crate::base::clock::Deadline;
use crate::base::notice::Notices;
use crate::base::secrets;
use crate::http::{
    Answer, CallError, Client, ClockOff, Connections, HasTakenEffect, Host, Proxy, Request, Retry,
};

/// Settings of an account.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// The platform's address.
    pub site: Site,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// The proxy to the site, if any.
    pub proxy: Option<Proxy>,
    /// Certificate authorities trusted in addition to those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// Number and waits of the retries.
    pub retry: Retry,
    /// The file that keeps the token between runs, if any.
    pub token_cache: Option<TokenCache>,
}

/// An account at one site, as one campaign uses it. Others may use it side by side.
pub struct Account<'a> {
    shared: Arc<Shared>,
    client: Client<'a>,
}

/// What the campaigns of an account share.
struct Shared {
    site: Site,
    credentials: Credentials,
    tokens: Tokens,
}

impl<'a> Account<'a> {
    /// An account with `settings`. Sends nothing.
    #[must_use]
    pub fn new(settings: AccountSettings, notices: &'a dyn Notices) -> Self {
        let AccountSettings { site, retry, .. } = settings;
        let host = Host::new(site.scope(), settings.proxy, &settings.authorities, retry);
        let credentials = Credentials {
            client_id: settings.client_id,
            client_secret: settings.client_secret,
        };
        for form in credentials.forms_of_the_secret() {
            secrets::conceal(form.expose_secret());
        }
        let owner = Owner {
            site: site.origin().to_owned(),
            client_id: credentials.client_id.clone(),
        };
        let tokens = Tokens::new(owner, EXPIRY_MARGIN, settings.token_cache);
        Self {
            shared: Arc::new(Shared {
                site,
                credentials,
                tokens,
            }),
            client: Client::new(Arc::new(host), notices),
        }
    }

    /// The same account for another campaign, whose notices it tells.
    #[must_use]
    pub fn shared_with<'b>(&self, notices: &'b dyn Notices) -> Account<'b> {
        Account {
            shared: Arc::clone(&self.shared),
            client: Client::new(Arc::clone(self.client.host()), notices),
        }
    }

    /// How far the platform's clock is off, where it has told its time.
    #[must_use]
    pub fn clock_off(&self) -> Option<ClockOff> {
        self.client.host().clock_off()
    }

    /// Its connections, which all its campaigns share.
    #[must_use]
    pub fn connections(&self) -> Arc<dyn Connections> {
        Arc::clone(self.client.host()) as Arc<dyn Connections>
    }

    fn request_token(&self, deadline: &Deadline) -> Result<Issued, CallError> {
        let Shared {
            site, credentials, ..
        } = self.shared.as_ref();
        credentials.log_in(site.origin(), &self.client, deadline)
    }

    fn with_login<R>(&self, deadline: &Deadline, run: impl FnOnce(&Tokens, &Login) -> R) -> R {
        let login = Login {
            request: &|| self.request_token(deadline),
            deadline,
            notices: self.client.notices(),
        };
        run(&self.shared.tokens, &login)
    }

    /// Requests a token unless there is one, so that concurrent calls do not each request it.
    pub fn log_in(&self, deadline: &Deadline) -> Result<(), CallError> {
        self.with_login(deadline, Tokens::current).map(drop)
    }

    /// A request without a body to a path of this site.
    pub(super) fn request(&self, call: &'static str, method: Method, path: &str) -> Request {
        Request {
            call,
            method,
            url: format!("{}{path}", self.shared.site.origin()),
            headers: Vec::new(),
            authorised: true,
            reads_answer: true,
            body: None,
        }
    }

    /// Sends `request` with a token, which is renewed once if it is refused.
    pub(super) fn call(&self, request: &Request, deadline: &Deadline) -> Result<Answer, CallError> {
        self.call_with_readback(request, deadline, &|| Ok(false))
    }

    /// Sends a request that must not take effect twice: as [`call`](Self::call), but after a try
    /// without an answer `has_taken_effect` is called first.
    pub(super) fn call_with_readback(
        &self,
        request: &Request,
        deadline: &Deadline,
        has_taken_effect: HasTakenEffect,
    ) -> Result<Answer, CallError> {
        let send = |token: &SecretString| {
            self.client
                .call_with_readback(request, Some(token), deadline, has_taken_effect)
        };
        let token = self.with_login(deadline, Tokens::current)?.token;
        match send(&token) {
            Err(refused) if refused.status() == Some(401) && refused.call == request.call => {
                // An earlier try may have taken effect in spite of this refusal.
                let uncertain = refused.uncertain;
                let renewed =
                    self.with_login(deadline, |tokens, login| tokens.renew(&token, login));
                match renewed {
                    Ok(Some(access)) => send(&access.token),
                    Ok(None) => Err(refused),
                    Err(error) => Err(error),
                }
                .map_err(|error| {
                    if uncertain {
                        error.with_unknown_effect()
                    } else {
                        error
                    }
                })
            }
            other => other,
        }
    }

    /// Reads the JSON body of an answer; the error names the field.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        call: &'static str,
        answer: &Answer,
    ) -> Result<T, CallError> {
        self.client.read(call, answer)
    }
}

/// Time before expiry from which a token is not used.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);
