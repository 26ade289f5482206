//! What the campaigns of one account share: the client with its bounds, and the token.
//!
//! A pause that a campaign's own call is given concerns that campaign alone and is kept in its
//! state; one that the token request is given concerns all of them and is kept here.

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use ureq::http::Method;
use ureq::tls::Certificate;

use super::address::Site;
use super::tokens::{Credentials, TokenCache, Tokens};
use crate::base::clock::Deadline;
use crate::base::notice::Notices;
use crate::http::{Answer, CallError, Client, HasTakenEffect, Request, Retry};

/// What it takes to reach a platform.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// Where the platform is.
    pub site: Site,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// Authorities trusted besides those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// How calls are tried again.
    pub retry: Retry,
    /// Where the token is kept between runs; `None`: nowhere.
    pub token_cache: Option<TokenCache>,
}

/// An account at one site. Several campaigns may use it side by side.
pub struct Account<'a> {
    site: Site,
    client: Client<'a>,
    tokens: Tokens<'a>,
}

impl<'a> Account<'a> {
    /// The account that `settings` lead to. Nothing is sent yet.
    #[must_use]
    pub fn new(settings: AccountSettings, notices: &'a dyn Notices) -> Self {
        let AccountSettings { site, retry, .. } = settings;
        let client = Client::new(site.reach(), &settings.authorities, retry, notices);
        let credentials = Credentials {
            client_id: settings.client_id,
            client_secret: settings.client_secret,
        };
        for form in credentials.forms_of_the_secret() {
            client.conceal(form);
        }
        let origin = site.origin().to_owned();
        let tokens = Tokens::new(origin, credentials, settings.token_cache, notices);
        Self {
            site,
            client,
            tokens,
        }
    }

    /// Ends every exchange at once, and lets no other begin.
    pub fn abort(&self) {
        self.client.abort();
    }

    /// Asks for a token unless there is one, so that calls side by side do not each ask for it.
    pub(super) fn log_in(&self, deadline: &Deadline) -> Result<(), CallError> {
        self.tokens.current(&self.client, deadline).map(drop)
    }

    /// A request without body to a path of this site.
    pub(super) fn request(&self, call: &'static str, method: Method, path: &str) -> Request {
        Request {
            call,
            method,
            url: format!("{}{path}", self.site.origin()),
            headers: Vec::new(),
            authorised: true,
            reads_answer: true,
            body: None,
        }
    }

    /// Sends `request` with a token, which is renewed if it is refused.
    pub(super) fn call(&self, request: &Request, deadline: &Deadline) -> Result<Answer, CallError> {
        self.call_with_readback(request, deadline, &|| Ok(false))
    }

    /// As [`call`](Self::call), for a request that must not be sent again blindly: after silence
    /// `has_taken_effect` is asked first.
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
        let token = self.tokens.current(&self.client, deadline)?;
        match send(&token) {
            Err(refused) if refused.status() == Some(401) && refused.call == request.call => {
                // What an earlier try may have done is not undone by this refusal.
                let uncertain = refused.uncertain;
                match self.tokens.renew(&token, &self.client, deadline) {
                    Ok(Some(token)) => send(&token),
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
