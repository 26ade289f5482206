//! The opening of a campaign's platform and warehouse, for the cycles of one run.

use std::sync::Arc;

use anyhow::Result;

use super::access::{Access, SharedAccount, proxy};
use super::cycle::Cycle;
use super::running::{CampaignNotices, Live};
use super::sandboxed;
use super::setup::Setup;
use super::store::Store;
use crate::base::clock::{Clock, Deadline};
use crate::base::files;
use crate::base::notice::Notices;
use crate::config::Endpoint;
use crate::http::{Client, Host, HostScope};
use crate::platform::sandbox::Sandbox;
use crate::platform::{Platform, ReadOnly, TokenCache};
use crate::warehouse::{Recipient, Warehouse};

/// A campaign whose state is at hand.
struct Opening<'a> {
    setup: &'a Setup<'a>,
    access: &'a Access,
    sandbox: Option<&'a Sandbox>,
    store: &'a Store,
    notices: &'a CampaignNotices<'a>,
    begun: Deadline<'a>,
}

impl Setup<'_> {
    /// Calls `run` with the campaign, whose state is in `store`. Without a `shared` account it has
    /// one of its own. The sandbox ends after `run`.
    pub(super) fn run<R>(
        &self,
        store: &Store,
        shared: Option<&SharedAccount>,
        notices: &CampaignNotices,
        clock: &Arc<dyn Clock>,
        begun: Deadline,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let opening = |access, sandbox| Opening {
            setup: self,
            access,
            sandbox,
            store,
            notices,
            begun,
        };
        if let Some(access) = &self.access {
            return opening(access, None).run(shared, run);
        }
        let sandbox = self.start_sandbox(store.path(), clock)?;
        let access = sandboxed::access(&sandbox, self.skill.as_ref())?;
        opening(&access, Some(&sandbox)).run(None, run)
    }
}

impl Opening<'_> {
    fn run<R>(
        &self,
        shared: Option<&SharedAccount>,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        if let Some(account) = shared {
            return self.on_account(account, run);
        }
        let cache = TokenCache {
            path: files::sibling(self.store.path(), ".token"),
            writable: self.store.is_writable(),
        };
        let Setup {
            settings, sources, ..
        } = self.setup;
        let account = SharedAccount::open(self.access, settings, sources, cache, self.notices)?;
        self.on_account(&account, run)
    }

    fn on_account<R>(
        &self,
        account: &SharedAccount,
        run: impl FnOnce(&Live) -> Result<R>,
    ) -> Result<R> {
        let Self {
            setup,
            sandbox,
            store,
            notices,
            ..
        } = *self;
        let Setup {
            options, settings, ..
        } = setup;
        let platform = account.platform(self.access, settings, notices)?;
        let withholding = ReadOnly(platform.as_ref());
        let platform: &dyn Platform = if options.dry_run {
            &withholding
        } else {
            platform.as_ref()
        };
        let mut endpoint = settings.warehouse.clone();
        if let Some(sandbox) = sandbox {
            let records = Endpoint::Http(sandbox.warehouse(), HostScope::Loopback);
            endpoint.get_or_insert(records);
        }
        let warehouse = match &endpoint {
            Some(_) if options.dry_run => Some(Warehouse::ReadOnly),
            Some(endpoint) => Some(setup.warehouse(endpoint, notices)?),
            None => None,
        };
        let metrics_file = settings.metrics_file.as_deref();
        run(&Live {
            cycle: Cycle {
                pacer: &settings.pacing.pacer,
                subject: &setup.subject,
                platform,
                warehouse: warehouse.as_ref(),
                store,
                pool: setup.pool.as_ref(),
                outbox_capacity: settings.outbox_capacity,
                notices,
            },
            name: setup.name.as_deref(),
            account: account.connections(),
            sandbox,
            interval: settings.pacing.interval,
            deadline: self.begun.with_limit(settings.deadline),
            metrics_file: metrics_file.filter(|_| !options.dry_run),
            retries: &notices.retries,
        })
    }
}

impl Setup<'_> {
    /// The warehouse at an address. Sends nothing.
    pub(super) fn warehouse<'n>(
        &self,
        endpoint: &Endpoint,
        notices: &'n dyn Notices,
    ) -> Result<Warehouse<'n>> {
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
        let host = Host::new(scope, proxy, &settings.authorities, retry)
            .with_timeout(settings.warehouse_timeout)
            .with_header_file(headers);
        Ok(Warehouse::Http(Box::new(Recipient {
            client: Client::new(Arc::new(host), notices),
            url: url.clone(),
            format: settings.warehouse_format,
            rereads_headers: self.options.acts_twice,
        })))
    }
}
