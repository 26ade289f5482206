//! UTF-16 text as UTF-8.

use std::io::{self, Read};

/// Reads UTF-16 as UTF-8, without its mark.
pub(super) struct Utf16<R> {
    inner: R,
    is_big_endian: bool,
    is_at_start: bool,
    /// Bytes that are not decoded yet: half a unit, or the first of two units.
    rest: Vec<u8>,
    decoded: io::Cursor<Vec<u8>>,
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(inner: R, is_big_endian: bool) -> Self {
        Self {
            inner,
            is_big_endian,
            is_at_start: true,
            rest: Vec::new(),
            decoded: io::Cursor::default(),
        }
    }

    /// Decodes a block, and returns false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let read = (&mut self.inner)
            .take(BLOCK_BYTES)
            .read_to_end(&mut self.rest)?;
        let (pairs, half) = self.rest.as_chunks::<2>();
        let is_big_endian = self.is_big_endian;
        let unit = |pair: &[u8; 2]| {
            if is_big_endian {
                u16::from_be_bytes(*pair)
            } else {
                u16::from_le_bytes(*pair)
            }
        };
        let mut units: Vec<u16> = pairs.iter().map(unit).collect();
        let mut rest = half.to_vec();
        if read > 0
            && let Some(first) = units.pop_if(|last| (0xD800..0xDC00).contains(last))
        {
            let first = if is_big_endian {
                first.to_be_bytes()
            } else {
                first.to_le_bytes()
            };
            rest.splice(..0, first);
        }
        if read == 0 && !rest.is_empty() {
            return Err(invalid("its UTF-16 ends within a character"));
        }
        let mut text = String::from_utf16(&units)
            .map_err(|_| invalid("it begins as UTF-16 and is not; save it as UTF-8"))?;
        if std::mem::take(&mut self.is_at_start) && text.starts_with('\u{FEFF}') {
            text.remove(0);
        }
        let is_left = !text.is_empty() || !rest.is_empty();
        self.rest = rest;
        self.decoded = io::Cursor::new(text.into_bytes());
        Ok(is_left)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.decoded.read(buffer)?;
            if count > 0 || !self.advance()? {
                return Ok(count);
            }
        }
    }
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Bytes decoded at once.
const BLOCK_BYTES: u64 = 1 << 16;
