//! Bounds that keep memory the same for a file of any length.

/// Bytes read at once: as many as a pipe holds on Linux.
pub(super) const BUFFER_BYTES: usize = 1 << 16;
/// Bytes of the longest row: a field of a million characters is read, a quote that is never closed
/// does not fill the memory.
pub(super) const ROW_BYTES_MAX: u64 = 4 << 20;
