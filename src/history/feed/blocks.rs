//! A file cut into chunks of whole rows.

use std::io::{self, Read};

use memchr::{memchr, memchr2, memrchr};

use crate::history::bounds::{CHUNK_BYTES, ROW_BYTES_MAX};
use crate::history::chunk::Chunk;
use crate::history::error::RowError;

/// Cuts a file into chunks.
pub(in crate::history) struct Blocks {
    reader: Box<dyn Read + Send>,
    /// Where rows may be quoted, the byte between two fields; `None` where each line is a row.
    pub(in crate::history) delimiter: Option<u8>,
    /// Bytes that were read and belong to the next chunk.
    carry: Vec<u8>,
    next_number: u64,
    is_at_end: bool,
    bytes: u64,
}

impl Blocks {
    /// Begins with `carry`, which was read before.
    pub(in crate::history) fn new(reader: Box<dyn Read + Send>, carry: Vec<u8>) -> Self {
        Self {
            reader,
            delimiter: None,
            bytes: carry.len() as u64,
            carry,
            next_number: 0,
            is_at_end: false,
        }
    }

    /// The beginning of what is left, and whether it is all of it.
    pub(in crate::history) fn probe(&mut self) -> io::Result<(&[u8], bool)> {
        let missing = CHUNK_BYTES.saturating_sub(self.carry.len());
        let mut carry = std::mem::take(&mut self.carry);
        let read = self.fill(&mut carry, missing);
        self.carry = carry;
        read?;
        Ok((&self.carry, self.is_at_end))
    }

    /// Leaves out the first `bytes` of the probe.
    pub(in crate::history) fn skip(&mut self, bytes: usize) {
        self.carry.drain(..bytes.min(self.carry.len()));
    }

    /// The reader and what was read of it, to be read in another way.
    pub(in crate::history) fn into_parts(self) -> (Box<dyn Read + Send>, Vec<u8>) {
        (self.reader, self.carry)
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Fills `chunk` with the next rows; false at the end. After an error there is no next.
    pub(super) fn next(&mut self, chunk: &mut Chunk) -> Result<bool, BlockError> {
        chunk.clear();
        chunk.text.extend_from_slice(&self.carry);
        let mut wanted = CHUNK_BYTES;
        loop {
            let missing = wanted.saturating_sub(chunk.text.len());
            let filled = self.fill(&mut chunk.text, missing);
            if let Err(error) = filled {
                self.is_at_end = true;
                return Err(BlockError::Io(error));
            }
            // It grows so long only while no row ends in it.
            if chunk.text.len() as u64 > ROW_BYTES_MAX {
                self.is_at_end = true;
                self.carry.clear();
                return Err(BlockError::TooLong);
            }
            let end = match self.delimiter {
                _ if self.is_at_end => Some(chunk.text.len()),
                Some(delimiter) if memchr(b'"', &chunk.text).is_some() => {
                    end_of_records(&chunk.text, delimiter)
                }
                _ => memrchr(b'\n', &chunk.text).map(|end| end + 1),
            };
            if let Some(end) = end {
                self.carry.clear();
                self.carry
                    .extend_from_slice(chunk.text.get(end..).unwrap_or_default());
                chunk.text.truncate(end);
                break;
            }
            wanted = wanted.saturating_mul(2);
        }
        if chunk.text.is_empty() {
            return Ok(false);
        }
        chunk.number = self.next_number;
        self.next_number += 1;
        Ok(true)
    }

    fn fill(&mut self, text: &mut Vec<u8>, bytes: usize) -> io::Result<()> {
        if self.is_at_end || bytes == 0 {
            return Ok(());
        }
        let limited = (&mut self.reader).take(bytes as u64);
        let read = { limited }.read_to_end(text)?;
        self.bytes += read as u64;
        self.is_at_end = read < bytes;
        Ok(())
    }
}

/// The end of the file that was not reached.
#[derive(Debug)]
pub(super) enum BlockError {
    Io(io::Error),
    /// The row that follows is longer than a row may be.
    TooLong,
}

impl BlockError {
    /// The error of the row that begins at `line`.
    pub(super) fn at(self, line: u64) -> RowError {
        match self {
            Self::Io(error) => RowError::from(error),
            Self::TooLong => RowError::too_long(line),
        }
    }
}

/// The end of the last whole record of a text that begins with a record.
fn end_of_records(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut end = None;
    let mut place = 0;
    loop {
        let rest = text.get(place..)?;
        let field = match rest.first() {
            Some(b'"') => match end_of_quotes(rest) {
                Some(after) => after,
                None => return end,
            },
            Some(_) => 0,
            None => return end,
        };
        let Some(next) = memchr2(delimiter, b'\n', rest.get(field..)?) else {
            return end;
        };
        place += field + next + 1;
        if text.get(place - 1) == Some(&b'\n') {
            end = Some(place);
        }
    }
}

/// Bytes of the quoted text at the beginning, both quotes included.
fn end_of_quotes(text: &[u8]) -> Option<usize> {
    let mut place = 1;
    loop {
        place += memchr(b'"', text.get(place..)?)? + 1;
        if text.get(place) != Some(&b'"') {
            return Some(place);
        }
        place += 1;
    }
}
