//! The answers of the skills API, with every field that is documented.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::base::units::UnixMillis;

/// The agents of a skill at one time; none is counted twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentCounts {
    /// Available agents.
    pub available: u32,
    /// Agents in a call.
    pub working: u32,
    /// Agents in wrap-up.
    pub wrap_up: u32,
    /// Agents logged in who take no calls.
    pub unavailable: u32,
}

/// Calls from the start of a range to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Attempts.
    pub dials: u64,
    /// Attempts answered by a person.
    pub connects: u64,
    /// Answered calls that no agent took in time.
    pub abandons: u64,
}

/// Id of the business unit and of its tenant.
const BUSINESS_UNIT: u32 = 71;
/// Id of the tenant that a token names.
pub const TENANT: &str = "t-7";

/// A token that names the tenant and its cluster. Its signature is none.
#[must_use]
pub fn token(name: &str) -> String {
    let claims = json!({ "tenantId": TENANT, "icClusterId": "C7" });
    format!("{name}.{}.s", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The answer to a login.
#[must_use]
pub fn login(access_token: &str) -> Value {
    json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "r7",
        "refresh_token_expires_in": 7200,
        "id_token": token("h"),
    })
}

/// The addresses of the password grant, below `base`.
#[must_use]
pub fn openid(base: &str) -> Value {
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth/authorize"),
        "token_endpoint": format!("{base}/auth/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "scopes_supported": ["openid"],
    })
}

/// The addresses of the tenant, whose data are at `base`.
#[must_use]
pub fn discovery(base: &str) -> Value {
    json!({
        "private": false,
        "area": "na1",
        "cluster": "C7",
        "domain": "niceincontact.com",
        "acdDomain": "nice-incontact.com",
        "uhDomain": "nice-incontact.com",
        "ui_endpoint": base,
        "auth_endpoint": base,
        "api_endpoint": base,
        "tenantId": TENANT,
    })
}

/// A skill.
#[must_use]
pub fn skill(id: u32, is_running: bool) -> Value {
    json!({
        "skillId": id,
        "skillName": SKILL_NAME,
        "mediaTypeId": 4,
        "mediaTypeName": "Phone Call",
        "isActive": true,
        "campaignId": 88,
        "campaignName": "Renewals",
        "isOutbound": true,
        "outboundStrategy": "Personal Connection",
        "isRunning": is_running,
        "priorityBlending": false,
        "agentless": false,
        "agentlessPorts": 0,
        "agentRestTime": 2,
    })
}

/// The agents of a skill now.
#[must_use]
pub fn activity(id: u32, agents: AgentCounts, now: UnixMillis) -> Value {
    let time = instant(now);
    let mut row = common_fields(id, agents);
    row.extend(object(json!({
        "serverTime": time,
        "agentsACW": agents.wrap_up,
        "earliestQueueTime": null,
        "isActive": true,
        "inSLA": 0,
        "outSLA": 0,
        "isNaturalCalling": true,
        "skillQueueCount": 0,
        "personalQueueCount": 0,
        "parkedCount": 0,
    })));
    json!({ "lastPollTime": time, "skillActivity": [row] })
}

/// The calls of a skill in a range.
#[must_use]
pub fn summary(id: u32, agents: AgentCounts, calls: CallCounts) -> Value {
    let abandon_percent = calls.abandons * 100 / (calls.connects + calls.abandons).max(1);
    let mut row = common_fields(id, agents);
    row.extend(object(json!({
        "businessUnitName": "Acme",
        "abandonCount": calls.abandons,
        "abandonRate": abandon_percent,
        "agentsAcw": agents.wrap_up,
        "averageHandleTime": "PT3M41S",
        "averageTalkTime": "PT2M58S",
        "averageWrapTime": "PT43S",
        "averageInqueueTime": "PT1S",
        "averageSpeedToAnswer": "PT0S",
        "holdTime": "PT0S",
        "longestQueueDur": "PT4S",
        "totalContactTime": "PT61H2M",
        "contactsHandled": calls.connects.saturating_sub(calls.abandons),
        "contactsOffered": calls.connects,
        "contactsQueued": calls.connects,
        "contactsOutOfSLA": 0,
        "contactsWithinSLA": calls.connects,
        "dials": calls.dials,
        "connects": calls.connects,
        "connectsAHT": "PT3M41S",
        "rightPartyConnects": calls.connects / 2,
        "rightPartyConnectsAHT": "PT4M2S",
    })));
    json!({ "skillSummaries": [row] })
}

/// The fields that activity and summary share.
fn common_fields(id: u32, agents: AgentCounts) -> Map<String, Value> {
    let AgentCounts {
        available,
        working,
        wrap_up,
        unavailable,
    } = agents;
    object(json!({
        "businessUnitId": BUSINESS_UNIT,
        "agentsAvailable": available,
        "agentsIdle": available,
        "agentsLoggedIn": available + working + wrap_up + unavailable,
        "agentsUnavailable": unavailable,
        "agentsWorking": working,
        "campaignId": 88,
        "campaignName": "Renewals",
        "contactsActive": working,
        "isOutbound": true,
        "mediaTypeId": 4,
        "mediaTypeName": "Phone Call",
        "queueCount": 0,
        "serviceLevel": 0,
        "serviceLevelGoal": 80,
        "serviceLevelThreshold": 30,
        "skillName": SKILL_NAME,
        "skillId": id,
    }))
}

/// The general settings of a new skill.
#[must_use]
pub fn general_settings() -> Map<String, Value> {
    object(json!({
        "minimumRetryMinutes": 60,
        "maximumAttempts": 6,
        "defaultContactExpiration": 43200,
        "getPriorityContactsOnContactInsertion": true,
        "loadCallbacks": true,
        "loadFresh": true,
        "loadNonFresh": true,
        "overrideBusinessUnitAbandonRate": true,
        "maximumRingingDuration": 22,
        "beginDampenPercentage": 2,
        "abandonRateCutoff": 0.5,
        "abandonRateThreshold": 3,
        "inactiveBlenderTimer": 60,
        "maximumRatio": 2,
        "aggressiveness": "conservative",
        "endOfListNotificationsDelay": 60,
        "notifyAgentsWhenListIsEmpty": false,
        "percentageOfAgentsBeforeOverdial": 0,
        "blockMultipleCalls": false,
        "consecutiveAttemptsWithoutALiveConnect": 10,
        "enableDialingByProficiency": false,
        "proficiencyFactor": 1,
        "waitTimeFactor": 1,
        "maxConcurrentCallsPerAgent": 1,
        "maxWaitTimeSeconds": 0,
        "deliverCallbacksOnDNCHolidays": false,
        "deliverPrioritiesOnDNCHolidays": false,
    }))
}

/// The business unit.
#[must_use]
pub fn business_unit(time_zone: &str) -> Value {
    json!({ "businessUnits": [{
        "businessUnitId": BUSINESS_UNIT,
        "businessUnitName": "Acme",
        "defaultTimeZone": time_zone,
        "allowPredictiveDialing": true,
        "enableSkillAbandonRate": true,
        "abandonRateScope": 1,
        "apiPublishedLimit": 50_000,
        "outboundPortLimit": 200,
        "agentlessPortLimit": 10,
        "concurrentPortLimit": 300,
        "tenantId": TENANT,
    }] })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A time as the `Date` of an answer has it.
#[must_use]
pub fn http_date(at: UnixMillis) -> String {
    let time = Timestamp::from_millisecond(at.0).unwrap_or_default();
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn instant(at: UnixMillis) -> String {
    let time = Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{time:.3}")
}

const SKILL_NAME: &str = "Renewals OB";
