//! The campaign API of the sandbox: checks each request against the contract, and answers it.

use std::io;

use serde::Deserialize;
use serde_json::{Value, json};

use super::replies::{body, only, refuse};
use super::server::{Reply, ServerRequest};
use super::warehouse::{WAREHOUSE_PATH, warehouse};
use super::world::{SandboxSettings, SandboxWorld};
use crate::sim::{Lever, PlatformMetrics};

/// The API and its campaign.
pub(super) struct Api {
    pub(super) campaign: SandboxWorld,
}

/// The reply to a request; `Err` holds a refusal.
type ApiResult = Result<Reply, Reply>;

impl Api {
    /// Opens the campaign of earlier runs, or a new one that has a dial rate set by hand.
    pub(super) fn open(settings: &SandboxSettings) -> io::Result<Self> {
        let campaign = SandboxWorld::open(settings, Lever::Rate(RATE_BY_HAND), None)?;
        Ok(Self { campaign })
    }

    pub(super) fn answer(&mut self, request: &ServerRequest) -> Reply {
        self.route(request).unwrap_or_else(|refusal| refusal)
    }

    fn route(&mut self, request: &ServerRequest) -> ApiResult {
        if request.header("accept") != Some("application/json") {
            return Err(refuse(406, "Accept: application/json is required"));
        }
        let method = request.method.as_str();
        match request.path() {
            TOKEN_PATH => only("POST", method).and_then(|()| token(request)),
            WAREHOUSE_PATH => warehouse(request, &RECORD_FIELDS),
            path => {
                authorised(request)?;
                match path {
                    METRICS_PATH => only("POST", method).and_then(|()| self.metrics(request)),
                    AGENTS_PATH => only("GET", method).and_then(|()| self.agents(request)),
                    _ => match path.strip_prefix(CAMPAIGNS_PATH) {
                        Some(CAMPAIGN_ID) => self.about_campaign(request),
                        Some(other) => Err(refuse(404, &format!("no campaign {other:?}"))),
                        None => Err(refuse(404, &format!("no such path: {path}"))),
                    },
                }
            }
        }
    }

    fn metrics(&mut self, request: &ServerRequest) -> ApiResult {
        if self.campaign.poll_fails() {
            return Err(refuse(503, "the scenario makes this poll fail"));
        }
        let query: MetricsQuery = body(request)?;
        let expect = |holds: bool, what: &str| {
            if holds {
                Ok(())
            } else {
                Err(refuse(400, what))
            }
        };
        expect(
            query.select == SELECT,
            "select: the four fields are expected",
        )?;
        let filter = format!("campaignId = '{CAMPAIGN_ID}'");
        expect(query.filter == filter, &format!("where: expected {filter}"))?;
        let seconds = query
            .interval
            .strip_prefix("PT")
            .and_then(|i| i.strip_suffix('S'));
        let seconds: Option<u32> = seconds.and_then(|seconds| seconds.parse().ok());
        expect(
            seconds.is_some_and(|s| s >= 15),
            "interval: expected PT15S or longer",
        )?;
        expect(
            query.page_size == 1 && query.page == 1,
            "pageSize and page: expected 1",
        )?;
        let shown = self.shown();
        let answer_rate = shown.answer_rate().map_or(0.0, f64::from);
        Ok(Reply::json(
            200,
            &json!({
                "response": [{
                    "campaignId": CAMPAIGN_ID,
                    "totalCallsDialed": shown.ended,
                    "totalCallsAnswered": shown.answered,
                    "answerRate": answer_rate,
                }],
                "pageSize": 1,
                "page": 1,
                "totalElements": 1,
            }),
        ))
    }

    /// A plain array where one page holds all agents, and pages otherwise.
    fn agents(&mut self, request: &ServerRequest) -> ApiResult {
        let (mut page, mut size, mut state) = (1_u32, AGENTS_PER_PAGE, None);
        for pair in request.query().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let number = || match value.parse() {
                Ok(number @ 1..) => Ok(number),
                _ => Err(refuse(400, &format!("{name}: expected a number from 1"))),
            };
            match name {
                "state" => state = Some(value),
                "page" => page = number()?,
                "pageSize" => size = number()?.min(AGENTS_PER_PAGE),
                _ => return Err(refuse(400, &format!("unknown parameter {name:?}"))),
            }
        }
        if state != Some("available") {
            return Err(refuse(400, "state: expected available"));
        }
        let total = self.shown().idle;
        let first = (page - 1).saturating_mul(size).min(total);
        let last = first.saturating_add(size).min(total);
        let agents: Vec<Value> = (first..last)
            .map(|n| json!({ "agentId": format!("agent-{:04}", n + 1), "state": "available" }))
            .collect();
        if total <= AGENTS_PER_PAGE {
            return Ok(Reply::json(200, &agents.into()));
        }
        let page =
            json!({ "response": agents, "pageSize": size, "page": page, "totalElements": total });
        Ok(Reply::json(200, &page))
    }

    fn about_campaign(&mut self, request: &ServerRequest) -> ApiResult {
        match request.method.as_str() {
            "GET" => Ok(self.campaign_reply()),
            "PATCH" => self.patch(request),
            _ => Err(refuse(405, "expected GET or PATCH")),
        }
    }

    fn patch(&mut self, request: &ServerRequest) -> ApiResult {
        match request.header("if-match") {
            None => return Err(refuse(428, "If-Match is required")),
            Some("*") => {}
            Some(etag) if etag == self.etag() => {}
            Some(_) => return Err(refuse(412, "the campaign has changed")),
        }
        let change: DialRate = body(request)?;
        if change.dial_rate > DIAL_RATE_MAX {
            return Err(refuse(
                400,
                &format!("dialRate: expected 0 to {DIAL_RATE_MAX}"),
            ));
        }
        if self.campaign.patch_fails() {
            return Err(refuse(503, "the scenario makes this change fail"));
        }
        match self.campaign.set(Lever::Rate(change.dial_rate), None) {
            Ok(()) => Ok(self.campaign_reply()),
            Err(error) => Err(refuse(
                500,
                &format!("the sandbox cannot save its campaign: {error}"),
            )),
        }
    }

    fn campaign_reply(&self) -> Reply {
        let body = json!({ "id": CAMPAIGN_ID, "dialRate": self.dial_rate() });
        let mut reply = Reply::json(200, &body);
        reply.headers.push(("ETag", self.etag()));
        reply
    }

    /// The metrics of the interval that ends now.
    fn shown(&mut self) -> PlatformMetrics {
        let (world, now_secs) = self.campaign.now();
        world.metrics(now_secs)
    }

    fn dial_rate(&self) -> u32 {
        match self.campaign.lever() {
            Some(Lever::Rate(rate)) => rate,
            Some(Lever::Ratio { .. }) | None => 0,
        }
    }

    fn etag(&self) -> String {
        format!("\"v{}\"", self.campaign.version())
    }
}

fn token(request: &ServerRequest) -> ApiResult {
    if request.header("content-type") != Some("application/x-www-form-urlencoded") {
        return Err(refuse(415, "expected application/x-www-form-urlencoded"));
    }
    let expected = format!(
        "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
    );
    if request.body != expected.as_bytes() {
        let body = json!({ "error": "invalid_client", "error_description": "unknown client or wrong secret" });
        return Err(Reply::json(401, &body));
    }
    Ok(Reply::json(
        200,
        &json!({
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "analytics:read outbound:campaign:read outbound:campaign:write agent:read",
        }),
    ))
}

fn authorised(request: &ServerRequest) -> Result<(), Reply> {
    let token = request
        .header("authorization")
        .and_then(|h| h.strip_prefix("Bearer "));
    match token {
        Some(TOKEN) => Ok(()),
        Some(_) => Err(refuse(401, "the token is not valid")),
        None => Err(refuse(401, "a token is required")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MetricsQuery {
    select: Vec<String>,
    #[serde(rename = "where")]
    filter: String,
    interval: String,
    page_size: u32,
    page: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DialRate {
    dial_rate: u32,
}

/// Id of the sandbox's campaign.
pub const CAMPAIGN_ID: &str = "sandbox";
/// Client id of the sandbox.
pub const CLIENT_ID: &str = "sandbox-client";
/// Client secret of the sandbox; not confidential, since it opens nothing else.
pub const CLIENT_SECRET: &str = "sandbox-secret";
const TOKEN_PATH: &str = "/oauth/token";
const METRICS_PATH: &str = "/api/analytics/outbound/details/query";
const AGENTS_PATH: &str = "/api/v2/agents";
const CAMPAIGNS_PATH: &str = "/api/v2/outbound/campaigns/";
const TOKEN: &str = "sandbox-token";
const SELECT: [&str; 4] = [
    "campaignId",
    "totalCallsDialed",
    "totalCallsAnswered",
    "answerRate",
];
/// The fields of a record, sorted as in the map that it is read into.
const RECORD_FIELDS: [&str; 8] = [
    "agentAvailabilityAvg",
    "campaignId",
    "currentAnswerRate",
    "deviation",
    "newDialRate",
    "previousDialRate",
    "slaThreshold",
    "timestamp",
];
/// Dial rate of the first hour, calls per minute.
const RATE_BY_HAND: u32 = 20;
/// Most agents in one page: few, so that an ordinary team takes several pages.
const AGENTS_PER_PAGE: u32 = 25;
/// Highest dial rate that the platform accepts, calls per minute.
const DIAL_RATE_MAX: u32 = 1_000;
