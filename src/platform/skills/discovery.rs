//! The host of a tenant's data calls, and the hosts that get no token.

use serde_json::Value;

use super::account::SkillAccount;
use super::calls::{DISCOVERY_CALL, OPENID_CALL};
use super::hosts;
use super::login;
use crate::base::clock::Deadline;
use crate::http::{CallError, shown_address};
use crate::platform::Site;
use crate::platform::place::Place;
use crate::platform::tokens::Access;

impl SkillAccount<'_> {
    /// Finds the host of the data calls, once for each token.
    pub(super) fn with_host(
        &self,
        access: Access,
        deadline: &Deadline,
    ) -> Result<Access, CallError> {
        if self.settings().access.api_base.is_some() || access.place.api_base.is_some() {
            return Ok(access);
        }
        let site = self.discover(&access.place, deadline)?;
        let place = Place {
            api_base: Some(site.origin().to_owned()),
            ..access.place
        };
        self.learn(&access.token, &place);
        Ok(Access { place, ..access })
    }

    /// The host that the platform names for the tenant, or else the one of its cluster. Where the
    /// user named the host to log in at, no host that nobody named gets the token.
    fn discover(&self, place: &Place, deadline: &Deadline) -> Result<Site, CallError> {
        let told = match &place.tenant {
            Some(tenant) => self.ask_for_host(tenant, deadline)?,
            None => None,
        };
        if let Some(site) = told {
            return Ok(site);
        }
        let cluster = place.cluster.as_deref().and_then(hosts::of_cluster);
        let is_free = self.settings().access.auth_base.is_none();
        cluster.filter(|_| is_free).ok_or_else(|| {
            let problem = match place.tenant {
                Some(_) => "it names no host of the data calls (api_endpoint); set --api-base",
                None => {
                    "the login names no tenant, so its host cannot be asked for; set --api-base"
                }
            };
            CallError::unusable(DISCOVERY_CALL, problem)
        })
    }

    /// Asks for the tenant's host; `None` where the platform knows none.
    fn ask_for_host(&self, tenant: &str, deadline: &Deadline) -> Result<Option<Site>, CallError> {
        let auth = self.auth_host()?;
        let client = self.client(DISCOVERY_CALL, &auth)?;
        let request = login::discovery(auth.origin(), tenant);
        let answer = match client.call(&request, None, deadline) {
            Err(error) if error.status() == Some(404) => return Ok(None),
            answer => answer?,
        };
        let answer: Value = client.read(DISCOVERY_CALL, &answer)?;
        let unusable = |problem: String| CallError::unusable(DISCOVERY_CALL, problem);
        let endpoint = login::address_in(&answer, "api_endpoint").map_err(unusable)?;
        let Some(endpoint) = endpoint else {
            return Ok(None);
        };
        let site = hosts::api_base(&endpoint).map_err(|problem| {
            let endpoint = shown_address(&endpoint);
            unusable(format!(
                "api_endpoint {endpoint}: {problem}; set --api-base"
            ))
        })?;
        self.refuse_stranger(DISCOVERY_CALL, "api_endpoint", &site)?;
        Ok(Some(site))
    }

    /// Fails where neither the platform's domains nor the user's settings name the host.
    pub(super) fn refuse_stranger(
        &self,
        call: &'static str,
        field: &str,
        site: &Site,
    ) -> Result<(), CallError> {
        let access = &self.settings().access;
        let named = [&access.auth_base, &access.api_base].map(Clone::clone);
        let named: Vec<Site> = named.into_iter().flatten().collect();
        if hosts::may_get_the_token(site, &named) {
            return Ok(());
        }
        let setting = if call == OPENID_CALL {
            "--auth-base"
        } else {
            "--api-base"
        };
        Err(CallError {
            denied: true,
            ..CallError::unusable(
                call,
                format!(
                    "{field} is {}, a host that is none of the platform's, so it gets no credentials; if it is yours, set {setting}",
                    site.origin()
                ),
            )
        })
    }
}
