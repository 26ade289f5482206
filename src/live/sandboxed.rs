//! The sandbox of a live run, and the access to it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use super::access::Access;
use crate::base::clock::Clock;
use crate::base::files;
use crate::base::input::InputError;
use crate::config::{CampaignAccess, LiveSettings, PlatformKind, scenario_file};
use crate::platform::sandbox::{self, Sandbox, SandboxSettings};
use crate::platform::skills::{SkillAccess, SkillCredentials, SkillId, SkillSettings};
use crate::platform::{CampaignId, Site};
use crate::sim::{DialerKind, Scenario};

/// The world of a sandbox.
pub(super) struct SandboxedWorld<'a> {
    /// The scenario's file; without it, a world that is built in.
    pub(super) scenario: Option<&'a Path>,
    pub(super) settings: &'a LiveSettings,
    pub(super) speed: u16,
    /// The state beside which the world is kept, if it is.
    pub(super) state_path: Option<&'a Path>,
    pub(super) writable: bool,
}

impl SandboxedWorld<'_> {
    /// Starts the sandbox of the platform that the settings name.
    pub(super) fn start(&self, clock: &Arc<dyn Clock>) -> Result<Sandbox> {
        let is_skill = self.settings.platform == PlatformKind::Skills;
        let path = self
            .state_path
            .map(|state| files::sibling(state, ".campaign"));
        let settings = SandboxSettings {
            scenario: &self.scenario(is_skill)?,
            speed: self.speed,
            clock: Arc::clone(clock),
            path: path.as_deref(),
            writable: self.writable,
        };
        let sandbox = if is_skill {
            Sandbox::skill(&settings)
        } else {
            Sandbox::campaign(&settings)
        };
        sandbox.with_context(|| match &path {
            Some(path) => format!(
                "cannot start the sandbox, whose campaign is kept in {}",
                path.display()
            ),
            None => "cannot start the sandbox".to_owned(),
        })
    }

    fn scenario(&self, is_skill: bool) -> Result<Scenario> {
        let Some(path) = self.scenario else {
            return Ok(if is_skill {
                sandbox::default_scenario()
            } else {
                Scenario::default()
            });
        };
        let file = scenario_file::read_checked(path, self.settings.deadline)?;
        let (other, name) = if is_skill {
            (DialerKind::Rate, "skills")
        } else {
            (DialerKind::Ratio, "campaign-api")
        };
        if file.scenario.dialer.kind == other {
            bail!(InputError(format!(
                "{}: its dialer.kind is not that of --platform {name}",
                path.display()
            )));
        }
        Ok(file.scenario)
    }
}

/// The access to the campaign of the sandbox, or, with the settings of one, to its skill.
pub(super) fn access(sandbox: &Sandbox, skill: Option<&SkillSettings>) -> Result<Access> {
    Ok(match skill {
        None => Access::Campaign(campaign_access(sandbox)?),
        Some(settings) => {
            let access = Box::new(skill_access(sandbox)?);
            Access::Skill(access, Box::new(settings.clone()))
        }
    })
}

fn campaign_access(sandbox: &Sandbox) -> Result<CampaignAccess> {
    Ok(CampaignAccess {
        site: Site::new(&sandbox.site()).map_err(invalid)?,
        client_id: sandbox::CLIENT_ID.to_owned(),
        client_secret: sandbox::CLIENT_SECRET.into(),
        campaign_id: CampaignId::new(sandbox::CAMPAIGN_ID).map_err(invalid)?,
    })
}

fn skill_access(sandbox: &Sandbox) -> Result<SkillAccess> {
    let site = Site::new(&sandbox.site()).map_err(invalid)?;
    Ok(SkillAccess {
        skill_id: SkillId::new(&sandbox::SKILL_ID.to_string()).map_err(invalid)?,
        credentials: SkillCredentials {
            key_id: sandbox::KEY_ID.to_owned(),
            key_secret: sandbox::KEY_SECRET.into(),
            application: None,
        },
        area: "na1".to_owned(),
        auth_base: Some(site),
        api_base: None,
    })
}

fn invalid(problem: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("sandbox: {problem}")
}
