//! `tick`: one cycle and out.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::clock::{Clock, Deadline};
use crate::config::{Account, Driving, Endpoint, Layers, Sources, default_state_path};
use crate::cycle::{Cycle, CycleReport};
use crate::files;
use crate::http::{Client, Reach};
use crate::notice::{Notice, Notices};
use crate::pacing::Action;
use crate::platform::sandbox::{self, Campaign, Sandbox};
use crate::platform::{Access, CampaignId, Cxone, Site, TokenCache};
use crate::report::{self, Console};
use crate::scenario_file;
use crate::sim::Scenario;
use crate::state::Store;
use crate::warehouse::Warehouse;

/// What the command line asks of a tick.
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

/// Runs one cycle and prints it. The report says whether all of it went well.
pub fn run(
    options: &Options,
    sources: &Sources,
    console: &Console,
    clock: &dyn Clock,
) -> Result<CycleReport> {
    let deadline_from_start = |limit| Deadline::after(clock, limit);
    let layers = Layers::gather(sources, options.sandbox.is_some())?;
    for (name, nearest) in layers.suspects() {
        console.tell(&Notice::UnknownSetting {
            name: name.clone(),
            nearest,
        });
    }
    let mut driving = layers.driving()?;
    let deadline = deadline_from_start(driving.deadline);

    let account = match options.sandbox {
        Some(_) => None,
        None => Some(layers.account()?),
    };
    let campaign_id = account
        .as_ref()
        .map_or(sandbox::CAMPAIGN_ID, |a| a.campaign_id.as_str());
    let state_path = match driving.state.take() {
        Some(path) => path,
        None => default_state_path(sources, &default_name(campaign_id, account.is_none()))?,
    };
    let store = if options.dry_run {
        Store::read_only(&state_path, campaign_id)
    } else {
        Store::lock(&state_path, campaign_id)?
    };

    // The sandbox runs as long as this binding lives.
    let (_sandbox, account) = match (account, &options.sandbox) {
        (Some(account), _) => (None, account),
        (None, scenario) => {
            let scenario = scenario.as_ref().and_then(Option::as_deref);
            let sandbox = start_sandbox(scenario, &state_path, options)?;
            let account = sandbox_account(&sandbox)?;
            driving
                .warehouse
                .get_or_insert(Endpoint::Http(sandbox.warehouse(), Reach::Loopback));
            (Some(sandbox), account)
        }
    };
    let platform = Cxone::new(
        access(&account, &driving, &state_path, options.dry_run),
        console,
    );
    let warehouse = driving
        .warehouse
        .as_ref()
        .map(|endpoint| warehouse(endpoint, &driving, console));
    let cycle = Cycle {
        pacer: &driving.pacing.pacer,
        campaign_id: account.campaign_id.as_str(),
        platform: &platform,
        warehouse: warehouse.as_ref(),
        store: &store,
        if_match: driving.if_match,
        outbox_capacity: driving.outbox_capacity,
        dry_run: options.dry_run,
        notices: console,
    };
    let mut state = cycle.load(clock)?;
    let report = cycle.run(&mut state, &deadline);
    print(&report, options, &cycle, *console)
        .context("the cycle is done, but its result cannot be printed")?;
    Ok(report)
}

fn print(
    report: &CycleReport,
    options: &Options,
    cycle: &Cycle,
    console: Console,
) -> io::Result<()> {
    if options.json {
        if !report.has_warehouse && report.action() != Action::Hold {
            console.tell(&Notice::NothingExported);
        }
        return console.data(&report::json::cycle(report, cycle.campaign_id, cycle.pacer));
    }
    if report.is_worth_a_line() && !console.quiet {
        console.data(&report::text::cycle(report, cycle.campaign_id))?;
    }
    if options.dry_run && report.error.is_none() {
        console.data(&report::text::dry_run(report))?;
    }
    Ok(())
}

fn default_name(campaign_id: &str, sandbox: bool) -> PathBuf {
    if sandbox {
        // A folder of its own, since a real campaign may have the same name.
        Path::new("sandbox").join(campaign_id)
    } else {
        PathBuf::from(campaign_id)
    }
}

fn start_sandbox(scenario: Option<&Path>, state_path: &Path, options: &Options) -> Result<Sandbox> {
    let scenario = match scenario {
        Some(path) => scenario_file::read_checked(path)?,
        None => Scenario::default(),
    };
    let path = files::sibling(state_path, ".campaign");
    Campaign::open(scenario, options.speed, &path, !options.dry_run)
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

fn access(account: &Account, driving: &Driving, state_path: &Path, dry_run: bool) -> Access {
    let limits = driving.pacing.pacer.limits();
    Access {
        site: account.site.clone(),
        client_id: account.client_id.clone(),
        client_secret: account.client_secret.clone(),
        campaign_id: account.campaign_id.clone(),
        authorities: driving.authorities.clone(),
        retry: driving.retry,
        interval: driving.pacing.interval,
        token_cache: Some(TokenCache {
            path: files::sibling(state_path, ".token"),
            writable: !dry_run,
        }),
        dial_rates: (limits.min_dial_rate, limits.max_dial_rate),
    }
}

fn warehouse<'a>(
    endpoint: &Endpoint,
    driving: &Driving,
    notices: &'a dyn Notices,
) -> Warehouse<'a> {
    match endpoint {
        Endpoint::File(path) => Warehouse::File(path.clone()),
        Endpoint::Http(url, reach) => Warehouse::Http {
            client: Box::new(Client::new(
                *reach,
                &driving.authorities,
                driving.retry,
                notices,
            )),
            url: url.clone(),
        },
    }
}
