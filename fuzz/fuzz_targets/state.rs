//! Any bytes as a state file are a state, or damaged; and a state is read back as it was.
#![no_main]

use dialpace::live;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    live::fuzz(content);
    if let Ok(text) = std::str::from_utf8(content) {
        live::fuzz_inside(text);
    }
});
