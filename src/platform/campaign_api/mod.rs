//! The campaign API of NICE CXone: a campaign whose dial rate is set, in calls per minute.

pub(super) mod pages;
pub(super) mod wire;

use std::thread;
use std::time::Duration;

use ureq::http::Method;

use super::{Account, Applied, CampaignId, Change, Cursor, Platform, Poll, Standing};
use crate::base::clock::Deadline;
use crate::http::{Answer, Body, CallError, Request};
use crate::pacing::{Actuator, Ratio, Sample, Setpoint, Traffic};
use pages::Pages;
use wire::{AgentsPage, CampaignAnswer, DialRate, MetricsAnswer, MetricsQuery};

/// Settings of one campaign.
#[derive(Clone, Debug)]
pub struct CampaignSettings {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Period that one metrics query covers.
    pub interval: Duration,
    /// The condition of the PATCH.
    pub if_match: IfMatch,
    /// The dial rate and its bounds.
    pub actuator: Actuator,
}

/// The condition of the PATCH, in its `If-Match` field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// None (`*`): the campaign may have changed.
    #[default]
    Any,
    /// The version of the campaign that was read in the same cycle.
    Etag,
}

/// One campaign of an account.
pub struct CampaignApi<'a> {
    account: &'a Account<'a>,
    settings: CampaignSettings,
}

impl<'a> CampaignApi<'a> {
    /// A campaign of `account`. Sends nothing.
    #[must_use]
    pub fn new(account: &'a Account<'a>, settings: CampaignSettings) -> Self {
        Self { account, settings }
    }

    fn call(&self, request: &Request, deadline: &Deadline) -> Result<Answer, CallError> {
        self.account
            .call(request, deadline)
            .map_err(|error| self.explain(error, request))
    }

    fn metrics(&self, deadline: &Deadline) -> Result<(Ratio, Traffic), CallError> {
        let campaign_id = &self.settings.campaign_id;
        let query = MetricsQuery::new(campaign_id, self.settings.interval.as_secs());
        let request = Request {
            body: Some(Body::Plain(json(&query))),
            headers: vec![json_content()],
            ..self
                .account
                .request(METRICS_CALL, Method::POST, METRICS_PATH)
        };
        let answer = self.call(&request, deadline)?;
        let answer: MetricsAnswer = self.account.read(METRICS_CALL, &answer)?;
        answer
            .metrics(campaign_id)
            .map_err(|problem| CallError::unusable(METRICS_CALL, problem))
    }

    /// Counts the available agents on all pages.
    fn available_agents(&self, deadline: &Deadline) -> Result<u32, CallError> {
        let unusable = |problem: String| CallError::unusable(AGENTS_CALL, problem);
        let mut path = AGENTS_PATH.to_owned();
        let mut pages = Pages::default();
        for _ in 0..AGENT_PAGES_MAX {
            let request = self.account.request(AGENTS_CALL, Method::GET, &path);
            let answer = self.call(&request, deadline)?;
            let page: AgentsPage = self.account.read(AGENTS_CALL, &answer)?;
            match pages.add(&page).map_err(unusable)? {
                Some(next) => path = format!("{AGENTS_PATH}{next}"),
                None => return Ok(pages.agents()),
            }
        }
        Err(unusable(format!(
            "there are more than {AGENT_PAGES_MAX} pages"
        )))
    }

    fn campaign_path(&self) -> String {
        format!("/api/v2/outbound/campaigns/{}", self.settings.campaign_id)
    }

    /// Adds the remedy to a refusal.
    fn explain(&self, error: CallError, request: &Request) -> CallError {
        let call = error.call;
        match error.status() {
            Some(400) => {
                let sent = match &request.body {
                    Some(Body::Plain(body)) => body.as_str(),
                    _ => "no body",
                };
                let (min, max) = (self.settings.actuator.min.steps(), self.settings.actuator.max.steps());
                let range = if call == DIAL_RATE_CALL {
                    format!("; the range set here is {min} to {max} (MIN_DIAL_RATE, MAX_DIAL_RATE), the campaign's own may be narrower")
                } else {
                    String::new()
                };
                error.advise(format!("the body was {sent}{range}"))
            }
            Some(401) => error.advise(
                "the platform refuses a token that it has just issued: check the client id (CXONE_CLIENT_ID) and the client secret, and that they belong to this site",
            ),
            Some(403) => {
                let scope = scope_of(call);
                error.advise(format!("the client lacks the scope {scope}: have it granted"))
            }
            Some(404 | 412) if call == DIAL_RATE_CALL || call == CAMPAIGN_CALL => error.advise(format!(
                "check the campaign id (CAMPAIGN_ID): the platform does not know campaign {}",
                self.settings.campaign_id
            )),
            Some(404) => error.advise("check the site (CXONE_SITE): the platform does not know this address"),
            _ => error,
        }
    }
}

impl Platform for CampaignApi<'_> {
    fn actuator(&self) -> Actuator {
        self.settings.actuator
    }

    fn poll(&self, _: &mut Cursor, deadline: &Deadline) -> Poll {
        if let Err(error) = self.account.log_in(deadline) {
            return Poll {
                sample: Err(error),
                standing: None,
            };
        }
        let reads_standing = self.settings.if_match == IfMatch::Etag;
        let (rate, agents, standing) = thread::scope(|scope| {
            let spawn = thread::Builder::new;
            let agents = spawn().spawn_scoped(scope, || self.available_agents(deadline));
            let standing =
                reads_standing.then(|| spawn().spawn_scoped(scope, || self.read(deadline)));
            // This thread calls first and reuses the connection of the token request.
            let rate = self.metrics(deadline);
            let join_agents = |thread| join(thread, AGENTS_CALL);
            let join_standing = |thread| join(thread, CAMPAIGN_CALL);
            (
                rate,
                // Where no thread can be started, the requests follow one another.
                agents.map_or_else(|_| self.available_agents(deadline), join_agents),
                standing.map(|thread| thread.map_or_else(|_| self.read(deadline), join_standing)),
            )
        });
        let sample = match (rate, agents) {
            (Ok((rate, traffic)), Ok(available_agents)) => Ok(Sample {
                at: deadline.clock().now(),
                available_agents,
                answer_rate: Some(rate),
                traffic,
            }),
            // One message is enough; the later of the two pauses holds.
            (Err(first), Err(second)) => Err(first.with_later_retry(&second)),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        };
        Poll { sample, standing }
    }

    fn read(&self, deadline: &Deadline) -> Result<Standing, CallError> {
        let path = self.campaign_path();
        let request = self.account.request(CAMPAIGN_CALL, Method::GET, &path);
        let answer = self.call(&request, deadline)?;
        let campaign: CampaignAnswer = self.account.read(CAMPAIGN_CALL, &answer)?;
        let unusable = |problem: String| CallError::unusable(CAMPAIGN_CALL, problem);
        let dial_rate = u32::try_from(campaign.dial_rate)
            .map_err(|_| unusable(format!("dialRate {} is no dial rate", campaign.dial_rate)))?;
        let version = match self.settings.if_match {
            IfMatch::Any => None,
            IfMatch::Etag => Some(answer.header("etag").map(str::to_owned).ok_or_else(|| {
                unusable("it has no ETag header, which --if-match etag needs".to_owned())
            })?),
        };
        Ok(Standing {
            setpoint: Setpoint::at(dial_rate),
            version,
        })
    }

    fn requests(&self, change: &Change) -> Vec<Request> {
        vec![self.patch(change)]
    }

    fn apply(&self, change: &Change, deadline: &Deadline) -> Result<Applied, CallError> {
        // The rate proves nothing where it was the same before; a new version does.
        let has_taken_effect = || {
            let standing = self.read(deadline)?;
            let is_changed = change.previous != Some(change.setpoint)
                || (change.version.is_some() && standing.version != change.version);
            Ok(standing.setpoint == change.setpoint && is_changed)
        };
        let patch = self.patch(change);
        let sent = self
            .account
            .call_with_readback(&patch, deadline, &has_taken_effect)
            .map_err(|error| self.explain(error, &patch));
        match sent {
            Ok(answer) if answer.status == ACCEPTED => Ok(Applied::Pending),
            Ok(_) => Ok(Applied::Yes),
            Err(error) if error.status() == Some(412) => {
                // An earlier try of this call may have changed the campaign.
                let took_effect = error.uncertain
                    && has_taken_effect().map_err(CallError::with_unknown_effect)?;
                match change.version {
                    _ if took_effect => Ok(Applied::Yes),
                    Some(_) => Ok(Applied::Conflict),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

impl CampaignApi<'_> {
    fn patch(&self, change: &Change) -> Request {
        let body = json(&DialRate {
            dial_rate: change.setpoint.steps(),
        });
        let if_match = change.version.clone().unwrap_or_else(|| "*".to_owned());
        let path = self.campaign_path();
        Request {
            headers: vec![("If-Match", if_match), json_content()],
            reads_answer: false,
            body: Some(Body::Plain(body)),
            ..self.account.request(DIAL_RATE_CALL, Method::PATCH, &path)
        }
    }
}

fn join<T>(
    thread: thread::ScopedJoinHandle<'_, Result<T, CallError>>,
    call: &'static str,
) -> Result<T, CallError> {
    thread
        .join()
        .unwrap_or_else(|_| Err(CallError::unusable(call, "its thread ended early")))
}

fn json(value: &impl serde::Serialize) -> String {
    // Structures of text and whole numbers can always be written as JSON.
    serde_json::to_string(value).unwrap_or_default()
}

fn scope_of(call: &str) -> &'static str {
    match call {
        METRICS_CALL => "analytics:read",
        AGENTS_CALL => "agent:read",
        CAMPAIGN_CALL => "outbound:campaign:read",
        _ => "outbound:campaign:write",
    }
}

const METRICS_CALL: &str = "metrics query";
const AGENTS_CALL: &str = "agents request";
const CAMPAIGN_CALL: &str = "campaign request";
const DIAL_RATE_CALL: &str = "dial rate PATCH";
const METRICS_PATH: &str = "/api/analytics/outbound/details/query";
const AGENTS_PATH: &str = "/api/v2/agents?state=available";
/// Accepted and not yet done (RFC 9110, 15.3.3).
const ACCEPTED: u16 = 202;
/// Most pages of available agents; no site has as many.
const AGENT_PAGES_MAX: u64 = 1_000;

fn json_content() -> (&'static str, String) {
    ("Content-Type", "application/json".to_owned())
}
