//! The account of an access key: its login, its token, and the hosts of its tenant.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::Value;
use ureq::tls::Certificate;

use super::calls::{DISCOVERY_CALL, OPENID_CALL};
use super::hosts;
use super::login::{self, LoginAnswer};
use super::settings::SkillAccess;
use crate::base::clock::Deadline;
use crate::base::notice::Notices;
use crate::base::secrets;
use crate::http::{
    Address, Answer, CallError, Client, Problem, Proxy, Request, Retry, shown_address,
};
use crate::platform::place::Place;
use crate::platform::tokens::{Access, Issued, Owner, Tokens};
use crate::platform::{Connections, Site, TokenCache};

/// Names the proxy to a host, if there is one.
pub type ProxyFor<'a> = Box<dyn Fn(&Site) -> Result<Option<Proxy>, String> + Send + Sync + 'a>;

/// Settings of an account.
pub struct SkillAccountSettings<'a> {
    /// The access key, and where to log in.
    pub access: SkillAccess,
    /// The proxy to each host.
    pub proxy_for: ProxyFor<'a>,
    /// Certificate authorities trusted in addition to those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// Number and waits of the retries.
    pub retry: Retry,
    /// The file that keeps the token between runs, if any.
    pub token_cache: Option<TokenCache>,
}

/// The account of an access key.
pub struct SkillAccount<'a> {
    settings: SkillAccountSettings<'a>,
    tokens: Tokens<'a>,
    /// One client for each host.
    clients: Mutex<BTreeMap<String, Arc<Client<'a>>>>,
    is_aborted: AtomicBool,
    notices: &'a dyn Notices,
}

impl<'a> SkillAccount<'a> {
    /// An account with `settings`. Sends nothing.
    #[must_use]
    pub fn new(mut settings: SkillAccountSettings<'a>, notices: &'a dyn Notices) -> Self {
        for form in login::forms_of_the_secrets(&settings.access.credentials) {
            secrets::conceal(form.expose_secret());
        }
        let owner = owner(&settings.access);
        let tokens = Tokens::new(owner, EXPIRY_MARGIN, settings.token_cache.take(), notices);
        Self {
            settings,
            tokens,
            clients: Mutex::default(),
            is_aborted: AtomicBool::new(false),
            notices,
        }
    }

    /// Number and waits of the retries.
    pub(super) fn retry(&self) -> Retry {
        self.settings.retry
    }

    /// A token to use now, and the host of the data calls.
    pub(super) fn open(&self, deadline: &Deadline) -> Result<Access, CallError> {
        let login = |deadline: &Deadline| self.log_in(deadline);
        let access = self.tokens.current(&login, deadline)?;
        self.with_host(access, deadline)
    }

    /// The same with another token than `refused`; `None` where that one was just given.
    pub(super) fn renew(
        &self,
        refused: &Access,
        deadline: &Deadline,
    ) -> Result<Option<Access>, CallError> {
        let login = |deadline: &Deadline| self.log_in(deadline);
        let renewed = self.tokens.renew(&refused.token, &login, deadline)?;
        renewed
            .map(|access| self.with_host(access, deadline))
            .transpose()
    }

    /// Sends a request to the host of the data calls, with the retries of any call or once.
    pub(super) fn send(
        &self,
        access: &Access,
        request: &Request,
        is_once: bool,
        deadline: &Deadline,
    ) -> Result<Answer, CallError> {
        let client = self.client(request.call, &self.data_host(access)?)?;
        let token = Some(&access.token);
        if is_once {
            client.call_once(request, token, deadline)
        } else {
            client.call(request, token, deadline)
        }
    }

    /// The address of the data calls.
    pub(super) fn data_host(&self, access: &Access) -> Result<Site, CallError> {
        let unusable = |problem: String| CallError::unusable(DISCOVERY_CALL, problem);
        match (&self.settings.access.api_base, &access.place.api_base) {
            (Some(site), _) => Ok(site.clone()),
            (None, Some(base)) => {
                let site = hosts::api_base(base).map_err(unusable)?;
                self.refuse_stranger(DISCOVERY_CALL, "api_endpoint", &site)?;
                Ok(site)
            }
            (None, None) => Err(unusable("there is no host of the data calls".to_owned())),
        }
    }

    /// The address of the data calls as far as it is known without a call; only to be shown.
    pub(super) fn known_host(&self) -> String {
        let place = self.tokens.place();
        match (&self.settings.access.api_base, place.api_base) {
            (Some(site), _) => site.origin().to_owned(),
            (None, Some(base)) => base,
            (None, None) => "https://TENANT".to_owned(),
        }
    }

    fn log_in(&self, deadline: &Deadline) -> Result<Issued, CallError> {
        let credentials = &self.settings.access.credentials;
        let sent = match &credentials.application {
            None => self.by_access_key(deadline),
            Some(application) => {
                let endpoint = self.token_endpoint(deadline)?;
                let request = login::by_password(endpoint.clone(), credentials, application);
                let site = origin_of(&endpoint)
                    .map_err(|problem| CallError::unusable(OPENID_CALL, problem))?;
                let client = self.client(request.call, &site)?;
                client
                    .call(&request, None, deadline)
                    .map(|answer| (client, answer))
            }
        };
        let (client, answer) = sent.map_err(|error| login::explain(error, credentials))?;
        let call = super::calls::LOGIN_CALL;
        let answer: LoginAnswer = client.read_secret(call, &answer)?;
        answer.issued()
    }

    /// The login with the access key: at the area's host, and where that gives no answer of its own,
    /// at the one that serves every area.
    fn by_access_key(&self, deadline: &Deadline) -> Result<(Arc<Client<'a>>, Answer), CallError> {
        let access = &self.settings.access;
        let call = super::calls::LOGIN_CALL;
        if access.auth_base.is_none() {
            let area = hosts::of_area(&access.area)
                .map_err(|problem| CallError::unusable(call, problem))?;
            let client = self.client(call, &area)?;
            let request = login::by_access_key(area.origin(), &access.credentials);
            match client.call_once(&request, None, deadline) {
                Ok(answer) => return Ok((client, answer)),
                Err(error) if is_final(&error) => return Err(error),
                Err(_) => {}
            }
        }
        let site = self.auth_host()?;
        let client = self.client(call, &site)?;
        let request = login::by_access_key(site.origin(), &access.credentials);
        let answer = client.call(&request, None, deadline)?;
        Ok((client, answer))
    }

    fn token_endpoint(&self, deadline: &Deadline) -> Result<String, CallError> {
        let site = self.auth_host()?;
        let client = self.client(OPENID_CALL, &site)?;
        let answer = client.call(&login::openid(site.origin()), None, deadline)?;
        let answer: Value = client.read(OPENID_CALL, &answer)?;
        let unusable = |problem: String| CallError::unusable(OPENID_CALL, problem);
        let endpoint = login::address_in(&answer, "token_endpoint").map_err(unusable)?;
        let endpoint = endpoint.ok_or_else(|| unusable("token_endpoint is missing".to_owned()))?;
        let host = origin_of(&endpoint).map_err(unusable)?;
        self.refuse_stranger(OPENID_CALL, "token_endpoint", &host)?;
        Ok(endpoint)
    }

    /// Finds the host of the data calls, once for each token.
    fn with_host(&self, access: Access, deadline: &Deadline) -> Result<Access, CallError> {
        if self.settings.access.api_base.is_some() || access.place.api_base.is_some() {
            return Ok(access);
        }
        let site = self.discover(&access.place, deadline)?;
        let place = Place {
            api_base: Some(site.origin().to_owned()),
            ..access.place
        };
        self.tokens.learn(&access.token, &place);
        Ok(Access { place, ..access })
    }

    /// The host that the platform names for the tenant, or else the one of its cluster. Where the
    /// user named the host to log in at, no host that nobody named gets the token.
    fn discover(&self, place: &Place, deadline: &Deadline) -> Result<Site, CallError> {
        let told = match &place.tenant {
            Some(tenant) => self.ask_for_host(tenant, deadline)?,
            None => None,
        };
        if let Some(site) = told {
            return Ok(site);
        }
        let cluster = place.cluster.as_deref().and_then(hosts::of_cluster);
        let is_free = self.settings.access.auth_base.is_none();
        cluster.filter(|_| is_free).ok_or_else(|| {
            let problem = match place.tenant {
                Some(_) => "it names no host of the data calls (api_endpoint); set --api-base",
                None => {
                    "the login names no tenant, so its host cannot be asked for; set --api-base"
                }
            };
            CallError::unusable(DISCOVERY_CALL, problem)
        })
    }

    /// Asks for the tenant's host; `None` where the platform knows none.
    fn ask_for_host(&self, tenant: &str, deadline: &Deadline) -> Result<Option<Site>, CallError> {
        let auth = self.auth_host()?;
        let client = self.client(DISCOVERY_CALL, &auth)?;
        let request = login::discovery(auth.origin(), tenant);
        let answer = match client.call(&request, None, deadline) {
            Err(error) if error.status() == Some(404) => return Ok(None),
            answer => answer?,
        };
        let answer: Value = client.read(DISCOVERY_CALL, &answer)?;
        let unusable = |problem: String| CallError::unusable(DISCOVERY_CALL, problem);
        let endpoint = login::address_in(&answer, "api_endpoint").map_err(unusable)?;
        let Some(endpoint) = endpoint else {
            return Ok(None);
        };
        let site = hosts::api_base(&endpoint).map_err(|problem| {
            let endpoint = shown_address(&endpoint);
            unusable(format!(
                "api_endpoint {endpoint}: {problem}; set --api-base"
            ))
        })?;
        self.refuse_stranger(DISCOVERY_CALL, "api_endpoint", &site)?;
        Ok(Some(site))
    }

    /// Fails where neither the platform's domains nor the user's settings name the host.
    fn refuse_stranger(
        &self,
        call: &'static str,
        field: &str,
        site: &Site,
    ) -> Result<(), CallError> {
        let access = &self.settings.access;
        let named = [&access.auth_base, &access.api_base].map(|site| site.clone());
        let named: Vec<Site> = named.into_iter().flatten().collect();
        if hosts::may_get_the_token(site, &named) {
            return Ok(());
        }
        let setting = if call == OPENID_CALL {
            "--auth-base"
        } else {
            "--api-base"
        };
        Err(CallError {
            denied: true,
            ..CallError::unusable(
                call,
                format!(
                    "{field} is {}, a host that is none of the platform's, so it gets no credentials; if it is yours, set {setting}",
                    site.origin()
                ),
            )
        })
    }

    /// The host of the login and of discovery, whatever the area.
    fn auth_host(&self) -> Result<Site, CallError> {
        match &self.settings.access.auth_base {
            Some(site) => Ok(site.clone()),
            None => Site::new(EVERY_AREA)
                .map_err(|problem| CallError::unusable(DISCOVERY_CALL, problem)),
        }
    }

    fn client(&self, call: &'static str, site: &Site) -> Result<Arc<Client<'a>>, CallError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(site.origin()) {
            return Ok(Arc::clone(client));
        }
        let settings = &self.settings;
        let proxy =
            (settings.proxy_for)(site).map_err(|problem| CallError::unusable(call, problem))?;
        let client = Arc::new(Client::new(
            site.scope(),
            proxy,
            &settings.authorities,
            settings.retry,
            self.notices,
        ));
        if self.is_aborted.load(Ordering::SeqCst) {
            client.abort();
        }
        clients.insert(site.origin().to_owned(), Arc::clone(&client));
        Ok(client)
    }

    fn each_client(&self, act: impl Fn(&Client<'a>)) {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.values().for_each(|client| act(client));
    }
}

impl Connections for SkillAccount<'_> {
    fn abort(&self) {
        self.is_aborted.store(true, Ordering::SeqCst);
        self.each_client(|client| client.abort());
    }

    fn reopen(&self) {
        self.is_aborted.store(false, Ordering::SeqCst);
        self.each_client(|client| client.reopen());
    }
}

/// The name of the account in the token cache: another key, area or host has another token.
fn owner(access: &SkillAccess) -> Owner {
    let host = match &access.auth_base {
        Some(site) => site.origin().to_owned(),
        None => format!("area {}", access.area),
    };
    let key = &access.credentials.key_id;
    Owner {
        site: match &access.api_base {
            Some(api) => format!("{host} for {}", api.origin()),
            None => host,
        },
        client_id: match &access.credentials.application {
            Some(application) => format!("{} for {key}", application.client_id),
            None => key.clone(),
        },
    }
}

/// True where another host would say the same: the credentials are refused, or no more may be asked.
fn is_final(error: &CallError) -> bool {
    matches!(
        error.problem,
        Problem::Status {
            status: 400 | 401 | 403 | 429,
            ..
        }
    )
}

fn origin_of(text: &str) -> Result<Site, String> {
    Site::new(&Address::new(text)?.origin())
}

/// Serves every area, and knows the hosts of every tenant.
const EVERY_AREA: &str = "https://cxone.niceincontact.com";
/// Time before expiry from which a token is not used.
const EXPIRY_MARGIN: Duration = Duration::from_secs(300);
