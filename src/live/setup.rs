//! Setup of a live campaign: settings, lock, client, warehouse, and the sandbox if it is asked
//! for. `tick` runs one cycle of it, `watch` many.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::cycle::Cycle;
use super::outcome::CycleReport;
use super::state::{Counters, State};
use super::store::{StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::notice::{Notice, Notices};
use crate::config::scenario_file;
use crate::config::{
    CampaignAccess, Endpoint, Layers, LiveSettings, Scope, Sources, default_state_path,
};
use crate::http::{Client, HostScope};
use crate::pacing::Action;
use crate::platform::sandbox::{self, Sandbox, SandboxCampaign};
use crate::platform::{
    Account, AccountSettings, CampaignApi, CampaignId, CampaignSettings, Platform, ReadOnly, Site,
    TokenCache,
};
use crate::sim::{Figures, Scenario};
use crate::warehouse::Warehouse;

/// Options of the command line for a live campaign.
#[derive(Clone, Debug)]
pub struct LiveOptions {
    /// `--sandbox`, with its scenario.
    pub sandbox: Option<Option<PathBuf>>,
    /// `--speed`.
    pub speed: u16,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--json`.
    pub json: bool,
}

/// Lifetime of the sandbox's campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SandboxLifetime {
    /// Kept in a file; it continues between runs, at the speed of `--speed`.
    Persistent,
    /// Ends with the run, and runs by the run's clock.
    Ephemeral,
}

/// A campaign that is ready for its cycles.
pub struct Live<'a> {
    cycle: Cycle<'a>,
    account: &'a Account<'a>,
    sandbox: Option<&'a Sandbox>,
    /// Time from one cycle to the next.
    pub interval: Duration,
    /// Deadline of the first cycle, counted from the start of the run.
    pub deadline: Deadline<'a>,
    /// The metrics file, if any.
    pub metrics_file: Option<&'a Path>,
    retries: &'a AtomicU64,
}

/// Sets up a live campaign and calls `run` with it. The sandbox and the lock end after `run`.
pub fn open_and_run<R>(
    options: &LiveOptions,
    sources: &Sources,
    notices: &dyn Notices,
    clock: &Arc<dyn Clock>,
    lifetime: SandboxLifetime,
    run: impl FnOnce(&Live) -> Result<R>,
) -> Result<R> {
    let deadline_from_start = |limit| Deadline::after(clock.as_ref(), limit);
    let scope = match options.sandbox {
        Some(_) => Scope::Sandbox,
        None => Scope::Live,
    };
    let layers = Layers::gather(sources, scope)?;
    for (name, nearest) in layers.misspelled() {
        notices.tell(&Notice::UnknownSetting {
            name: name.clone(),
            nearest,
        });
    }
    let mut settings = layers.live_settings()?;
    let deadline = deadline_from_start(settings.deadline);

    let access = match options.sandbox {
        Some(_) => None,
        None => Some(layers.campaign_access()?),
    };
    let campaign_id = access
        .as_ref()
        .map_or(sandbox::CAMPAIGN_ID, |a| a.campaign_id.as_str());
    let is_default = settings.state.is_none();
    let state_path = match settings.state.take() {
        Some(path) => path,
        None => default_state_path(
            sources,
            &default_name(campaign_id, access.is_none(), lifetime, options.dry_run),
        )?,
    };
    let store = if options.dry_run {
        Store::read_only(&state_path, campaign_id)
    } else {
        Store::lock(&state_path, campaign_id)?
    };
    if lifetime == SandboxLifetime::Ephemeral && is_default && !options.dry_run {
        // The state of an earlier run belongs to a world that has ended.
        let _ = fs::remove_file(&state_path);
    }

    let (sandbox, access) = match (access, &options.sandbox) {
        (Some(access), _) => (None, access),
        (None, scenario) => {
            let scenario = scenario.as_ref().and_then(Option::as_deref);
            let sandbox = start_sandbox(scenario, &state_path, options, clock, lifetime)?;
            let access = sandbox_access(&sandbox)?;
            settings
                .warehouse
                .get_or_insert(Endpoint::Http(sandbox.warehouse(), HostScope::Loopback));
            (Some(sandbox), access)
        }
    };
    let notices = &RetryCounter {
        notices,
        retries: AtomicU64::new(0),
    };
    let shared = Account::new(
        account_settings(&access, &settings, &state_path, options.dry_run),
        notices,
    );
    let campaign_id = access.campaign_id.clone();
    let api = CampaignApi::new(
        &shared,
        CampaignSettings {
            campaign_id: access.campaign_id,
            interval: settings.pacing.interval,
            if_match: settings.if_match,
            actuator: settings.pacing.pacer.limits().actuator,
        },
    );
    let withholding = ReadOnly(&api);
    let platform: &dyn Platform = if options.dry_run { &withholding } else { &api };
    let warehouse = settings.warehouse.as_ref().map(|endpoint| {
        if options.dry_run {
            Warehouse::ReadOnly
        } else {
            warehouse(endpoint, &settings, notices)
        }
    });
    let cycle = Cycle {
        pacer: &settings.pacing.pacer,
        campaign_id: campaign_id.as_str(),
        platform,
        warehouse: warehouse.as_ref(),
        store: &store,
        outbox_capacity: settings.outbox_capacity,
        notices,
    };
    run(&Live {
        cycle,
        account: &shared,
        sandbox: sandbox.as_ref(),
        interval: settings.pacing.interval,
        deadline,
        metrics_file: settings
            .metrics_file
            .as_deref()
            .filter(|_| !options.dry_run),
        retries: &notices.retries,
    })
}

impl Live<'_> {
    /// Reads the state for the cycles to come.
    pub fn load(&self) -> Result<State, StateError> {
        self.cycle.load(self.deadline.clock())
    }

    /// Runs one cycle.
    pub fn run(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        self.cycle.run(state, deadline)
    }

    /// Counts a cycle in the state and saves it before the counters are published.
    pub fn count(&self, state: &mut State, report: &CycleReport) -> Result<Counters, StateError> {
        let counters = state.counters.get_or_insert_default();
        counters.retries += self.retries.swap(0, Ordering::Relaxed);
        counters.exported += report.exported as u64;
        match report.action() {
            _ if report.error.is_some() => counters.failed += 1,
            Action::Adjust => counters.adjusted += 1,
            Action::Hold => counters.held += 1,
            Action::Stop => counters.stopped += 1,
            Action::Safe => counters.safe += 1,
        }
        if report.error.is_none() {
            counters.succeeded_at = Some(report.decision.at);
        }
        let counters = *counters;
        self.cycle.store.save(state)?;
        Ok(counters)
    }

    /// The parts of its cycle.
    #[must_use]
    pub fn cycle(&self) -> &Cycle<'_> {
        &self.cycle
    }

    /// Results of the sandbox's campaign during this run.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        self.sandbox.map(Sandbox::figures)
    }

    /// Its HTTP exchanges, which another thread may abort.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges<'_> {
        Exchanges {
            account: self.account,
            warehouse: self.cycle.warehouse,
        }
    }
}

/// The HTTP exchanges of a live campaign.
#[derive(Clone, Copy)]
pub struct Exchanges<'a> {
    account: &'a Account<'a>,
    warehouse: Option<&'a Warehouse<'a>>,
}

impl Exchanges<'_> {
    /// Ends every exchange at once and refuses new ones.
    pub fn abort(&self) {
        self.account.abort();
        if let Some(warehouse) = self.warehouse {
            warehouse.abort();
        }
    }
}

/// Counts retries and passes every notice on.
struct RetryCounter<'a> {
    notices: &'a dyn Notices,
    retries: AtomicU64,
}

impl Notices for RetryCounter<'_> {
    fn tell(&self, notice: &Notice) {
        if matches!(notice, Notice::Retry { .. }) {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        self.notices.tell(notice);
    }
}

fn default_name(
    campaign_id: &str,
    sandbox: bool,
    lifetime: SandboxLifetime,
    dry_run: bool,
) -> PathBuf {
    match (sandbox, lifetime) {
        (false, _) => PathBuf::from(campaign_id),
        // A separate folder, since a real campaign may have the same name.
        (true, SandboxLifetime::Persistent) => Path::new("sandbox").join(campaign_id),
        // No file exists under this name, since a dry run writes nothing.
        (true, SandboxLifetime::Ephemeral) if dry_run => {
            Path::new("sandbox").join("at-speed-dry-run")
        }
        (true, SandboxLifetime::Ephemeral) => Path::new("sandbox").join("at-speed"),
    }
}

fn start_sandbox(
    scenario: Option<&Path>,
    state_path: &Path,
    options: &LiveOptions,
    clock: &Arc<dyn Clock>,
    lifetime: SandboxLifetime,
) -> Result<Sandbox> {
    let scenario = match scenario {
        Some(path) => scenario_file::read_checked(path)?.scenario,
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
