//! Bounds that keep memory the same for a file of any length.

/// Bytes of a chunk, if no row is longer: some thousand rows.
pub(super) const CHUNK_BYTES: usize = 1 << 18;
/// Bytes of the longest row: a field of a million characters is read, a quote that is never closed
/// does not fill the memory.
pub(super) const ROW_BYTES_MAX: u64 = 4 << 20;
/// Rows that are sorted in memory, each some 130 bytes.
pub(super) const SORTED_ROWS_MAX: usize = 20_000_000;
