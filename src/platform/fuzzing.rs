//! Readers of the platform's answers, for fuzzing builds only.

#![expect(missing_docs, reason = "each is named after its call")]

use super::tokens;
use crate::http::read_body;

pub use super::campaign_api::fuzzing::{agents, campaign, metrics};

pub fn token(body: &[u8]) {
    let _ = read_body::<tokens::TokenAnswer>(body);
}
