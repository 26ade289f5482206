//! What to do about a refusal.

use super::calls::{AGENTS_CALL, CAMPAIGN_CALL, DIAL_RATE_CALL, METRICS_CALL};
use super::settings::CampaignSettings;
use crate::http::{Body, CallError, Request};

/// Adds the remedy to a refusal of `request`.
pub(super) fn advise(
    error: CallError,
    request: &Request,
    settings: &CampaignSettings,
) -> CallError {
    let call = error.call;
    match error.status() {
            Some(400) => {
                let sent = match &request.body {
                    Some(Body::Plain(body)) => body.as_str(),
                    _ => "no body",
                };
                let (min, max) = (settings.actuator.min.steps(), settings.actuator.max.steps());
                let range = if call == DIAL_RATE_CALL {
                    format!("; the range set here is {min} to {max} (MIN_DIAL_RATE, MAX_DIAL_RATE), the campaign's own may be narrower")
                } else {
                    String::new()
                };
                error.advise(format!("the body was {sent}{range}"))
            }
            Some(401) => error.advise(
                "the platform refuses a token that it has just issued: check the client id (CXONE_CLIENT_ID) and the client secret, and that they belong to this site",
            ),
            Some(403) => {
                let scope = scope_of(call);
                error.advise(format!("the client lacks the scope {scope}: have it granted"))
            }
            Some(404 | 412) if call == DIAL_RATE_CALL || call == CAMPAIGN_CALL => error.advise(format!(
                "check the campaign id (CAMPAIGN_ID): the platform does not know campaign {}",
                settings.campaign_id
            )),
            Some(404) => error.advise("check the site (CXONE_SITE): the platform does not know this address"),
            _ => error,
        }
}

fn scope_of(call: &str) -> &'static str {
    match call {
        METRICS_CALL => "analytics:read",
        AGENTS_CALL => "agent:read",
        CAMPAIGN_CALL => "outbound:campaign:read",
        _ => "outbound:campaign:write",
    }
}
