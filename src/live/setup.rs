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
use super::store::{HELPERS, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::notice::Notices;
use crate::config::scenario_file;
use crate::config::{
    CampaignAccess, ConfigError, Endpoint, Layers, LiveSettings, Scope, Sources, default_state_path,
};
use crate::http::{Client, HostScope};
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
    let mut settings = layers.live_settings()?;
    let deadline = begun.with_limit(settings.deadline);
    let given = match options.sandbox {
        Some(_) => None,
        None => Some(layers.campaign_access()?),
    };
    let campaign_id = given
        .as_ref()
        .map_or(sandbox::CAMPAIGN_ID, |access| access.campaign_id.as_str());
    let path = state_path(options, sources, &settings, campaign_id, lifetime)?;
    refuse_shared_files(&layers, &path, options)?;
    let is_default = settings.state.is_none();
    let store = store(options, &path, is_default, campaign_id, lifetime)?;
    let state_path = store.path();
    let (access, sandbox) = if let Some(access) = given {
        (access, None)
    } else {
        let sandbox = start_sandbox(state_path, options, clock, lifetime, settings.deadline)?;
        let records = Endpoint::Http(sandbox.warehouse(), HostScope::Loopback);
        settings.warehouse.get_or_insert(records);
        (sandbox_access(&sandbox)?, Some(sandbox))
    };
    let notices = &RetryCounter::new(notices);
    let account = Account::new(
        account_settings(&access, &settings, state_path, options.dry_run),
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
    let endpoint = settings.warehouse.as_ref();
    let warehouse = endpoint.map(|endpoint| {
        if options.dry_run {
            return Warehouse::ReadOnly;
        }
        warehouse(endpoint, &settings, notices)
    });
    let metrics_file = settings.metrics_file.as_deref();
    run(&Live {
        cycle: Cycle {
            pacer: &settings.pacing.pacer,
            campaign_id: access.campaign_id.as_str(),
            platform,
            warehouse: warehouse.as_ref(),
            store: &store,
            outbox_capacity: settings.outbox_capacity,
            notices,
        },
        account: &account,
        sandbox: sandbox.as_ref(),
        interval: settings.pacing.interval,
        deadline,
        metrics_file: metrics_file.filter(|_| !options.dry_run),
        retries: &notices.retries,
    })
}

/// The settings of every source; names that nearly mean something are told.
fn layers(options: &LiveOptions, sources: &Sources, notices: &dyn Notices) -> Result<Layers> {
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

fn state_path(
    options: &LiveOptions,
    sources: &Sources,
    settings: &LiveSettings,
    campaign_id: &str,
    lifetime: SandboxLifetime,
) -> Result<PathBuf, ConfigError> {
    match &settings.state {
        Some(path) => Ok(path.clone()),
        None => default_state_path(sources, &default_name(campaign_id, options, lifetime)),
    }
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

/// The store of the campaign's state, locked unless nothing is to be written.
fn store(
    options: &LiveOptions,
    path: &Path,
    is_default: bool,
    campaign_id: &str,
    lifetime: SandboxLifetime,
) -> Result<Store> {
    if options.dry_run {
        return Ok(Store::read_only(path, campaign_id)?);
    }
    let store = Store::lock(path, campaign_id)?;
    if lifetime == SandboxLifetime::Ephemeral && is_default {
        // The state of an earlier run belongs to a world that has ended.
        let _ = fs::remove_file(store.path());
    }
    Ok(store)
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

fn start_sandbox(
    state_path: &Path,
    options: &LiveOptions,
    clock: &Arc<dyn Clock>,
    lifetime: SandboxLifetime,
    patience: Duration,
) -> Result<Sandbox> {
    let scenario = options.sandbox.as_ref().and_then(Option::as_deref);
    let scenario = match scenario {
        Some(path) => scenario_file::read_checked(path, patience)?.scenario,
        None => Scenario::default(),
    };
    let path = files::sibling(state_path, ".campaign");
    let (speed, kept) = match lifetime {
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
    dry_run: bool,
) -> AccountSettings {
    AccountSettings {
        site: access.site.clone(),
        client_id: access.client_id.clone(),
        client_secret: access.client_secret.clone(),
        authorities: settings.authorities.clone(),
        retry: settings.retry,
        token_cache: Some(TokenCache {
            path: files::sibling(state_path, ".token"),
            writable: !dry_run,
        }),
    }
}

fn warehouse<'a>(
    endpoint: &Endpoint,
    settings: &LiveSettings,
    notices: &'a dyn Notices,
) -> Warehouse<'a> {
    match endpoint {
        Endpoint::File(path) => Warehouse::File(path.clone()),
        Endpoint::Http(url, scope) => Warehouse::Http {
            client: Box::new(Client::new(
                *scope,
                &settings.authorities,
                settings.retry,
                notices,
            )),
            url: url.clone(),
        },
    }
}
