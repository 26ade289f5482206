//! Setup of a live campaign: settings, lock, client, warehouse, and the sandbox if it is asked
//! for. `tick` runs one cycle of it, `watch` many.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::options::{LiveOptions, SandboxLifetime};
use super::running::{Live, RetryCounter};
use super::sandboxed::{self, SandboxedWorld};
use super::store::{HELPERS, StateError, Store};
use crate::base::clock::{Clock, Deadline};
use crate::base::notice::{Notice, Notices};
use crate::base::subject::Subject;
use crate::config::{
    CampaignAccess, Layers, LiveSettings, PlatformKind, Scope, Sources, default_state_path,
};
use crate::platform::sandbox::{self, Sandbox};
use crate::platform::skills::{SkillAccess, SkillSettings};

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
    if let Some(Err(error)) = &setup.settings.warehouse_headers {
        return Err(error.clone().into());
    }
    if !options.acts_twice && layers.front_load()? {
        notices.tell(&Notice::FrontLoadNeedsWatch);
    }
    refuse_shared_files(&layers, &setup.state_path, options)?;
    let store = if options.dry_run {
        Store::read_only(&setup.state_path, &setup.subject.key())?
    } else {
        setup.lock()?
    };
    setup.run(&store, notices, clock, begun, run)
}

/// One live campaign, before anything is opened.
pub(super) struct Setup<'a> {
    pub(super) options: &'a LiveOptions,
    pub(super) sources: &'a Sources,
    pub(super) settings: LiveSettings,
    access: Access,
    pub(super) subject: Subject,
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
        let mut settings = layers.live_settings()?;
        if !options.acts_twice {
            settings.pacing.pacer = settings.pacing.pacer.evenly();
        }
        let skill = || layers.skill_settings().map(Box::new);
        let access = match (&options.sandbox, settings.platform) {
            (Some(_), PlatformKind::CampaignApi) => Access::Sandbox,
            (Some(_), PlatformKind::Skills) => Access::SandboxSkill(skill()?),
            (None, PlatformKind::CampaignApi) => Access::Campaign(layers.campaign_access()?),
            (None, PlatformKind::Skills) => {
                Access::Skill(Box::new(layers.skill_access()?), skill()?)
            }
        };
        let subject = match &access {
            Access::Sandbox => Subject::Campaign(sandbox::CAMPAIGN_ID.to_owned()),
            Access::Campaign(access) => Subject::Campaign(access.campaign_id.as_str().to_owned()),
            Access::Skill(access, _) => Subject::Skill(access.skill_id.number()),
            Access::SandboxSkill(_) => Subject::Skill(sandbox::SKILL_ID.into()),
        };
        Ok(Self {
            options,
            sources,
            subject,
            access,
            state_path: state_path(options, layers, sources, lifetime)?,
            has_default_path: settings.state.is_none(),
            settings,
            lifetime,
        })
    }

    pub(super) fn is_sandbox(&self) -> bool {
        matches!(self.access, Access::Sandbox | Access::SandboxSkill(_))
    }

    /// The store of the campaign's state, locked.
    pub(super) fn lock(&self) -> Result<Store, StateError> {
        let store = Store::lock(&self.state_path, &self.subject.key())?;
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
        let notices = &RetryCounter::new(notices);
        match &self.access {
            Access::Campaign(access) => self.on_campaign(access, None, store, notices, begun, run),
            Access::Sandbox => {
                let sandbox = self.start_sandbox(store.path(), clock)?;
                let access = sandboxed::campaign_access(&sandbox)?;
                self.on_campaign(&access, Some(&sandbox), store, notices, begun, run)
            }
            Access::Skill(access, skill) => {
                self.on_skill((access, skill), None, store, notices, begun, run)
            }
            Access::SandboxSkill(skill) => {
                let sandbox = self.start_sandbox(store.path(), clock)?;
                let access = sandboxed::skill_access(&sandbox)?;
                self.on_skill((&access, skill), Some(&sandbox), store, notices, begun, run)
            }
        }
    }
}

impl Setup<'_> {
    fn start_sandbox(&self, state_path: &Path, clock: &Arc<dyn Clock>) -> Result<Sandbox> {
        let (speed, kept) = match self.lifetime {
            SandboxLifetime::Persistent => (self.options.speed, Some(state_path)),
            SandboxLifetime::Ephemeral => (1, None),
        };
        let world = SandboxedWorld {
            scenario: self.options.sandbox.as_ref().and_then(Option::as_deref),
            settings: &self.settings,
            speed,
            state_path: kept,
            writable: !self.options.dry_run,
        };
        world.start(clock)
    }
}

/// The campaign or skill, and the credentials for it.
enum Access {
    Sandbox,
    Campaign(CampaignAccess),
    Skill(Box<SkillAccess>, Box<SkillSettings>),
    SandboxSkill(Box<SkillSettings>),
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
    let id = match (&options.sandbox, layers.platform()?) {
        (Some(_), PlatformKind::CampaignApi) => sandbox::CAMPAIGN_ID.to_owned(),
        (Some(_), PlatformKind::Skills) => "skill".to_owned(),
        (None, PlatformKind::CampaignApi) => layers.campaign_id()?.as_str().to_owned(),
        (None, PlatformKind::Skills) => format!("skills/{}", layers.skill_id()?),
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

fn default_name(id: &str, options: &LiveOptions, lifetime: SandboxLifetime) -> PathBuf {
    let name = match (&options.sandbox, lifetime) {
        (None, _) => return PathBuf::from(id),
        (Some(_), SandboxLifetime::Persistent) => id,
        // No file exists under this name, since a dry run writes nothing.
        (Some(_), SandboxLifetime::Ephemeral) if options.dry_run => "at-speed-dry-run",
        (Some(_), SandboxLifetime::Ephemeral) => "at-speed",
    };
    // A separate folder, since a real campaign may have the same name.
    Path::new("sandbox").join(name)
}
