//! Readers of the platform's answers, for fuzzing builds only.

#![expect(missing_docs, reason = "each is named after its call")]

use super::client_credentials;
use crate::http::read_body;

pub use super::campaign_api::fuzzing::{agents, campaign, metrics};

pub fn token(body: &[u8]) {
    let _ = read_body::<client_credentials::TokenAnswer>(body);
}
