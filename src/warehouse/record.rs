//! The audit record of one applied decision.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::timestamp::rfc3339;
use crate::pacing::Decision;

/// One applied decision, as the warehouse gets it: these eight fields and no others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// When it was decided, RFC 3339 in UTC.
    pub timestamp: String,
    /// The campaign.
    pub campaign_id: String,
    /// Calls per minute before.
    pub previous_dial_rate: u32,
    /// Calls per minute from then on.
    pub new_dial_rate: u32,
    /// Answered by a person ÷ attempts that ended; null when the poll failed.
    pub current_answer_rate: Option<f64>,
    /// The threshold it was held against.
    pub sla_threshold: f64,
    /// Answer rate − threshold; null when the poll failed.
    pub deviation: Option<f64>,
    /// Mean available agents over the window; null when it was empty.
    pub agent_availability_avg: Option<f64>,
}

impl Record {
    /// The record of `decision`, once it is applied.
    #[must_use]
    pub fn of(decision: &Decision, campaign_id: &str) -> Self {
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

    /// The body that is sent, and the line of an NDJSON file.
    #[must_use]
    pub fn json(&self) -> String {
        // Text, whole numbers and finite floats always have JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The idempotency key: a name-based UUID of the body, so that the same record always has
    /// the same key, and no key ever stands for two bodies.
    #[must_use]
    pub fn id(&self) -> String {
        Uuid::new_v5(&RECORD_NAMESPACE, self.json().as_bytes()).to_string()
    }
}

/// The name space of record ids, made from this project's name for them.
const RECORD_NAMESPACE: Uuid = Uuid::from_u128(0x6a9f_3c1e_8d54_5b07_9f2e_41c6_d07a_b385);
