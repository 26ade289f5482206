//! The state of a campaign between runs.

use serde::{Deserialize, Serialize};

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
    /// A setpoint that was about to be sent, until it is settled whether it was applied.
    pub intent: Option<Intent>,
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
            intent: None,
            outbox: Outbox::default(),
            quiet_until: None,
            cursor: Cursor::default(),
            counters: None,
        }
    }
}
