//! Setup of a live campaign: its settings, state, lock, and the sandbox if it is asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;

use super::access::Access;
use super::options::{LiveOptions, SandboxLifetime};
use super::pool::Pool;
use super::sandboxed::SandboxedWorld;
use super::store::{StateError, Store};
use crate::base::clock::Clock;
use crate::base::subject::Subject;
use crate::config::{ConfigError, Layers, LiveSettings, PlatformKind, Sources};
use crate::platform::sandbox::{self, Sandbox};
use crate::platform::skills::SkillSettings;

/// One live campaign, before anything is opened.
pub(super) struct Setup<'a> {
    pub(super) options: &'a LiveOptions,
    pub(super) sources: &'a Sources,
    pub(super) settings: LiveSettings,
    /// `None`: the sandbox.
    pub(super) access: Option<Access>,
    /// The settings of a skill.
    pub(super) skill: Option<SkillSettings>,
    pub(super) subject: Subject,
    /// Its name, where there are several.
    pub(super) name: Option<String>,
    pub(super) pool: Option<Pool>,
    pub(super) state_path: PathBuf,
    lifetime: SandboxLifetime,
}

impl<'a> Setup<'a> {
    pub(super) fn new(
        options: &'a LiveOptions,
        layers: &Layers,
        sources: &'a Sources,
        lifetime: SandboxLifetime,
    ) -> Result<Self, ConfigError> {
        let mut settings = layers.live_settings()?;
        if !options.acts_twice {
            settings.pacing.pacer = settings.pacing.pacer.evenly();
        }
        let skill = match settings.platform {
            PlatformKind::CampaignApi => None,
            PlatformKind::Skills => Some(layers.skill_settings()?),
        };
        let access = match (&options.sandbox, &skill) {
            (Some(_), _) => None,
            (None, None) => Some(Access::Campaign(layers.campaign_access()?)),
            (None, Some(skill)) => {
                let access = Box::new(layers.skill_access()?);
                Some(Access::Skill(access, Box::new(skill.clone())))
            }
        };
        let subject = match &access {
            Some(Access::Campaign(access)) => {
                Subject::Campaign(access.campaign_id.as_str().to_owned())
            }
            Some(Access::Skill(access, _)) => Subject::Skill(access.skill_id.number()),
            None if skill.is_some() => Subject::Skill(sandbox::SKILL_ID.into()),
            None => Subject::Campaign(sandbox::CAMPAIGN_ID.to_owned()),
        };
        Ok(Self {
            options,
            sources,
            subject,
            access,
            skill,
            name: layers.name().map(str::to_owned),
            pool: pool(layers, sources)?,
            state_path: state_path(options, layers, sources, lifetime)?,
            settings,
            lifetime,
        })
    }

    pub(super) fn is_sandbox(&self) -> bool {
        self.access.is_none()
    }

    /// What the campaign is called in messages.
    pub(super) fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.subject.id())
    }

    /// The store of the campaign's state, locked.
    pub(super) fn lock(&self) -> Result<Store, StateError> {
        let store = Store::lock(&self.state_path, &self.subject.key())?;
        if self.lifetime == SandboxLifetime::Ephemeral && self.settings.state.is_none() {
            // The state of an earlier run belongs to a world that has ended.
            let _ = fs::remove_file(store.path());
        }
        Ok(store)
    }

    /// The store of a run: locked, or in a dry run only read.
    pub(super) fn store(&self) -> Result<Store, StateError> {
        if self.options.dry_run {
            Store::read_only(&self.state_path, &self.subject.key())
        } else {
            self.lock()
        }
    }

    pub(super) fn start_sandbox(
        &self,
        state_path: &Path,
        clock: &Arc<dyn Clock>,
    ) -> Result<Sandbox> {
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

/// The path of the campaign's state.
pub fn state_path(
    options: &LiveOptions,
    layers: &Layers,
    sources: &Sources,
    lifetime: SandboxLifetime,
) -> Result<PathBuf, ConfigError> {
    if let Some(path) = layers.state_path() {
        return Ok(path);
    }
    let id = match (&options.sandbox, layers.platform()?) {
        (None, _) if layers.name().is_some() => layers.name().unwrap_or_default().to_owned(),
        (Some(_), PlatformKind::CampaignApi) => sandbox::CAMPAIGN_ID.to_owned(),
        (Some(_), PlatformKind::Skills) => "skill".to_owned(),
        (None, PlatformKind::CampaignApi) => layers.campaign_id()?.as_str().to_owned(),
        (None, PlatformKind::Skills) => format!("skills/{}", layers.skill_id()?),
    };
    layers.default_state_path(sources, &default_name(&id, options, lifetime))
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

/// The pool of the campaign, if it shares agents with others.
fn pool(layers: &Layers, sources: &Sources) -> Result<Option<Pool>, ConfigError> {
    let names = layers.pool().iter().map(|(name, _)| name);
    let Some(own) = names
        .clone()
        .position(|name| Some(name.as_str()) == layers.name())
    else {
        return Ok(None);
    };
    let members = layers.pool().iter().map(|(name, hours)| {
        let state = layers.default_state_path(sources, Path::new(name))?;
        Ok((state, hours.clone()))
    });
    Ok(Some(Pool::new(members.collect::<Result<_, _>>()?, own)))
}
