//! Text whose lines end in CR alone.

use std::io::{self, Read};

/// Text whose lines end in CR alone, as old programs for the Macintosh write it, with LF in its place.
pub(super) struct CrLines<R>(pub(super) R);

impl<R: Read> Read for CrLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        let read = buffer.iter_mut().take(count);
        for byte in read.filter(|byte| **byte == b'\r') {
            *byte = b'\n';
        }
        Ok(count)
    }
}
