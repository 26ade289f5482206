//! The campaigns of one run, side by side: what happens to one touches no other.

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Error, Result, anyhow};

use super::access::SharedAccount;
use super::options::{LiveOptions, SandboxLifetime};
use super::running::{CampaignNotices, Live};
use super::setup::Setup;
use super::store::HELPERS;
use crate::base::clock::{Clock, Deadline};
use crate::base::input::InputError;
use crate::base::notice::{Notice, Notices};
use crate::base::subject::Subject;
use crate::config::{ConfigError, Endpoint, Layers, Scope, Sources};
use crate::platform::TokenCache;

/// The campaigns of a run, before anything is opened.
pub struct Group<'a> {
    /// The options of the command line.
    pub options: &'a LiveOptions,
    /// Where settings come from.
    pub sources: &'a Sources,
    /// The settings of each campaign.
    pub each: &'a [Layers],
    /// The receiver of notices.
    pub notices: &'a dyn Notices,
    /// The clock.
    pub clock: &'a Arc<dyn Clock>,
    /// When the run began.
    pub begun: Deadline<'a>,
}

/// The settings of each campaign of a run: of all, or of those that `only` names.
pub fn settings_of_each(
    options: &LiveOptions,
    sources: &Sources,
    only: &[String],
) -> Result<Vec<Layers>> {
    let scope = match options.sandbox {
        Some(_) => Scope::Sandbox,
        None => Scope::Live,
    };
    let each = Layers::gather(sources, scope)?.of_each(only, scope)?;
    if scope == Scope::Sandbox && each.len() > 1 {
        return Err(InputError(
            "--sandbox has one campaign; pick the settings for it with --only NAME".to_owned(),
        )
        .into());
    }
    Ok(each)
}

/// What became of one campaign.
pub struct Ran<R> {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// The campaign or skill.
    pub subject: Subject,
    /// The result.
    pub result: Result<R>,
}

/// Sets up the campaigns and calls `run` with each, all at the same time. Where one cannot be opened,
/// or `run` fails, and `again` says so, it is tried again.
///
/// An error here means that nothing was begun; what happens to one campaign is in its result. The
/// locks and the sandbox end after `run`.
pub fn run_each<R: Send>(
    group: &Group,
    lifetime: SandboxLifetime,
    again: &(dyn Fn(&str, &Error) -> bool + Sync),
    run: &(dyn Fn(&Live) -> Result<R> + Sync),
) -> Result<Vec<Ran<R>>> {
    group.tell_notices();
    let each = group.each;
    if !group.options.acts_twice && each.iter().any(|layers| layers.front_load() == Ok(true)) {
        group.notices.tell(&Notice::FrontLoadNeedsWatch);
    }
    let setups = group.setups(lifetime)?;
    for setup in &setups {
        if let Some(Err(error)) = &setup.settings.warehouse_headers {
            return Err(error.clone().into());
        }
    }
    group.refuse_shared_files(&setups)?;
    let shared = group.shared_account(&setups, !group.options.dry_run)?;
    let results = side_by_side(&setups, &|setup| {
        let notices = CampaignNotices::new(group.notices, setup.label());
        let mut begun = group.begun;
        loop {
            let ran = setup.store().map_err(Error::from).and_then(|store| {
                setup.run(&store, shared.as_ref(), &notices, group.clock, begun, run)
            });
            match ran {
                Err(error) if again(&setup.label(), &error) => {
                    begun = Deadline::after(group.clock.as_ref(), Duration::MAX);
                }
                ran => return ran,
            }
        }
    });
    Ok(Ran::each(setups, results))
}

impl<R> Ran<R> {
    pub(super) fn each(setups: Vec<Setup>, results: Vec<Result<R>>) -> Vec<Self> {
        let ran = setups.into_iter().zip(results);
        ran.map(|(setup, result)| Self {
            name: setup.name,
            subject: setup.subject,
            result,
        })
        .collect()
    }
}

impl<'a> Group<'a> {
    /// Tells what was found in the sources that is worth telling.
    pub(super) fn tell_notices(&self) {
        for notice in self.each.iter().take(1).flat_map(Layers::notices) {
            self.notices.tell(notice);
        }
    }

    pub(super) fn setups(&self, lifetime: SandboxLifetime) -> Result<Vec<Setup<'a>>, ConfigError> {
        let setup = |layers| Setup::new(self.options, layers, self.sources, lifetime);
        self.each.iter().map(setup).collect()
    }

    /// The account that several campaigns share; a single one has its own.
    pub(super) fn shared_account(
        &self,
        setups: &[Setup],
        writable: bool,
    ) -> Result<Option<SharedAccount<'a>>> {
        let Some(setup) = setups.first().filter(|setup| setup.name.is_some()) else {
            return Ok(None);
        };
        let Some(access) = &setup.access else {
            return Ok(None);
        };
        let path = setup.state_path.with_file_name(TOKEN_FILE);
        let cache = TokenCache { path, writable };
        SharedAccount::open(access, &setup.settings, self.sources, cache, self.notices).map(Some)
    }

    /// Refuses two files of the run that are one, before anything is written. A file of records may be
    /// that of several campaigns.
    pub(super) fn refuse_shared_files(&self, setups: &[Setup]) -> Result<()> {
        let Some(first) = self.each.first() else {
            return Ok(());
        };
        let mut uses = first.file_uses();
        let mut records: Vec<&Path> = Vec::new();
        for (layers, setup) in self.each.iter().zip(setups) {
            let named_by = match &setup.name {
                Some(name) => format!("the state of {name}"),
                None => layers.name_of("state"),
            };
            uses.append(named_by.as_str(), &setup.state_path);
            uses.beside(&named_by, &setup.state_path, HELPERS);
            if let Some(Endpoint::File(path)) = &setup.settings.warehouse
                && !records.contains(&path.as_path())
            {
                uses.append(layers.name_of("dw_endpoint"), path);
                records.push(path);
            }
        }
        if let Some(Some(scenario)) = &self.options.sandbox {
            uses.read("--sandbox", scenario);
        }
        Ok(uses.check()?)
    }
}

/// Calls `work` with each item at the same time. A panic is that item's failure.
pub(super) fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    work: &(dyn Fn(&T) -> Result<R> + Sync),
) -> Vec<Result<R>> {
    let work = |item: &T| {
        let result = panic::catch_unwind(AssertUnwindSafe(|| work(item)));
        result.unwrap_or_else(|_| Err(anyhow!("a fault of dialpace itself: please report it")))
    };
    if let [item] = items {
        return vec![work(item)];
    }
    thread::scope(|scope| {
        let start = |item| {
            let thread = thread::Builder::new();
            (item, thread.spawn_scoped(scope, move || work(item)).ok())
        };
        let started: Vec<_> = items.iter().map(start).collect();
        let end = |(item, thread): (_, Option<thread::ScopedJoinHandle<Result<R>>>)| {
            // Where no thread can be had, they follow one another.
            match thread.map(thread::ScopedJoinHandle::join) {
                Some(Ok(result)) => result,
                _ => work(item),
            }
        };
        started.into_iter().map(end).collect()
    })
}

/// The file of the account's token, in the folder of states. No state has this name.
const TOKEN_FILE: &str = "account.token";
