//! The audit record of one applied decision.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::subject::Subject;
use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;
use crate::pacing::{Decision, DialRatio, Pacer};

/// One applied decision, as it is sent to the warehouse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Record {
    /// Of a campaign.
    Campaign(CampaignRecord),
    /// Of a skill.
    Skill(Box<SkillRecord>),
}

/// One applied decision about a campaign: these eight fields and no others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignRecord {
    /// Time of the decision, RFC 3339 in UTC.
    pub timestamp: String,
    /// The campaign.
    pub campaign_id: String,
    /// Dial rate before, calls per minute.
    pub previous_dial_rate: u32,
    /// Dial rate after, calls per minute.
    pub new_dial_rate: u32,
    /// Answered by a person ÷ attempts that ended; null when the poll failed.
    pub current_answer_rate: Option<f64>,
    /// The answer-rate threshold.
    pub sla_threshold: f64,
    /// Answer rate − threshold; null when the poll failed.
    pub deviation: Option<f64>,
    /// Mean available agents over the window; null when it was empty.
    pub agent_availability_avg: Option<f64>,
}

/// One applied decision about a skill: these fields and no others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillRecord {
    /// Time of the decision, RFC 3339 in UTC.
    pub timestamp: String,
    /// The skill.
    pub skill_id: u64,
    /// Dial ratio before, calls per agent; null where it was unknown or the skill was stopped.
    pub previous_ratio: Option<DialRatio>,
    /// Dial ratio after, calls per agent; null where the skill is stopped.
    pub new_ratio: Option<DialRatio>,
    /// Connects ÷ dials over the window; null without enough of them.
    pub answer_rate: Option<f64>,
    /// Abandoned ÷ connects; null where nothing is known of it.
    pub abandonment_rate: Option<f64>,
    /// What the abandonment rate rests on: `measured`, `epoch`, `estimated` or `none`.
    pub abandonment_basis: String,
    /// Staffed agents; null when the poll failed or did not tell.
    pub staffed_agents: Option<u32>,
    /// Busy agents; null when the poll failed or did not tell.
    pub busy_agents: Option<u32>,
    /// Available agents; null when the poll failed.
    pub available_agents: Option<u32>,
    /// The reason, as one word.
    pub reason_code: String,
    /// The policy.
    pub policy: String,
    /// Lowest dial ratio that is set.
    pub min_ratio: Option<DialRatio>,
    /// Highest dial ratio that is set.
    pub max_ratio: Option<DialRatio>,
    /// Highest abandonment rate that is set; null for a policy that keeps to none.
    pub abandonment_limit: Option<f64>,
}

/// What a test record has for its campaign, or for its reason.
const TEST: &str = "dialpace-check";

impl Record {
    /// A record that stands for no decision: to see whether a warehouse takes one.
    #[must_use]
    pub fn test(now: UnixMillis, subject: &Subject) -> Self {
        if let Subject::Skill(_) = subject {
            return Self::Skill(Box::new(SkillRecord {
                timestamp: rfc3339(now),
                skill_id: 0,
                previous_ratio: None,
                new_ratio: None,
                answer_rate: Some(0.0),
                abandonment_rate: Some(0.0),
                abandonment_basis: "none".to_owned(),
                staffed_agents: Some(0),
                busy_agents: Some(0),
                available_agents: Some(0),
                reason_code: TEST.to_owned(),
                policy: TEST.to_owned(),
                min_ratio: None,
                max_ratio: None,
                abandonment_limit: None,
            }));
        }
        Self::Campaign(CampaignRecord {
            timestamp: rfc3339(now),
            campaign_id: TEST.to_owned(),
            previous_dial_rate: 0,
            new_dial_rate: 0,
            current_answer_rate: Some(0.0),
            sla_threshold: 0.0,
            deviation: Some(0.0),
            agent_availability_avg: Some(0.0),
        })
    }

    /// The record of a decision of `pacer` that was applied.
    #[must_use]
    pub fn of(decision: &Decision, subject: &Subject, pacer: &Pacer) -> Self {
        match subject {
            Subject::Campaign(id) => Self::Campaign(CampaignRecord::of(decision, id)),
            Subject::Skill(id) => Self::Skill(Box::new(SkillRecord::of(decision, *id, pacer))),
        }
    }

    /// The record as JSON: the body of the POST, and the line of an NDJSON file.
    #[must_use]
    pub fn json(&self) -> String {
        // Text, whole numbers and finite floats can always be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The idempotency key: a name-based UUID of the body, so that the same record always has
    /// the same key, and no key ever stands for two bodies.
    #[must_use]
    pub fn id(&self) -> String {
        id(&self.json())
    }
}

/// The idempotency key of the text of records.
pub(super) fn id(text: &str) -> String {
    Uuid::new_v5(&RECORD_NAMESPACE, text.as_bytes()).to_string()
}

impl CampaignRecord {
    fn of(decision: &Decision, campaign_id: &str) -> Self {
        let evidence = &decision.evidence;
        Self {
            timestamp: rfc3339(decision.at),
            campaign_id: campaign_id.to_owned(),
            previous_dial_rate: decision.previous_dial_rate(),
            new_dial_rate: decision.dial_rate(),
            current_answer_rate: evidence.answer_rate.map(f64::from),
            sla_threshold: evidence.band.sla_threshold.value(),
            deviation: evidence.deviation,
            agent_availability_avg: evidence.available_mean,
        }
    }
}

impl SkillRecord {
    fn of(decision: &Decision, skill_id: u64, pacer: &Pacer) -> Self {
        let evidence = &decision.evidence;
        let actuator = &pacer.limits().actuator;
        let abandonment = evidence.abandonment();
        Self {
            timestamp: rfc3339(decision.at),
            skill_id,
            previous_ratio: decision.previous.and_then(DialRatio::of),
            new_ratio: decision.setpoint.and_then(DialRatio::of),
            answer_rate: evidence.answer_rate.map(f64::from),
            abandonment_rate: abandonment.rate.map(f64::from),
            abandonment_basis: abandonment.basis.name().to_owned(),
            staffed_agents: evidence.traffic.logged_in,
            busy_agents: evidence.traffic.busy,
            available_agents: evidence.available_agents,
            reason_code: decision.reason.name().to_owned(),
            policy: pacer.policy().name().to_owned(),
            min_ratio: DialRatio::of(actuator.min),
            max_ratio: DialRatio::of(actuator.max),
            abandonment_limit: pacer.policy().abandonment_limit().map(f64::from),
        }
    }
}

/// The name space of record ids.
const RECORD_NAMESPACE: Uuid = Uuid::from_u128(0x6a9f_3c1e_8d54_5b07_9f2e_41c6_d07a_b385);
