//! What the platform answers, read as a client reads it. Of fuzzing builds only.

#![expect(missing_docs, reason = "each is named after its call")]

use super::campaign_api::{pages, wire};
use super::{CampaignId, tokens};
use crate::http::read_body;

pub fn token(body: &[u8]) {
    let _ = read_body::<tokens::TokenAnswer>(body);
}

pub fn metrics(body: &[u8], campaign: &CampaignId) {
    if let Ok(answer) = read_body::<wire::MetricsAnswer>(body) {
        let _ = answer.metrics(campaign);
    }
}

pub fn agents(body: &[u8]) {
    if let Ok(page) = read_body::<wire::AgentsPage>(body) {
        let mut pages = pages::Pages::default();
        // The same page over and over must come to an end, one way or the other.
        for _ in 0..3 {
            if !matches!(pages.add(&page), Ok(Some(_))) {
                break;
            }
        }
    }
}

pub fn campaign(body: &[u8]) {
    let _ = read_body::<wire::CampaignAnswer>(body);
}
