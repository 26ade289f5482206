//! The names of the calls in messages.

pub(super) const METRICS_CALL: &str = "metrics query";
pub(super) const AGENTS_CALL: &str = "agents request";
pub(super) const CAMPAIGN_CALL: &str = "campaign request";
pub(super) const DIAL_RATE_CALL: &str = "change of the dial rate";
