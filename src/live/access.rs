//! The account that the campaigns of a run share, and the access to each.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::base::clock::Deadline;
use crate::base::input::InputError;
use crate::base::notice::Notices;
use crate::config::{CampaignAccess, LiveSettings, Sources};
use crate::http::{CallError, ClockOff, Connections, HostScope, Proxy};
use crate::pacing::{Pacer, Policy, RAISE_DWELL, WRITES_PER_HOUR};
use crate::platform::skills::{
    LeverLimits, PacedSkill, SkillAccess, SkillAccount, SkillAccountSettings, SkillSettings, hosts,
};
use crate::platform::{
    Account, AccountSettings, CampaignApi, CampaignSettings, Platform, Site, TokenCache,
};

/// A campaign or skill, and the credentials for it.
pub(super) enum Access {
    Campaign(CampaignAccess),
    Skill(Box<SkillAccess>, Box<SkillSettings>),
}

/// An account, which campaigns share: one token, and one bound on what is asked for at once.
pub(super) enum SharedAccount<'a> {
    Campaign(Account<'a>),
    Skill(SkillAccount<'a>),
}

impl Access {
    /// The host to log in at.
    pub(super) fn host(&self) -> Result<Site> {
        match self {
            Self::Campaign(access) => Ok(access.site.clone()),
            Self::Skill(access, _) => match &access.auth_base {
                Some(site) => Ok(site.clone()),
                None => hosts::of_area(&access.area).map_err(|problem| InputError(problem).into()),
            },
        }
    }
}

impl<'a> SharedAccount<'a> {
    /// The account of a campaign. Sends nothing.
    pub(super) fn open(
        access: &Access,
        settings: &LiveSettings,
        sources: &Sources,
        token_cache: TokenCache,
        notices: &'a dyn Notices,
    ) -> Result<Self> {
        let authorities = settings.authorities.clone();
        let (retry, token_cache) = (settings.retry, Some(token_cache));
        Ok(match access {
            Access::Campaign(access) => {
                let settings = AccountSettings {
                    site: access.site.clone(),
                    client_id: access.client_id.clone(),
                    client_secret: access.client_secret.clone(),
                    proxy: proxy(access.site.origin(), access.site.scope(), sources)?,
                    authorities,
                    retry,
                    token_cache,
                };
                Self::Campaign(Account::new(settings, notices))
            }
            Access::Skill(access, _) => {
                let environment = sources.environment.clone();
                let settings = SkillAccountSettings {
                    access: access.as_ref().clone(),
                    proxy_for: Box::new(move |site| match site.scope() {
                        HostScope::Loopback => Ok(None),
                        HostScope::Remote => Proxy::for_url(site.origin(), &environment),
                    }),
                    authorities,
                    retry,
                    token_cache,
                };
                Self::Skill(SkillAccount::new(settings, notices))
            }
        })
    }

    /// Logs in, unless a token is at hand.
    pub(super) fn log_in(&self, deadline: &Deadline) -> Result<(), CallError> {
        match self {
            Self::Campaign(account) => account.log_in(deadline),
            Self::Skill(account) => account.log_in(deadline),
        }
    }

    /// How far the platform's clock is off, where it has told its time.
    pub(super) fn clock_off(&self) -> Option<ClockOff> {
        match self {
            Self::Campaign(account) => account.clock_off(),
            Self::Skill(account) => account.clock_off(),
        }
    }

    /// Its connections.
    pub(super) fn connections(&self) -> Arc<dyn Connections> {
        match self {
            Self::Campaign(account) => account.connections(),
            Self::Skill(account) => account.connections(),
        }
    }

    /// A campaign of this account, with notices of its own.
    pub(super) fn platform<'n>(
        &self,
        access: &Access,
        settings: &LiveSettings,
        notices: &'n dyn Notices,
    ) -> Result<Box<dyn Platform + 'n>> {
        let pacer = &settings.pacing.pacer;
        Ok(match (self, access) {
            (Self::Campaign(account), Access::Campaign(access)) => Box::new(CampaignApi::new(
                account.shared_with(notices),
                CampaignSettings {
                    campaign_id: access.campaign_id.clone(),
                    interval: settings.pacing.interval,
                    if_match: settings.if_match,
                    actuator: pacer.limits().actuator,
                },
            )),
            (Self::Skill(account), Access::Skill(access, skill)) => Box::new(PacedSkill::new(
                account.shared_with(notices),
                access.skill_id,
                skill.as_ref().clone(),
                lever_limits(pacer),
            )),
            _ => bail!("campaigns and skills have no account in common"),
        })
    }
}

/// The limits of a skill's lever, which hold under every policy.
fn lever_limits(pacer: &Pacer) -> LeverLimits {
    let actuator = pacer.limits().actuator;
    match pacer.policy() {
        Policy::Ratio(settings) => LeverLimits {
            actuator,
            raise_dwell: settings.raise_dwell,
            writes_per_hour: settings.writes_per_hour,
        },
        _ => LeverLimits {
            actuator,
            raise_dwell: RAISE_DWELL,
            writes_per_hour: WRITES_PER_HOUR,
        },
    }
}

/// The proxy that the environment names for an address.
pub(super) fn proxy(url: &str, scope: HostScope, sources: &Sources) -> Result<Option<Proxy>> {
    match scope {
        HostScope::Loopback => Ok(None),
        HostScope::Remote => Ok(Proxy::for_url(url, &sources.environment).map_err(InputError)?),
    }
}
