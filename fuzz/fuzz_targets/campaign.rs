//! Any bytes as the answer to the campaign request are an answer, or an error.
#![no_main]

use dialpace::platform::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| fuzzing::campaign(body));
