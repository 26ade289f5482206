//! The bounds of every exchange: time, sizes, and what is too short to be a secret.

use std::time::Duration;

/// Time to find the host, connect and agree on TLS.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Time for one try of a call, all included.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(8);
/// Exchanges of one account that may be under way at once: a hundred campaigns with three calls each
/// and answers within 50 ms are through in 0.6 s, and no platform sees a burst of three hundred.
pub(super) const EXCHANGES_MAX: usize = 24;
/// Largest body taken; a page of a thousand agents is about a tenth of it.
pub const BODY_BYTES_MAX: u64 = 1024 * 1024;
/// Largest header taken.
pub(super) const HEADER_BYTES_MAX: usize = 32 * 1024;
/// Buffer of one connection, in each direction; must hold the largest header.
pub(super) const BUFFER_BYTES: usize = HEADER_BYTES_MAX;
/// Idle connections older than this are not used again: shorter than servers keep them.
pub(super) const IDLE_MAX: Duration = Duration::from_secs(4);
/// Anything shorter is no secret, and removing it would only mangle the message.
pub(super) const SECRET_BYTES_MIN: usize = 4;
