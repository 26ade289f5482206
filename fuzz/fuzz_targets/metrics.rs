//! Any bytes as the answer to the metrics query are an answer, or an error.
#![no_main]

use dialpace::platform::{CampaignId, fuzzing};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(campaign) = CampaignId::new("camp-42") {
        fuzzing::metrics(body, &campaign);
    }
});
