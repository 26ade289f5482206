//! The account of an access key: its login, its token, and the hosts of its tenant.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
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
    Answer, CallError, Client, ClockOff, Connections, Host, Problem, Proxy, Request, Retry,
};
use crate::platform::place::Place;
use crate::platform::tokens::{Access, Issued, Login, Owner, Tokens};
use crate::platform::{Site, TokenCache};

/// Names the proxy to a host, if there is one.
pub type ProxyFor = Box<dyn Fn(&Site) -> Result<Option<Proxy>, String> + Send + Sync>;

/// Settings of an account.
pub struct SkillAccountSettings {
    /// The access key, and where to log in.
    pub access: SkillAccess,
    /// The proxy to each host.
    pub proxy_for: ProxyFor,
    /// Certificate authorities trusted in addition to those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// Number and waits of the retries.
    pub retry: Retry,
    /// The file that keeps the token between runs, if any.
    pub token_cache: Option<TokenCache>,
}

/// The account of an access key, as one skill uses it. Others may use it side by side.
pub struct SkillAccount<'a> {
    shared: Arc<Shared>,
    pub(super) notices: &'a dyn Notices,
}

/// What the skills of an account share.
struct Shared {
    settings: SkillAccountSettings,
    tokens: Tokens,
    /// The hosts that were called, by their address.
    hosts: Mutex<BTreeMap<String, Arc<Host>>>,
    is_aborted: AtomicBool,
}

impl<'a> SkillAccount<'a> {
    /// An account with `settings`. Sends nothing.
    #[must_use]
    pub fn new(mut settings: SkillAccountSettings, notices: &'a dyn Notices) -> Self {
        for form in login::forms_of_the_secrets(&settings.access.credentials) {
            secrets::conceal(form.expose_secret());
        }
        let owner = owner(&settings.access);
        let tokens = Tokens::new(owner, EXPIRY_MARGIN, settings.token_cache.take());
        Self {
            shared: Arc::new(Shared {
                settings,
                tokens,
                hosts: Mutex::default(),
                is_aborted: AtomicBool::new(false),
            }),
            notices,
        }
    }

    /// The same account for another skill, whose notices it tells.
    #[must_use]
    pub fn shared_with<'b>(&self, notices: &'b dyn Notices) -> SkillAccount<'b> {
        SkillAccount {
            shared: Arc::clone(&self.shared),
            notices,
        }
    }

    /// How far the platform's clock is off, where one of its hosts has told its time.
    #[must_use]
    pub fn clock_off(&self) -> Option<ClockOff> {
        let hosts = self.shared.hosts();
        hosts.values().find_map(|host| host.clock_off())
    }

    /// Its connections, which all its skills share.
    #[must_use]
    pub fn connections(&self) -> Arc<dyn Connections> {
        Arc::clone(&self.shared) as Arc<dyn Connections>
    }

    pub(super) fn settings(&self) -> &SkillAccountSettings {
        &self.shared.settings
    }

    /// Keeps with a token where its owner is served.
    pub(super) fn learn(&self, token: &SecretString, place: &Place) {
        self.shared.tokens.learn(token, place, self.notices);
    }

    fn with_login<R>(&self, deadline: &Deadline, run: impl FnOnce(&Tokens, &Login) -> R) -> R {
        let login = Login {
            request: &|| self.request_token(deadline),
            deadline,
            notices: self.notices,
        };
        run(&self.shared.tokens, &login)
    }

    /// Number and waits of the retries.
    pub(super) fn retry(&self) -> Retry {
        self.settings().retry
    }

    /// Logs in, and finds the host of the data calls, unless both are known.
    pub fn log_in(&self, deadline: &Deadline) -> Result<(), CallError> {
        self.open(deadline).map(drop)
    }

    /// A token to use now, and the host of the data calls.
    pub(super) fn open(&self, deadline: &Deadline) -> Result<Access, CallError> {
        let access = self.with_login(deadline, Tokens::current)?;
        self.with_host(access, deadline)
    }

    /// The same with another token than `refused`; `None` where that one was just given.
    pub(super) fn renew(
        &self,
        refused: &Access,
        deadline: &Deadline,
    ) -> Result<Option<Access>, CallError> {
        let renew = |tokens: &Tokens, login: &Login| tokens.renew(&refused.token, login);
        let renewed = self.with_login(deadline, renew)?;
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
        match (&self.settings().access.api_base, &access.place.api_base) {
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
        let place = self.shared.tokens.place();
        match (&self.settings().access.api_base, place.api_base) {
            (Some(site), _) => site.origin().to_owned(),
            (None, Some(base)) => base,
            (None, None) => "https://TENANT".to_owned(),
        }
    }

    fn request_token(&self, deadline: &Deadline) -> Result<Issued, CallError> {
        let credentials = &self.settings().access.credentials;
        let sent = match &credentials.application {
            None => self.by_access_key(deadline),
            Some(application) => {
                let endpoint = self.token_endpoint(deadline)?;
                let request = login::by_password(endpoint.clone(), credentials, application);
                let site = hosts::origin_of(&endpoint)
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
    fn by_access_key(&self, deadline: &Deadline) -> Result<(Client<'a>, Answer), CallError> {
        let access = &self.settings().access;
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
        let host = hosts::origin_of(&endpoint).map_err(unusable)?;
        self.refuse_stranger(OPENID_CALL, "token_endpoint", &host)?;
        Ok(endpoint)
    }

    /// The host of the login and of discovery, whatever the area.
    pub(super) fn auth_host(&self) -> Result<Site, CallError> {
        match &self.settings().access.auth_base {
            Some(site) => Ok(site.clone()),
            None => Site::new(EVERY_AREA)
                .map_err(|problem| CallError::unusable(DISCOVERY_CALL, problem)),
        }
    }

    pub(super) fn client(&self, call: &'static str, site: &Site) -> Result<Client<'a>, CallError> {
        let mut hosts = self.shared.hosts();
        if let Some(host) = hosts.get(site.origin()) {
            return Ok(Client::new(Arc::clone(host), self.notices));
        }
        let settings = self.settings();
        let proxy =
            (settings.proxy_for)(site).map_err(|problem| CallError::unusable(call, problem))?;
        let authorities = &settings.authorities;
        let host = Arc::new(Host::new(site.scope(), proxy, authorities, settings.retry));
        if self.shared.is_aborted.load(Ordering::SeqCst) {
            host.abort();
        }
        hosts.insert(site.origin().to_owned(), Arc::clone(&host));
        Ok(Client::new(host, self.notices))
    }
}

impl Shared {
    fn hosts(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Host>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections for Shared {
    fn abort(&self) {
        self.is_aborted.store(true, Ordering::SeqCst);
        for host in self.hosts().values() {
            host.abort();
        }
    }

    fn reopen(&self) {
        self.is_aborted.store(false, Ordering::SeqCst);
        for host in self.hosts().values() {
            host.reopen();
        }
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

/// Serves every area, and knows the hosts of every tenant.
const EVERY_AREA: &str = "https://cxone.niceincontact.com";
/// Time before expiry from which a token is not used.
const EXPIRY_MARGIN: Duration = Duration::from_secs(300);
