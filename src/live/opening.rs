//! The opening of a platform and of the warehouse, for the cycles of one run.

use anyhow::Result;

use super::cycle::Cycle;
use super::running::{Live, RetryCounter};
use super::setup::Setup;
use super::store::Store;
use crate::base::clock::Deadline;
use crate::base::files;
use crate::base::input::InputError;
use crate::base::notice::Notices;
use crate::config::{CampaignAccess, Endpoint, Sources};
use crate::http::{Client, HostScope, Proxy};
use crate::pacing::{Pacer, Policy, RAISE_DWELL, WRITES_PER_HOUR};
use crate::platform::sandbox::Sandbox;
use crate::platform::skills::{
    LeverLimits, PacedSkill, SkillAccess, SkillAccount, SkillAccountSettings, SkillSettings,
};
use crate::platform::{
    Account, AccountSettings, CampaignApi, CampaignSettings, Connections, Platform, ReadOnly,
    TokenCache,
};
use crate::warehouse::{Recipient, Warehouse};

impl Setup<'_> {
    pub(super) fn on_campaign<R>(
        &self,
        access: &CampaignAccess,
        sandbox: Option<&Sandbox>,
        store: &Store,
        notices: &RetryCounter,
        begun: Deadline,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let settings = &self.settings;
        let account = Account::new(
            AccountSettings {
                site: access.site.clone(),
                client_id: access.client_id.clone(),
                client_secret: access.client_secret.clone(),
                proxy: proxy(access.site.origin(), access.site.scope(), self.sources)?,
                authorities: settings.authorities.clone(),
                retry: settings.retry,
                token_cache: Some(token_cache(store)),
            },
            notices,
        );
        let api = CampaignApi::new(
            &account,
            CampaignSettings {
                campaign_id: access.campaign_id.clone(),
                interval: settings.pacing.interval,
                if_match: settings.if_match,
                actuator: settings.pacing.pacer.limits().actuator,
            },
        );
        self.on_platform((&api, &account), sandbox, store, notices, begun, run)
    }

    pub(super) fn on_skill<R>(
        &self,
        (access, skill): (&SkillAccess, &SkillSettings),
        sandbox: Option<&Sandbox>,
        store: &Store,
        notices: &RetryCounter,
        begun: Deadline,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let settings = &self.settings;
        let environment = &self.sources.environment;
        let account = SkillAccount::new(
            SkillAccountSettings {
                access: access.clone(),
                proxy_for: Box::new(|site| match site.scope() {
                    HostScope::Loopback => Ok(None),
                    HostScope::Remote => Proxy::for_url(site.origin(), environment),
                }),
                authorities: settings.authorities.clone(),
                retry: settings.retry,
                token_cache: Some(token_cache(store)),
            },
            notices,
        );
        let limits = lever_limits(&settings.pacing.pacer);
        let paced = PacedSkill::new(&account, access.skill_id, skill.clone(), limits, notices);
        self.on_platform((&paced, &account), sandbox, store, notices, begun, run)
    }

    fn on_platform<R>(
        &self,
        (platform, connections): (&dyn Platform, &dyn Connections),
        sandbox: Option<&Sandbox>,
        store: &Store,
        notices: &RetryCounter,
        begun: Deadline,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let Self {
            options, settings, ..
        } = self;
        let withholding = ReadOnly(platform);
        let platform = if options.dry_run {
            &withholding
        } else {
            platform
        };
        let mut endpoint = settings.warehouse.clone();
        if let Some(sandbox) = sandbox {
            let records = Endpoint::Http(sandbox.warehouse(), HostScope::Loopback);
            endpoint.get_or_insert(records);
        }
        let warehouse = match &endpoint {
            Some(_) if options.dry_run => Some(Warehouse::ReadOnly),
            Some(endpoint) => Some(self.warehouse(endpoint, notices)?),
            None => None,
        };
        let metrics_file = settings.metrics_file.as_deref();
        run(&Live {
            cycle: Cycle {
                pacer: &settings.pacing.pacer,
                subject: &self.subject,
                platform,
                warehouse: warehouse.as_ref(),
                store,
                outbox_capacity: settings.outbox_capacity,
                notices,
            },
            account: connections,
            sandbox,
            interval: settings.pacing.interval,
            deadline: begun.with_limit(settings.deadline),
            metrics_file: metrics_file.filter(|_| !options.dry_run),
            retries: &notices.retries,
        })
    }
}

impl Setup<'_> {
    fn warehouse<'a>(
        &self,
        endpoint: &Endpoint,
        notices: &'a dyn Notices,
    ) -> Result<Warehouse<'a>> {
        let settings = &self.settings;
        let (url, scope) = match endpoint {
            Endpoint::File(path) => return Ok(Warehouse::File(path.clone())),
            Endpoint::Http(url, scope) => (url, *scope),
        };
        // The sandbox's own warehouse is not the one that they are for.
        let headers = settings.warehouse_headers.clone();
        let headers = headers.filter(|_| settings.warehouse.is_some());
        let headers = match headers.transpose() {
            Ok(headers) => headers,
            Err(error) => return Ok(Warehouse::Unusable(error.to_string())),
        };
        let proxy = proxy(url, scope, self.sources)?;
        let retry = settings.warehouse_retry;
        let client = Client::new(scope, proxy, &settings.authorities, retry, notices);
        Ok(Warehouse::Http(Box::new(Recipient {
            client: client
                .with_timeout(settings.warehouse_timeout)
                .with_header_file(headers),
            url: url.clone(),
            format: settings.warehouse_format,
            rereads_headers: self.options.acts_twice,
        })))
    }
}

/// The file beside the state that keeps the token.
fn token_cache(store: &Store) -> TokenCache {
    TokenCache {
        path: files::sibling(store.path(), ".token"),
        writable: store.is_writable(),
    }
}

/// The limits of a skill's lever, which hold under every policy.
fn lever_limits(pacer: &Pacer) -> LeverLimits {
    let actuator = pacer.limits().actuator;
    match pacer.policy() {
        Policy::Ratio(settings) => LeverLimits {
            actuator,
            raise_dwell: settings.raise_dwell,
            writes_per_hour: settings.writes_per_hour,
        },
        _ => LeverLimits {
            actuator,
            raise_dwell: RAISE_DWELL,
            writes_per_hour: WRITES_PER_HOUR,
        },
    }
}

/// The proxy that the environment names for an address.
fn proxy(url: &str, scope: HostScope, sources: &Sources) -> Result<Option<Proxy>> {
    match scope {
        HostScope::Loopback => Ok(None),
        HostScope::Remote => Ok(Proxy::for_url(url, &sources.environment).map_err(InputError)?),
    }
}
