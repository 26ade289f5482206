//! The campaign API of NICE CXone: a campaign whose dial rate is set, in calls per minute.

mod advice;
mod calls;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod looking;
mod pages;
mod settings;
mod wire;

use std::thread;

use ureq::http::Method;

use super::{Account, Applied, Bounds, Change, Cursor, Look, MustNot, Platform, Poll, Standing};
use crate::base::clock::Deadline;
use crate::http::{Answer, Body, CallError, Request};
use crate::pacing::{Abandonment, Actuator, Sample, Setpoint, Traffic};
use advice::advise;
use calls::{AGENTS_CALL, CAMPAIGN_CALL, DIAL_RATE_CALL, METRICS_CALL};
use pages::Pages;
use wire::{AgentsPage, CampaignAnswer, DialRate, IntervalMetrics, MetricsAnswer, MetricsQuery};

pub use settings::{CampaignSettings, IfMatch};

/// One campaign of an account.
pub struct CampaignApi<'a> {
    account: Account<'a>,
    settings: CampaignSettings,
}

impl<'a> CampaignApi<'a> {
    /// A campaign of `account`. Sends nothing.
    #[must_use]
    pub fn new(account: Account<'a>, settings: CampaignSettings) -> Self {
        Self { account, settings }
    }

    fn call(&self, request: &Request, deadline: &Deadline) -> Result<Answer, CallError> {
        self.account
            .call(request, deadline)
            .map_err(|error| advise(error, request, &self.settings))
    }

    fn metrics(&self, deadline: &Deadline) -> Result<IntervalMetrics, CallError> {
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
        if answer.status == NO_CONTENT {
            return Ok(IntervalMetrics::Missing("it is empty (204)".to_owned()));
        }
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
}

impl Platform for CampaignApi<'_> {
    fn actuator(&self) -> Actuator {
        self.settings.actuator
    }

    fn poll(&self, _: &mut Cursor, deadline: &Deadline) -> Poll {
        if let Err(error) = self.account.log_in(deadline) {
            return Poll {
                sample: Err(error),
                unless_stopped: None,
                standing: None,
                bounds: Bounds::default(),
            };
        }
        let reads_standing = self.settings.if_match == IfMatch::Etag;
        let (metrics, agents, standing) = thread::scope(|scope| {
            let spawn = thread::Builder::new;
            let agents = spawn().spawn_scoped(scope, || self.available_agents(deadline));
            let standing =
                reads_standing.then(|| spawn().spawn_scoped(scope, || self.standing(deadline)));
            // This thread calls first and reuses the connection of the token request.
            let metrics = self.metrics(deadline);
            let join_agents = |thread| join(thread, AGENTS_CALL);
            let join_standing = |thread| join(thread, CAMPAIGN_CALL);
            (
                metrics,
                // Where no thread can be started, the requests follow one another.
                agents.map_or_else(|_| self.available_agents(deadline), join_agents),
                standing
                    .map(|thread| thread.map_or_else(|_| self.standing(deadline), join_standing)),
            )
        });
        let mut unless_stopped = None;
        let sample = match (metrics, agents) {
            (Ok(metrics), Ok(available_agents)) => {
                let (answer_rate, traffic) = match metrics {
                    IntervalMetrics::Row(answer_rate, traffic) => (answer_rate, traffic),
                    IntervalMetrics::Missing(why) => {
                        unless_stopped = Some(CallError::unusable(METRICS_CALL, why));
                        (None, NOTHING_DIALED)
                    }
                };
                Ok(Some(Sample {
                    at: deadline.clock().now(),
                    available_agents,
                    answer_rate,
                    traffic,
                    abandonment: Abandonment::default(),
                }))
            }
            // One message is enough; the later of the two pauses holds.
            (Err(first), Err(second)) => Err(first.with_later_retry(&second)),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        };
        Poll {
            sample,
            unless_stopped,
            standing,
            bounds: Bounds::default(),
        }
    }

    fn read(&self, _: &mut Cursor, deadline: &Deadline) -> Result<Standing, CallError> {
        self.standing(deadline)
    }

    fn look(&self, _: &mut Cursor, deadline: &Deadline) -> Vec<Look> {
        self.looks(deadline)
    }

    fn rewrite(
        &self,
        _: &mut Cursor,
        must_not: MustNot,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        self.send_again(must_not, deadline)
    }

    fn requests(&self, _: &Cursor, change: &Change) -> Vec<Request> {
        vec![self.patch(change)]
    }

    fn apply(
        &self,
        _: &mut Cursor,
        change: &Change,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        // The rate proves nothing where it was the same before; a new version does.
        let has_taken_effect = || {
            let standing = self.standing(deadline)?;
            let is_changed = change
                .previous
                .is_some_and(|previous| previous != change.setpoint)
                || (change.version.is_some() && standing.version != change.version);
            Ok(standing.setpoint == change.setpoint && is_changed)
        };
        let patch = self.patch(change);
        let sent = self
            .account
            .call_with_readback(&patch, deadline, &has_taken_effect)
            .map_err(|error| advise(error, &patch, &self.settings));
        match sent {
            Ok(answer) if answer.status == ACCEPTED => Ok(Applied::Pending),
            Ok(answer) => Ok(Applied::Yes {
                after_uncertain_try: answer.after_uncertain_try,
            }),
            Err(error) if error.status() == Some(412) => {
                // An earlier try of this call may have changed the campaign.
                let took_effect = error.uncertain
                    && has_taken_effect().map_err(CallError::with_unknown_effect)?;
                match change.version {
                    _ if took_effect => Ok(Applied::Yes {
                        after_uncertain_try: true,
                    }),
                    Some(_) => Ok(Applied::Conflict {
                        may_have_applied: error.uncertain,
                    }),
                    None => Err(error),
                }
            }
            Err(error) if error.status() == Some(409) && change.version.is_some() => {
                Ok(Applied::Conflict {
                    may_have_applied: true,
                })
            }
            Err(error) => Err(error),
        }
    }
}

impl CampaignApi<'_> {
    fn standing(&self, deadline: &Deadline) -> Result<Standing, CallError> {
        self.standing_and_tag(deadline)
            .map(|(standing, _)| standing)
    }

    /// The lever, and the strong version of the answer, whether it is used as a guard or not.
    fn standing_and_tag(
        &self,
        deadline: &Deadline,
    ) -> Result<(Standing, Option<String>), CallError> {
        let path = self.campaign_path();
        let request = self.account.request(CAMPAIGN_CALL, Method::GET, &path);
        let answer = self.call(&request, deadline)?;
        let campaign: CampaignAnswer = self.account.read(CAMPAIGN_CALL, &answer)?;
        let version = match self.settings.if_match {
            IfMatch::Any => None,
            IfMatch::Etag => Some(strong_etag(&answer)?),
        };
        let tag = answer.header("etag").map(str::to_owned);
        let tag = tag.filter(|tag| !tag.trim_start().starts_with("W/"));
        let standing = Standing {
            setpoint: Setpoint::at(campaign.dial_rate),
            version,
            damage: None,
            is_own: false,
            is_stopping: false,
        };
        Ok((standing, tag))
    }

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

/// The version of the campaign in an answer. A weak one never matches (RFC 9110, 13.1.1).
fn strong_etag(answer: &Answer) -> Result<String, CallError> {
    let unusable = |problem: String| Err(CallError::unusable(CAMPAIGN_CALL, problem));
    match answer.header("etag") {
        None => unusable("it has no ETag header, which --if-match etag needs".to_owned()),
        Some(weak) if weak.trim_start().starts_with("W/") => unusable(format!(
            "its ETag {weak} is a weak one, which can never match: set --if-match any"
        )),
        Some(etag) => Ok(etag.to_owned()),
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

const METRICS_PATH: &str = "/api/analytics/outbound/details/query";
const AGENTS_PATH: &str = "/api/v2/agents?state=available";
/// The counts of an interval without metrics.
const NOTHING_DIALED: Traffic = Traffic {
    attempts: Some(0),
    answered: Some(0),
    abandoned: None,
    logged_in: None,
    busy: None,
};
/// No content (RFC 9110, 15.3.5).
const NO_CONTENT: u16 = 204;
/// Accepted and not yet done (RFC 9110, 15.3.3).
const ACCEPTED: u16 = 202;
/// Most pages of available agents; no site has as many.
const AGENT_PAGES_MAX: u64 = 1_000;

fn json_content() -> (&'static str, String) {
    ("Content-Type", "application/json".to_owned())
}
