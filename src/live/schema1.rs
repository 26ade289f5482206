//! States of schema 1, whose setpoint was a plain number of calls per minute.
//!
//! Its 0 meant three things: nothing applied yet, stopped, and a rate of 0. It is read as "nothing
//! applied yet", so that the next decision is sent in any case.

use serde::Deserialize;

use super::state::{Counters, Intent, Looks, State};
use crate::base::units::UnixMillis;
use crate::pacing::{Forecast, PacerState, Setpoint, Window};
use crate::platform::Cursor;
use crate::warehouse::{Outbox, Record};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StateV1 {
    campaign_id: String,
    pacer: PacerStateV1,
    intent: Option<IntentV1>,
    outbox: Outbox,
    quiet_until: Option<UnixMillis>,
    #[serde(default)]
    counters: Option<Counters>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PacerStateV1 {
    dial_rate: u32,
    window: Window,
    heard_at: Option<UnixMillis>,
    recovering: bool,
    #[serde(default)]
    forecast: Option<Box<Forecast>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IntentV1 {
    dial_rate: u32,
    record: Option<Record>,
}

/// The state in the current layout.
pub(super) fn migrated(state: StateV1) -> State {
    let StateV1 { pacer, .. } = state;
    State {
        campaign_id: state.campaign_id,
        pacer: PacerState {
            applied: (pacer.dial_rate > 0).then(|| Setpoint::at(pacer.dial_rate)),
            window: pacer.window,
            heard_at: pacer.heard_at,
            recovering: pacer.recovering,
            forecast: pacer.forecast,
            allowance: None,
            burst: None,
        },
        unsettled: state.intent.into_iter().map(intent).collect(),
        late: None,
        seen: None,
        looks: Looks::default(),
        conflicts: 0,
        outbox: state.outbox,
        quiet_until: state.quiet_until,
        cursor: Cursor::default(),
        counters: state.counters,
    }
}

fn intent(intent: IntentV1) -> Intent {
    Intent {
        setpoint: Setpoint::at(intent.dial_rate),
        record: intent.record,
    }
}
