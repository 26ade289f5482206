//! Setup of a live campaign: settings, lock, client, warehouse, and the sandbox if it is asked
//! for. `tick` runs one cycle of it, `watch` many.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::cycle::Cycle;
use super::options::{LiveOptions, SandboxLifetime};
use super::running::{Live, RetryCounter};
use super::store::{HELPERS, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices};
use crate::config::scenario_file;
use crate::config::{
    CampaignAccess, Endpoint, Layers, LiveSettings, Scope, Sources, default_state_path,
};
use crate::http::{Client, HostScope, Proxy};
use crate::platform::sandbox::{self, Sandbox, SandboxCampaign};
use crate::platform::{
    Account, AccountSettings, CampaignApi, CampaignId, CampaignSettings, Platform, ReadOnly, Site,
    TokenCache,
};
use crate::sim::Scenario;
use crate::warehouse::Warehouse;

/// Sets up a live campaign and calls `run` with it. The sandbox and the lock end after `run`.
pub fn open_and_run<R>(
    options: &LiveOptions,
    sources: &Sources,
    notices: &dyn Notices,
    clock: &Arc<dyn Clock>,
    lifetime: SandboxLifetime,
    run: impl FnOnce(&Live) -> Result<R>,
) -> Result<R> {
    let begun = Deadline::after(clock.as_ref(), Duration::MAX);
    let layers = layers(options, sources, notices)?;
    let setup = Setup::new(options, &layers, sources, lifetime)?;
    if !options.acts_twice && layers.front_load()? {
        notices.tell(&Notice::FrontLoadNeedsWatch);
    }
    refuse_shared_files(&layers, &setup.state_path, options)?;
    let store = if options.dry_run {
        Store::read_only(&setup.state_path, setup.campaign_id())?
    } else {
        setup.lock()?
    };
    setup.run(&store, notices, clock, begun, run)
}

/// One live campaign, before anything is opened.
pub(super) struct Setup<'a> {
    options: &'a LiveOptions,
    sources: &'a Sources,
    pub(super) settings: LiveSettings,
    /// `None`: the sandbox.
    access: Option<CampaignAccess>,
    pub(super) state_path: PathBuf,
    has_default_path: bool,
    lifetime: SandboxLifetime,
}

impl<'a> Setup<'a> {
    pub(super) fn new(
        options: &'a LiveOptions,
        layers: &Layers,
        sources: &'a Sources,
        lifetime: SandboxLifetime,
    ) -> Result<Self> {
        let access = match options.sandbox {
            Some(_) => None,
            None => Some(layers.campaign_access()?),
        };
        let mut settings = layers.live_settings()?;
        if !options.acts_twice {
            settings.pacing.pacer = settings.pacing.pacer.evenly();
        }
        Ok(Self {
            options,
            sources,
            access,
            state_path: state_path(options, layers, sources, lifetime)?,
            has_default_path: settings.state.is_none(),
            settings,
            lifetime,
        })
    }

    pub(super) fn campaign_id(&self) -> &str {
        let access = self.access.as_ref();
        access.map_or(sandbox::CAMPAIGN_ID, |access| access.campaign_id.as_str())
    }

    pub(super) fn is_sandbox(&self) -> bool {
        self.access.is_none()
    }

    /// The store of the campaign's state, locked.
    pub(super) fn lock(&self) -> Result<Store, StateError> {
        let store = Store::lock(&self.state_path, self.campaign_id())?;
        if self.lifetime == SandboxLifetime::Ephemeral && self.has_default_path {
            // The state of an earlier run belongs to a world that has ended.
            let _ = fs::remove_file(store.path());
        }
        Ok(store)
    }

    /// Calls `run` with the campaign, whose state is in `store`.
    pub(super) fn run<R>(
        &self,
        store: &Store,
        notices: &dyn Notices,
        clock: &Arc<dyn Clock>,
        begun: Deadline,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let Self {
            options, settings, ..
        } = self;
        let mut endpoint = settings.warehouse.clone();
        let (access, sandbox) = if let Some(access) = &self.access {
            (access.clone(), None)
        } else {
            let sandbox = start_sandbox(store.path(), self, clock)?;
            let records = Endpoint::Http(sandbox.warehouse(), HostScope::Loopback);
            endpoint.get_or_insert(records);
            (sandbox_access(&sandbox)?, Some(sandbox))
        };
        let notices = &RetryCounter::new(notices);
        let account = Account::new(
            AccountSettings {
                proxy: proxy(access.site.origin(), access.site.scope(), self.sources)?,
                ..account_settings(&access, settings, store.path(), store.is_writable())
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
        let withholding = ReadOnly(&api);
        let platform: &dyn Platform = if options.dry_run { &withholding } else { &api };
        let warehouse = match &endpoint {
            Some(_) if options.dry_run => Some(Warehouse::ReadOnly),
            Some(endpoint) => Some(warehouse(endpoint, settings, self.sources, notices)?),
            None => None,
        };
        let metrics_file = settings.metrics_file.as_deref();
        run(&Live {
            cycle: Cycle {
                pacer: &settings.pacing.pacer,
                campaign_id: access.campaign_id.as_str(),
                platform,
                warehouse: warehouse.as_ref(),
                store,
                outbox_capacity: settings.outbox_capacity,
                notices,
            },
            account: &account,
            sandbox: sandbox.as_ref(),
            interval: settings.pacing.interval,
            deadline: begun.with_limit(settings.deadline),
            metrics_file: metrics_file.filter(|_| !options.dry_run),
            retries: &notices.retries,
        })
    }
}

/// The settings of every source; names that nearly mean something are told.
pub(super) fn layers(
    options: &LiveOptions,
    sources: &Sources,
    notices: &dyn Notices,
) -> Result<Layers> {
    let scope = match options.sandbox {
        Some(_) => Scope::Sandbox,
        None => Scope::Live,
    };
    let layers = Layers::gather(sources, scope)?;
    for notice in layers.notices() {
        notices.tell(notice);
    }
    Ok(layers)
}

/// The path of the campaign's state.
pub(super) fn state_path(
    options: &LiveOptions,
    layers: &Layers,
    sources: &Sources,
    lifetime: SandboxLifetime,
) -> Result<PathBuf> {
    if let Some(path) = layers.state_path() {
        return Ok(path);
    }
    let id = match options.sandbox {
        Some(_) => sandbox::CAMPAIGN_ID.to_owned(),
        None => layers.campaign_id()?.as_str().to_owned(),
    };
    Ok(default_state_path(
        sources,
        &default_name(&id, options, lifetime),
    )?)
}

/// Refuses two files of the run that are one, before anything is written.
fn refuse_shared_files(layers: &Layers, state: &Path, options: &LiveOptions) -> Result<()> {
    let mut files = layers.file_uses();
    let state_name = layers.name_of("state");
    files.append(state_name.as_str(), state);
    files.beside(&state_name, state, HELPERS);
    if let Some(Some(scenario)) = &options.sandbox {
        files.read("--sandbox", scenario);
    }
    Ok(files.check()?)
}

fn default_name(campaign_id: &str, options: &LiveOptions, lifetime: SandboxLifetime) -> PathBuf {
    let name = match (&options.sandbox, lifetime) {
        (None, _) => return PathBuf::from(campaign_id),
        (Some(_), SandboxLifetime::Persistent) => campaign_id,
        // No file exists under this name, since a dry run writes nothing.
        (Some(_), SandboxLifetime::Ephemeral) if options.dry_run => "at-speed-dry-run",
        (Some(_), SandboxLifetime::Ephemeral) => "at-speed",
    };
    // A separate folder, since a real campaign may have the same name.
    Path::new("sandbox").join(name)
}

fn start_sandbox(state_path: &Path, setup: &Setup, clock: &Arc<dyn Clock>) -> Result<Sandbox> {
    let options = setup.options;
    let scenario = options.sandbox.as_ref().and_then(Option::as_deref);
    let scenario = match scenario {
        Some(path) => scenario_file::read_checked(path, setup.settings.deadline)?.scenario,
        None => Scenario::default(),
    };
    let path = files::sibling(state_path, ".campaign");
    let (speed, kept) = match setup.lifetime {
        SandboxLifetime::Persistent => (options.speed, Some(path.as_path())),
        SandboxLifetime::Ephemeral => (1, None),
    };
    SandboxCampaign::open(&scenario, speed, Arc::clone(clock), kept, !options.dry_run)
        .and_then(Sandbox::start)
        .with_context(|| {
            format!(
                "cannot start the sandbox, whose campaign is kept in {}",
                path.display()
            )
        })
}

fn sandbox_access(sandbox: &Sandbox) -> Result<CampaignAccess> {
    let invalid = |problem: String| anyhow!("sandbox: {problem}");
    Ok(CampaignAccess {
        site: Site::new(&sandbox.site()).map_err(invalid)?,
        client_id: sandbox::CLIENT_ID.to_owned(),
        client_secret: sandbox::CLIENT_SECRET.into(),
        campaign_id: CampaignId::new(sandbox::CAMPAIGN_ID).map_err(invalid)?,
    })
}

fn account_settings(
    access: &CampaignAccess,
    settings: &LiveSettings,
    state_path: &Path,
    writable: bool,
) -> AccountSettings {
    AccountSettings {
        site: access.site.clone(),
        client_id: access.client_id.clone(),
        client_secret: access.client_secret.clone(),
        proxy: None,
        authorities: settings.authorities.clone(),
        retry: settings.retry,
        token_cache: Some(TokenCache {
            path: files::sibling(state_path, ".token"),
            writable,
        }),
    }
}

fn warehouse<'a>(
    endpoint: &Endpoint,
    settings: &LiveSettings,
    sources: &Sources,
    notices: &'a dyn Notices,
) -> Result<Warehouse<'a>> {
    Ok(match endpoint {
        Endpoint::File(path) => Warehouse::File(path.clone()),
        Endpoint::Http(url, scope) => {
            let proxy = proxy(url, *scope, sources)?;
            let authorities = &settings.authorities;
            let client = Client::new(*scope, proxy, authorities, settings.retry, notices);
            Warehouse::http(client, url.clone())
        }
    })
}

/// The proxy that the environment names for an address.
fn proxy(url: &str, scope: HostScope, sources: &Sources) -> Result<Option<Proxy>> {
    match scope {
        HostScope::Loopback => Ok(None),
        HostScope::Remote => Ok(Proxy::for_url(url, &sources.environment).map_err(InputError)?),
    }
}
