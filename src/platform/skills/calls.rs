//! The calls: their names in messages, and what to do about a refusal.

use super::settings::SkillId;
use crate::http::CallError;

pub(super) const LOGIN_CALL: &str = "login";
pub(super) const OPENID_CALL: &str = "OpenID configuration request";
pub(super) const DISCOVERY_CALL: &str = "tenant configuration request";
pub(super) const UNIT_CALL: &str = "business unit request";
pub(super) const SKILL_CALL: &str = "skill request";
pub(super) const ACTIVITY_CALL: &str = "skill activity request";
pub(super) const SUMMARY_CALL: &str = "skill summary request";
pub(super) const SETTINGS_CALL: &str = "general settings request";
pub(super) const SETTINGS_PUT: &str = "general settings PUT";
pub(super) const START_CALL: &str = "skill start";
pub(super) const STOP_CALL: &str = "skill stop";

/// Adds the remedy to a refusal.
pub(super) fn advise(error: CallError, skill: SkillId) -> CallError {
    let call = error.call;
    match error.status() {
        Some(400) if call == SETTINGS_PUT => error.advise(
            "the platform refuses these settings; where it refuses all of them together, set --settings-write partial",
        ),
        Some(400) => error.advise("the platform refuses a parameter: another --api-version may take it"),
        Some(401) => error.advise(
            "the platform refuses a token that it has just issued: check that the access key belongs to this tenant",
        ),
        Some(403) => {
            let right = right_for(call);
            error.advise(format!(
                "the role of the access key's user lacks a right: {right}"
            ))
        }
        Some(404) => error.advise(format!(
            "check the skill id (CXONE_SKILL_ID is {skill}), the host (CXONE_API_BASE) and the version (CXONE_API_VERSION); a skill that is not one of Personal Connection is not found either"
        )),
        Some(405) => error.advise(
            "this version has the address with another method: set another one for it under [api_versions]",
        ),
        Some(409) if call == STOP_CALL => {
            error.advise("the skill still runs; every cycle tries again, and CXone's Skill Control stops it by hand")
        }
        Some(409) => error.advise("the state of the skill forbids it; the next cycle tries again"),
        _ => error,
    }
}

fn right_for(call: &str) -> &'static str {
    match call {
        SETTINGS_PUT => "Skills Edit",
        START_CALL | STOP_CALL => "Outbound Strategy Manager View, for Skill Control",
        ACTIVITY_CALL | SUMMARY_CALL => "the real-time and reporting data of this skill",
        UNIT_CALL => "to see the business unit",
        _ => "Skills View, for this skill",
    }
}
