//! A campaign of NICE CXone, over HTTP.

pub(super) mod pages;
pub(super) mod wire;

use std::thread;
use std::time::Duration;

use secrecy::SecretString;
use ureq::http::Method;
use ureq::tls::Certificate;

use super::account::{Credentials, TokenCache, Tokens};
use super::{Applied, Campaign, CampaignId, Platform, Poll, RateChange, Site};
use crate::base::clock::Deadline;
use crate::base::notice::Notices;
use crate::http::{Answer, Body, CallError, Client, HasTakenEffect, Request, Retry};
use crate::pacing::{Ratio, Sample, Traffic};
use pages::Pages;
use wire::{AgentsPage, CampaignAnswer, DialRate, MetricsAnswer, MetricsQuery};

/// What it takes to reach a campaign.
#[derive(Clone, Debug)]
pub struct Access {
    /// Where the platform is.
    pub site: Site,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Authorities trusted besides those of the machine.
    pub authorities: Vec<Certificate<'static>>,
    /// How calls are tried again.
    pub retry: Retry,
    /// The span of one metrics query.
    pub interval: Duration,
    /// Where the token is kept between runs; `None`: nowhere.
    pub token_cache: Option<TokenCache>,
    /// The rates that may be set, for the message when one is refused.
    pub dial_rates: (u32, u32),
}

/// One campaign of NICE CXone.
pub struct Cxone<'a> {
    access: Access,
    client: Client<'a>,
    tokens: Tokens<'a>,
}

impl<'a> Cxone<'a> {
    /// The campaign that `access` leads to. Nothing is sent yet.
    #[must_use]
    pub fn new(access: Access, notices: &'a dyn Notices) -> Self {
        let client = Client::new(
            access.site.reach(),
            &access.authorities,
            access.retry,
            notices,
        );
        let credentials = Credentials {
            client_id: access.client_id.clone(),
            client_secret: access.client_secret.clone(),
        };
        for form in credentials.forms_of_the_secret() {
            client.conceal(form);
        }
        let tokens = Tokens::new(
            access.site.origin().to_owned(),
            credentials,
            access.token_cache.clone(),
            notices,
        );
        Self {
            access,
            client,
            tokens,
        }
    }

    /// Ends every exchange at once, and lets no other begin.
    pub fn abort(&self) {
        self.client.abort();
    }

    /// Sends `request` with a token, which is renewed once if it is refused.
    fn call_carefully(
        &self,
        request: &Request,
        deadline: &Deadline,
        has_taken_effect: HasTakenEffect,
    ) -> Result<Answer, CallError> {
        let send = |token: &SecretString| {
            self.client
                .call_carefully(request, Some(token), deadline, has_taken_effect)
        };
        let token = self.tokens.current(&self.client, deadline)?;
        match send(&token) {
            Err(refused) if refused.status() == Some(401) && refused.call == request.call => {
                // What an earlier try may have done is not undone by this refusal.
                let uncertain = refused.uncertain;
                match self.tokens.renew(&token, &self.client, deadline) {
                    Ok(Some(token)) => send(&token),
                    Ok(None) => Err(refused),
                    Err(error) => Err(error),
                }
                .map_err(|error| {
                    if uncertain {
                        error.uncertainly()
                    } else {
                        error
                    }
                })
            }
            other => other,
        }
        .map_err(|error| self.explain(error, request))
    }

    fn call(&self, request: &Request, deadline: &Deadline) -> Result<Answer, CallError> {
        self.call_carefully(request, deadline, &|| Ok(false))
    }

    fn metrics(&self, deadline: &Deadline) -> Result<(Ratio, Traffic), CallError> {
        let query = MetricsQuery::new(&self.access.campaign_id, self.access.interval.as_secs());
        let request = Request {
            body: Some(Body::Plain(json(&query))),
            headers: vec![json_content()],
            ..self.request_to(
                METRICS_CALL,
                Method::POST,
                "/api/analytics/outbound/details/query",
            )
        };
        let answer = self.call(&request, deadline)?;
        let answer: MetricsAnswer = self.client.read(METRICS_CALL, &answer)?;
        answer
            .metrics(&self.access.campaign_id)
            .map_err(|problem| CallError::unusable(METRICS_CALL, problem))
    }

    /// Counts the available agents, over as many pages as there are.
    fn available_agents(&self, deadline: &Deadline) -> Result<u32, CallError> {
        let unusable = |problem: String| CallError::unusable(AGENTS_CALL, problem);
        let mut path = AGENTS_PATH.to_owned();
        let mut pages = Pages::default();
        for _ in 0..AGENT_PAGES_MAX {
            let request = self.request_to(AGENTS_CALL, Method::GET, &path);
            let answer = self.call(&request, deadline)?;
            let page: AgentsPage = self.client.read(AGENTS_CALL, &answer)?;
            match pages.add(&page).map_err(unusable)? {
                Some(next) => path = format!("{AGENTS_PATH}{next}"),
                None => return pages.agents().map_err(unusable),
            }
        }
        Err(unusable(format!(
            "there are more than {AGENT_PAGES_MAX} pages"
        )))
    }

    fn request_to(&self, call: &'static str, method: Method, path: &str) -> Request {
        Request {
            call,
            method,
            url: format!("{}{path}", self.access.site.origin()),
            headers: Vec::new(),
            authorised: true,
            reads_answer: true,
            body: None,
        }
    }

    fn campaign_path(&self) -> String {
        format!("/api/v2/outbound/campaigns/{}", self.access.campaign_id)
    }

    /// Adds what the user can do about a refusal.
    fn explain(&self, error: CallError, request: &Request) -> CallError {
        let call = error.call;
        match error.status() {
            Some(400) => {
                let sent = match &request.body {
                    Some(Body::Plain(body)) => body.as_str(),
                    _ => "no body",
                };
                let (min, max) = self.access.dial_rates;
                let range = if call == DIAL_RATE_CALL {
                    format!("; the range set here is {min} to {max} (MIN_DIAL_RATE, MAX_DIAL_RATE), the campaign's own may be narrower")
                } else {
                    String::new()
                };
                error.advise(format!("sent was {sent}{range}"))
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
                self.access.campaign_id
            )),
            Some(404) => error.advise("check the site (CXONE_SITE): the platform does not know this address"),
            _ => error,
        }
    }
}

impl Platform for Cxone<'_> {
    fn poll(&self, campaign_too: bool, deadline: &Deadline) -> Poll {
        self.tokens.begin_cycle();
        // The token first, so that the calls side by side do not each ask for one.
        if let Err(error) = self.tokens.current(&self.client, deadline) {
            return Poll {
                sample: Err(error),
                campaign: None,
            };
        }
        let (rate, agents, campaign) = thread::scope(|scope| {
            let agents = scope.spawn(|| self.available_agents(deadline));
            let campaign = campaign_too.then(|| scope.spawn(|| self.campaign(deadline)));
            // This thread is the first to call and takes the connection of the token request.
            let rate = self.metrics(deadline);
            (
                rate,
                join(agents, AGENTS_CALL),
                campaign.map(|campaign| join(campaign, CAMPAIGN_CALL)),
            )
        });
        let sample = match (rate, agents) {
            (Ok((rate, traffic)), Ok(available_agents)) => Ok(Sample {
                at: deadline.clock().now(),
                available_agents,
                answer_rate: Some(rate),
                traffic,
            }),
            // One message is enough, but each pause that was asked for counts.
            (Err(first), Err(second)) => Err(first.pausing_with(&second)),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        };
        Poll { sample, campaign }
    }

    fn campaign(&self, deadline: &Deadline) -> Result<Campaign, CallError> {
        let request = self.request_to(CAMPAIGN_CALL, Method::GET, &self.campaign_path());
        let answer = self.call(&request, deadline)?;
        let campaign: CampaignAnswer = self.client.read(CAMPAIGN_CALL, &answer)?;
        Ok(Campaign {
            dial_rate: u32::try_from(campaign.dial_rate).map_err(|_| {
                CallError::unusable(
                    CAMPAIGN_CALL,
                    format!("dialRate {} is no dial rate", campaign.dial_rate),
                )
            })?,
            etag: answer.header("etag").map(str::to_owned),
        })
    }

    fn request(&self, change: &RateChange) -> Request {
        let body = json(&DialRate {
            dial_rate: change.dial_rate,
        });
        let if_match = change.etag.clone().unwrap_or_else(|| "*".to_owned());
        Request {
            headers: vec![("If-Match", if_match), json_content()],
            reads_answer: false,
            body: Some(Body::Plain(body)),
            ..self.request_to(DIAL_RATE_CALL, Method::PATCH, &self.campaign_path())
        }
    }

    fn apply(&self, change: &RateChange, deadline: &Deadline) -> Result<Applied, CallError> {
        // That the campaign has the rate proves nothing where it had it before; its version does.
        let has_taken_effect = || {
            let campaign = self.campaign(deadline)?;
            let is_changed = change.dial_rate != change.previous_dial_rate
                || (change.etag.is_some() && campaign.etag != change.etag);
            Ok(campaign.dial_rate == change.dial_rate && is_changed)
        };
        let sent = self.call_carefully(&self.request(change), deadline, &has_taken_effect);
        match sent {
            Ok(_) => Ok(Applied::Yes),
            Err(error) if error.status() == Some(412) => {
                // An earlier try of this very call may be what changed the campaign.
                if error.uncertain && has_taken_effect().map_err(CallError::uncertainly)? {
                    Ok(Applied::Yes)
                } else if change.etag.is_some() {
                    Ok(Applied::Conflict)
                } else {
                    Err(error)
                }
            }
            Err(error) => Err(error),
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
    // These shapes are plain structures of text and whole numbers, which always have JSON.
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
const AGENTS_PATH: &str = "/api/v2/agents?state=available";
/// A site with more pages of available agents than this does not exist.
const AGENT_PAGES_MAX: u64 = 1_000;

fn json_content() -> (&'static str, String) {
    ("Content-Type", "application/json".to_owned())
}
