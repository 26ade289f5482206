//! The state of a campaign between runs.

use serde::{Deserialize, Deserializer, Serialize};

use crate::base::units::UnixMillis;
use crate::pacing::{PacerState, Setpoint};
use crate::platform::Cursor;
use crate::warehouse::{Outbox, Record};

/// The state of a campaign between runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// The campaign's identifier.
    pub campaign_id: String,
    /// Window, setpoint and forecast.
    pub pacer: PacerState,
    /// The setpoints that were about to be sent, oldest first, until it is settled whether they were
    /// applied.
    #[serde(alias = "intent", deserialize_with = "one_or_many")]
    pub unsettled: Vec<Intent>,
    /// The last intent that seemed not to be applied, while it may still be, late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Intent>,
    /// The position that the lever was seen at last, where that is not the one last applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Setpoint>,
    /// When the lever is looked at.
    #[serde(default)]
    pub looks: Looks,
    /// Changes in a row that met a conflict.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub conflicts: u32,
    /// Records that wait for the warehouse.
    pub outbox: Outbox,
    /// Earliest time at which the platform accepts another call.
    pub quiet_until: Option<UnixMillis>,
    /// Data that the platform keeps from one poll to the next.
    #[serde(default, skip_serializing_if = "Cursor::is_empty")]
    pub cursor: Cursor,
    /// Counters of the metrics file, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
}

/// Counters of the metrics file, over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counters {
    /// Cycles that sent a setpoint.
    pub adjusted: u64,
    /// Cycles that sent nothing.
    pub held: u64,
    /// Cycles that stopped the dialing.
    pub stopped: u64,
    /// Cycles that set the safe rate.
    pub safe: u64,
    /// Cycles that failed.
    pub failed: u64,
    /// Retries of calls.
    pub retries: u64,
    /// Records that the warehouse accepted.
    pub exported: u64,
    /// Records that the warehouse refused for the last time.
    #[serde(default)]
    pub refused: u64,
    /// Time of the last cycle without a failure.
    pub succeeded_at: Option<UnixMillis>,
}

/// The cycles at which the lever is looked at although nothing else asks for it: somebody may have
/// moved it, and a change without an answer may be applied late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Looks {
    /// Cycles since the lever was seen.
    pub unseen_cycles: u32,
    /// Cycles since a change without a certain answer, for as long as it may be applied late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_uncertain: Option<u32>,
}

/// A setpoint that is about to be sent, and the record for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Intent {
    /// The setpoint.
    pub setpoint: Setpoint,
    /// Its record, if it is applied; `None` when nothing is exported.
    pub record: Option<Record>,
}

impl State {
    /// The state before the first run.
    #[must_use]
    pub fn cold(campaign_id: &str) -> Self {
        Self {
            campaign_id: campaign_id.to_owned(),
            pacer: PacerState::default(),
            unsettled: Vec::new(),
            late: None,
            seen: None,
            looks: Looks::default(),
            conflicts: 0,
            outbox: Outbox::default(),
            quiet_until: None,
            cursor: Cursor::default(),
            counters: None,
        }
    }
}

/// Reads the intents, also in the form of a state that had one at most.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Intent>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Intents {
        Many(Vec<Intent>),
        One(Option<Intent>),
    }
    Ok(match Intents::deserialize(deserializer)? {
        Intents::Many(intents) => intents,
        Intents::One(intent) => intent.into_iter().collect(),
    })
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that serde asks for"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
