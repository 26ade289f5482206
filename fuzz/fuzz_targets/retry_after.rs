//! Any text as Retry-After is a wait, or is ignored.
#![no_main]

use dialpace::http::retry_after;
use dialpace::base::units::UnixMillis;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, i64)| {
    let _ = retry_after(input.0, UnixMillis(input.1));
});
