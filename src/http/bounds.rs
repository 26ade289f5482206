//! The bounds of every exchange: times and sizes; and what is fixed.

use std::time::Duration;

/// Time for name resolution, connection and TLS handshake.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Time for one try of a call, from name resolution to the end of the body.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(8);
/// Concurrent exchanges of one account: a hundred campaigns with three calls each and answers within
/// 50 ms take 0.6 s, and the platform never gets three hundred requests at once.
pub(super) const EXCHANGES_MAX: usize = 24;
/// Largest body read; a page of a thousand agents has about a tenth of it.
pub const BODY_BYTES_MAX: u64 = 1024 * 1024;
/// Largest header read.
pub(super) const HEADER_BYTES_MAX: usize = 32 * 1024;
/// Buffer of one connection, in each direction. Must hold more than the largest header: a full buffer
/// would look like the end of the connection.
pub(super) const BUFFER_BYTES: usize = HEADER_BYTES_MAX + 1024;
/// Age at which an idle connection is not reused: shorter than servers keep it open.
pub(super) const IDLE_MAX: Duration = Duration::from_secs(4);
/// The product, as it is told to servers and proxies.
pub(super) const USER_AGENT: &str = concat!("dialpace/", env!("CARGO_PKG_VERSION"));
/// Port of an https address without one.
pub(super) const HTTPS_PORT: u16 = 443;
