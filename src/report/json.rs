//! Results of live cycles as JSON, one object each. Fields may be added; none is renamed or removed.

use serde::Serialize;

use super::text::chain;
use crate::base::subject::Subject;
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;
use crate::http::{Body, Request};
use crate::live::{CycleReport, Outcome};
use crate::pacing::{DialRatio, Pacer, Policy, Setpoint, Unit};

/// The object that `--json` prints for one cycle.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CycleObject<'a> {
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(flatten)]
    subject: SubjectId<'a>,
    policy: &'static str,
    action: String,
    reason: String,
    reason_code: &'static str,
    #[serde(flatten)]
    lever: Lever,
    answer_rate: Option<f64>,
    deviation: Option<f64>,
    available_agents: Option<u32>,
    agent_availability_avg: Option<f64>,
    #[serde(flatten)]
    traffic: Option<CallCounts>,
    #[serde(flatten)]
    skill: Option<SkillFigures>,
    exported: usize,
    pending: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_reason: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    refused: usize,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<WouldSend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<u8>,
}

/// One campaign of several: its name, and the exit code that it would have alone.
#[derive(Clone, Copy, Debug)]
pub struct OneOf<'a> {
    /// Its name.
    pub name: &'a str,
    /// The exit code.
    pub exit: u8,
}

/// The object that `--json` prints for a campaign that has no cycle, since it could not be opened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NotOpened<'a> {
    timestamp: String,
    name: &'a str,
    #[serde(flatten)]
    subject: SubjectId<'a>,
    error: &'a str,
    exit: u8,
}

/// A campaign that could not be opened, as one line.
#[must_use]
pub fn not_opened(at: UnixMillis, one: OneOf, subject: &Subject, error: &str) -> String {
    let object = NotOpened {
        timestamp: rfc3339(at),
        name: one.name,
        subject: SubjectId::of(subject),
        error,
        exit: one.exit,
    };
    // Text and whole numbers can always be written as JSON.
    serde_json::to_string(&object).unwrap_or_default()
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum SubjectId<'a> {
    CampaignId(&'a str),
    SkillId(u64),
}

/// The lever before and after the cycle.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Lever {
    #[serde(rename_all = "camelCase")]
    Rate {
        previous_dial_rate: u32,
        new_dial_rate: u32,
    },
    #[serde(rename_all = "camelCase")]
    Ratio {
        previous_ratio: Option<DialRatio>,
        new_ratio: Option<DialRatio>,
    },
}

/// What a skill tells besides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SkillFigures {
    staffed_agents: Option<u32>,
    busy_agents: Option<u32>,
    abandonment_rate: Option<f64>,
    abandonment_basis: &'static str,
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
pub fn cycle(
    report: &CycleReport,
    one: Option<OneOf>,
    subject: &Subject,
    pacer: &Pacer,
    is_dry_run: bool,
) -> String {
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
    let is_used = matches!(pacer.policy(), Policy::Predictive(_) | Policy::Ratio(_));
    let object = CycleObject {
        timestamp: rfc3339(decision.at),
        name: one.map(|one| one.name),
        subject: SubjectId::of(subject),
        policy: pacer.policy().name(),
        action: report.action().to_string(),
        reason: match report.outcome {
            Outcome::Conflict => match subject {
                Subject::Campaign(_) => "the campaign was changed by somebody else meanwhile",
                Subject::Skill(_) => "the skill was changed by somebody else meanwhile",
            }
            .to_owned(),
            Outcome::Pending => format!("{decision}; accepted by the platform, not confirmed yet"),
            _ => decision.to_string(),
        },
        reason_code: match report.outcome {
            Outcome::Conflict => "changed-elsewhere",
            _ => decision.reason.name(),
        },
        lever: Lever::of(report),
        answer_rate: evidence.answer_rate.map(f64::from),
        deviation: evidence.deviation,
        available_agents: evidence.available_agents,
        agent_availability_avg: evidence.available_mean,
        traffic: is_used.then_some(calls),
        skill: SkillFigures::of(report),
        exported: report.exported,
        pending: report.pending,
        pending_reason: pending_reason(report, is_dry_run),
        refused: report.refused,
        dry_run: is_dry_run,
        error: report.error.as_ref().map(|error| chain(error)),
        request,
        exit: one.map(|one| one.exit),
    };
    // Text, whole numbers and finite floats can always be written as JSON.
    serde_json::to_string(&object).unwrap_or_default()
}

impl<'a> SubjectId<'a> {
    fn of(subject: &'a Subject) -> Self {
        match subject {
            Subject::Campaign(id) => Self::CampaignId(id),
            Subject::Skill(id) => Self::SkillId(*id),
        }
    }
}

/// Why records wait, or are in the overflow file.
fn pending_reason(report: &CycleReport, is_dry_run: bool) -> Option<String> {
    let problem = report.export_problem.clone();
    problem.or_else(|| match &report.error {
        _ if report.pending == 0 => None,
        _ if is_dry_run => Some("a dry run exports nothing".to_owned()),
        _ if !report.has_warehouse => Some("DW_ENDPOINT is not set".to_owned()),
        error => error.as_ref().map(|error| chain(error)),
    })
}

impl Lever {
    fn of(report: &CycleReport) -> Self {
        let (before, after) = (report.decision.previous, report.setpoint());
        let steps = |setpoint: Option<Setpoint>| setpoint.map_or(0, Setpoint::steps);
        match report.decision.unit {
            Unit::CallsPerMinute => Self::Rate {
                previous_dial_rate: steps(before),
                new_dial_rate: steps(after),
            },
            Unit::CallsPerAgent => Self::Ratio {
                previous_ratio: before.and_then(DialRatio::of),
                new_ratio: after.and_then(DialRatio::of),
            },
        }
    }
}

impl SkillFigures {
    fn of(report: &CycleReport) -> Option<Self> {
        let evidence = &report.decision.evidence;
        let abandonment = evidence.abandonment();
        (report.decision.unit == Unit::CallsPerAgent).then(|| Self {
            staffed_agents: evidence.traffic.logged_in,
            busy_agents: evidence.traffic.busy,
            abandonment_rate: abandonment.rate.map(f64::from),
            abandonment_basis: abandonment.basis.name(),
        })
    }
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
