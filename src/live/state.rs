//! All that outlives a run.

use serde::{Deserialize, Serialize};

use crate::base::units::UnixMillis;
use crate::pacing::{PacerState, Setpoint};
use crate::platform::Cursor;
use crate::warehouse::{Outbox, Record};

/// All that outlives a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// The campaign it belongs to.
    pub campaign_id: String,
    /// Window and setpoint.
    pub pacer: PacerState,
    /// A setpoint that was about to be sent, until it is known whether it was applied.
    pub intent: Option<Intent>,
    /// Records that wait for the warehouse.
    pub outbox: Outbox,
    /// When the platform wants to be called again at the earliest.
    pub quiet_until: Option<UnixMillis>,
    /// What the platform remembers from one poll to the next.
    #[serde(default, skip_serializing_if = "Cursor::is_empty")]
    pub cursor: Cursor,
    /// What the metrics file counts, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
}

/// What the metrics file counts over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counters {
    /// Cycles that sent a rate.
    pub adjusted: u64,
    /// Cycles that sent nothing.
    pub held: u64,
    /// Cycles that stopped the dialing.
    pub stopped: u64,
    /// Cycles that went to the safe rate.
    pub safe: u64,
    /// Cycles that failed.
    pub failed: u64,
    /// Calls that were tried again.
    pub retries: u64,
    /// Records that the warehouse took.
    pub exported: u64,
    /// When a cycle last went well.
    pub succeeded_at: Option<UnixMillis>,
}

/// A setpoint that is about to be sent, and its record if it is applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Intent {
    /// Where the lever is to stand.
    pub setpoint: Setpoint,
    /// What the warehouse gets; `None` when nothing is exported.
    pub record: Option<Record>,
}

impl State {
    /// The state before the first run.
    #[must_use]
    pub fn cold(campaign_id: &str) -> Self {
        Self {
            campaign_id: campaign_id.to_owned(),
            pacer: PacerState::default(),
            intent: None,
            outbox: Outbox::default(),
            quiet_until: None,
            cursor: Cursor::default(),
            counters: None,
        }
    }
}
