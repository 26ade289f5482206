//! A live campaign, set up for its cycles: settings, lock, client, warehouse, and the sandbox
//! where that is asked for. `tick` runs one cycle of it, `watch` many.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::cycle::Cycle;
use super::outcome::CycleReport;
use super::state::{Counters, State, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::notice::{Notice, Notices};
use crate::config::scenario_file;
use crate::config::{Account, Endpoint, Layers, LiveSettings, Scope, Sources, default_state_path};
use crate::http::{Client, Reach};
use crate::pacing::Action;
use crate::platform::sandbox::{self, Campaign, Sandbox};
use crate::platform::{Access, CampaignId, Cxone, Site, TokenCache};
use crate::sim::{Figures, Scenario};
use crate::warehouse::Warehouse;

/// What the command line asks of a live campaign.
#[derive(Clone, Debug)]
pub struct Options {
    /// `--sandbox`, with its scenario.
    pub sandbox: Option<Option<PathBuf>>,
    /// `--speed`.
    pub speed: u16,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--json`.
    pub json: bool,
}

/// Where the sandbox's world keeps its past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SandboxLifetime {
    /// In a file; it goes on between runs at the speed that was asked for.
    Persistent,
    /// Nowhere; it begins with the run and has the run's clock.
    Ephemeral,
}

/// A campaign that is ready for its cycles.
pub struct Live<'a> {
    cycle: Cycle<'a>,
    platform: &'a Cxone<'a>,
    sandbox: Option<&'a Sandbox>,
    /// Time from one cycle to the next.
    pub interval: Duration,
    /// Time that a cycle may take, from when the run began for the first one.
    pub deadline: Deadline<'a>,
    /// Where metrics are written, if anywhere.
    pub metrics_file: Option<&'a Path>,
    retries: &'a AtomicU64,
}

/// Sets everything up and calls `run` with it. The sandbox and the lock last as long as that.
pub fn open_and_run<R>(
    options: &Options,
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

    let account = match options.sandbox {
        Some(_) => None,
        None => Some(layers.account()?),
    };
    let campaign_id = account
        .as_ref()
        .map_or(sandbox::CAMPAIGN_ID, |a| a.campaign_id.as_str());
    let is_default = settings.state.is_none();
    let state_path = match settings.state.take() {
        Some(path) => path,
        None => default_state_path(
            sources,
            &default_name(campaign_id, account.is_none(), lifetime, options.dry_run),
        )?,
    };
    let store = if options.dry_run {
        Store::read_only(&state_path, campaign_id)
    } else {
        Store::lock(&state_path, campaign_id)?
    };
    if lifetime == SandboxLifetime::Ephemeral && is_default && !options.dry_run {
        // It belongs to a world that is gone.
        let _ = fs::remove_file(&state_path);
    }

    let (sandbox, account) = match (account, &options.sandbox) {
        (Some(account), _) => (None, account),
        (None, scenario) => {
            let scenario = scenario.as_ref().and_then(Option::as_deref);
            let sandbox = start_sandbox(scenario, &state_path, options, clock, lifetime)?;
            let account = sandbox_account(&sandbox)?;
            settings
                .warehouse
                .get_or_insert(Endpoint::Http(sandbox.warehouse(), Reach::Loopback));
            (Some(sandbox), account)
        }
    };
    let notices = &Counted {
        notices,
        retries: AtomicU64::new(0),
    };
    let platform = Cxone::new(
        access(&account, &settings, &state_path, options.dry_run),
        notices,
    );
    let warehouse = settings
        .warehouse
        .as_ref()
        .map(|endpoint| warehouse(endpoint, &settings, notices));
    let cycle = Cycle {
        pacer: &settings.pacing.pacer,
        campaign_id: account.campaign_id.as_str(),
        platform: &platform,
        warehouse: warehouse.as_ref(),
        store: &store,
        if_match: settings.if_match,
        outbox_capacity: settings.outbox_capacity,
        dry_run: options.dry_run,
        notices,
    };
    run(&Live {
        cycle,
        platform: &platform,
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
    /// Reads the state that the cycles go on from.
    pub fn load(&self) -> Result<State, StateError> {
        self.cycle.load(self.deadline.clock())
    }

    /// Runs one cycle.
    pub fn run(&self, state: &mut State, deadline: &Deadline) -> CycleReport {
        self.cycle.run(state, deadline)
    }

    /// Counts a cycle in the state and saves it, so that no count is ever shown twice.
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

    /// What is paced, and how.
    #[must_use]
    pub fn cycle(&self) -> &Cycle<'_> {
        &self.cycle
    }

    /// What became of the sandbox's campaign during this run.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        self.sandbox.map(Sandbox::figures)
    }

    /// What ends its exchanges from another thread.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges<'_> {
        Exchanges {
            platform: self.platform,
            warehouse: self.cycle.warehouse,
        }
    }
}

/// The HTTP exchanges of a live campaign.
#[derive(Clone, Copy)]
pub struct Exchanges<'a> {
    platform: &'a Cxone<'a>,
    warehouse: Option<&'a Warehouse<'a>>,
}

impl Exchanges<'_> {
    /// Ends every exchange at once, and lets no other begin.
    pub fn abort(&self) {
        self.platform.abort();
        if let Some(warehouse) = self.warehouse {
            warehouse.abort();
        }
    }
}

/// Counts retries on their way to whoever is told of them.
struct Counted<'a> {
    notices: &'a dyn Notices,
    retries: AtomicU64,
}

impl Notices for Counted<'_> {
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
        // A folder of its own, since a real campaign may have the same name.
        (true, SandboxLifetime::Persistent) => Path::new("sandbox").join(campaign_id),
        // Nothing is ever there, since a dry run writes nothing.
        (true, SandboxLifetime::Ephemeral) if dry_run => {
            Path::new("sandbox").join("at-speed-dry-run")
        }
        (true, SandboxLifetime::Ephemeral) => Path::new("sandbox").join("at-speed"),
    }
}

fn start_sandbox(
    scenario: Option<&Path>,
    state_path: &Path,
    options: &Options,
    clock: &Arc<dyn Clock>,
    lifetime: SandboxLifetime,
) -> Result<Sandbox> {
    let scenario = match scenario {
        Some(path) => scenario_file::read_checked(path)?,
        None => Scenario::default(),
    };
    let path = files::sibling(state_path, ".campaign");
    let (speed, kept) = match lifetime {
        SandboxLifetime::Persistent => (options.speed, Some(path.as_path())),
        SandboxLifetime::Ephemeral => (1, None),
    };
    Campaign::open(&scenario, speed, Arc::clone(clock), kept, !options.dry_run)
        .and_then(Sandbox::start)
        .with_context(|| {
            format!(
                "cannot start the sandbox, whose campaign is kept in {}",
                path.display()
            )
        })
}

fn sandbox_account(sandbox: &Sandbox) -> Result<Account> {
    let invalid = |problem: String| anyhow!("sandbox: {problem}");
    Ok(Account {
        site: Site::new(&sandbox.site()).map_err(invalid)?,
        client_id: sandbox::CLIENT_ID.to_owned(),
        client_secret: sandbox::CLIENT_SECRET.into(),
        campaign_id: CampaignId::new(sandbox::CAMPAIGN_ID).map_err(invalid)?,
    })
}

fn access(account: &Account, settings: &LiveSettings, state_path: &Path, dry_run: bool) -> Access {
    let limits = settings.pacing.pacer.limits();
    Access {
        site: account.site.clone(),
        client_id: account.client_id.clone(),
        client_secret: account.client_secret.clone(),
        campaign_id: account.campaign_id.clone(),
        authorities: settings.authorities.clone(),
        retry: settings.retry,
        interval: settings.pacing.interval,
        token_cache: Some(TokenCache {
            path: files::sibling(state_path, ".token"),
            writable: !dry_run,
        }),
        dial_rates: (limits.min_dial_rate, limits.max_dial_rate),
    }
}

fn warehouse<'a>(
    endpoint: &Endpoint,
    settings: &LiveSettings,
    notices: &'a dyn Notices,
) -> Warehouse<'a> {
    match endpoint {
        Endpoint::File(path) => Warehouse::File(path.clone()),
        Endpoint::Http(url, reach) => Warehouse::Http {
            client: Box::new(Client::new(
                *reach,
                &settings.authorities,
                settings.retry,
                notices,
            )),
            url: url.clone(),
        },
    }
}
