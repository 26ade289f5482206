//! Results of live cycles as JSON, one object each. Fields may be added; none is renamed or removed.

use serde::Serialize;

use crate::base::timestamp::rfc3339;
use crate::http::{Body, Request};
use crate::live::{CycleReport, Outcome};
use crate::pacing::{Pacer, Policy};

/// The object that `--json` prints for one cycle.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CycleObject<'a> {
    timestamp: String,
    campaign_id: &'a str,
    policy: &'static str,
    action: String,
    reason: String,
    reason_code: &'static str,
    previous_dial_rate: u32,
    new_dial_rate: u32,
    answer_rate: Option<f64>,
    deviation: Option<f64>,
    available_agents: Option<u32>,
    agent_availability_avg: Option<f64>,
    #[serde(flatten)]
    traffic: Option<CallCounts>,
    exported: usize,
    pending: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "is_zero")]
    refused: usize,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<WouldSend>,
}

/// Counts that `predictive` uses, so that a backtest of these lines decides the same.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CallCounts {
    #[serde(skip_serializing_if = "Option::is_none")]
    total_calls_dialed: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_calls_answered: Option<u32>,
}

/// The request that a dry run did not send.
#[derive(Debug, Serialize)]
struct WouldSend {
    method: String,
    url: String,
    headers: serde_json::Map<String, serde_json::Value>,
    body: serde_json::Value,
}

/// One cycle as one line.
#[must_use]
pub fn cycle(report: &CycleReport, campaign_id: &str, pacer: &Pacer, is_dry_run: bool) -> String {
    let decision = &report.decision;
    let evidence = &decision.evidence;
    let request = match &report.outcome {
        Outcome::WouldApply(would) => would.requests.first().map(would_send),
        _ => None,
    };
    let calls = CallCounts {
        total_calls_dialed: evidence.traffic.attempts,
        total_calls_answered: evidence.traffic.answered,
    };
    let is_predictive = matches!(pacer.policy(), Policy::Predictive(_));
    let object = CycleObject {
        timestamp: rfc3339(decision.at),
        campaign_id,
        policy: pacer.policy().name(),
        action: report.action().to_string(),
        reason: match report.outcome {
            Outcome::Conflict => "the campaign was changed by somebody else meanwhile".to_owned(),
            Outcome::Pending => format!("{decision}; accepted by the platform, not confirmed yet"),
            _ => decision.to_string(),
        },
        reason_code: match report.outcome {
            Outcome::Conflict => "changed-elsewhere",
            _ => decision.reason.name(),
        },
        previous_dial_rate: decision.previous_dial_rate(),
        new_dial_rate: report.dial_rate(),
        answer_rate: evidence.answer_rate.map(f64::from),
        deviation: evidence.deviation,
        available_agents: evidence.available_agents,
        agent_availability_avg: evidence.available_mean,
        traffic: is_predictive.then_some(calls),
        exported: report.exported,
        pending: report.pending,
        pending_reason: report.export_problem.as_deref(),
        refused: report.refused,
        dry_run: is_dry_run,
        error: report.error.as_ref().map(ToString::to_string),
        request,
    };
    // Text, whole numbers and finite floats can always be written as JSON.
    serde_json::to_string(&object).unwrap_or_default()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn would_send(request: &Request) -> WouldSend {
    let headers = request.shown_headers().into_iter();
    WouldSend {
        method: request.method.to_string(),
        url: request.shown_url(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect(),
        body: match &request.body {
            Some(Body::Plain(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => serde_json::Value::Null,
        },
    }
}
