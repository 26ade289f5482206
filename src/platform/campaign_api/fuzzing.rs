//! Readers of the campaign API's answers, for fuzzing builds only.

#![expect(missing_docs, reason = "each is named after its call")]

use super::{pages, wire};
use crate::http::read_body;
use crate::platform::CampaignId;

pub fn metrics(body: &[u8], campaign: &CampaignId) {
    if let Ok(answer) = read_body::<wire::MetricsAnswer>(body) {
        let _ = answer.metrics(campaign);
    }
}

pub fn agents(body: &[u8]) {
    if let Ok(page) = read_body::<wire::AgentsPage>(body) {
        let mut pages = pages::Pages::default();
        // Reading the same page again and again must end.
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
