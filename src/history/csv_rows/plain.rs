//! Lines without quotes. Most lines of every export are such, and they are read several times
//! faster than by a reader that knows quotes.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr;

use super::header::header_name;
use crate::history::bounds::ROW_BYTES_MAX;

/// Reads line after line from the blocks of a file, without a copy where a line lies in one block.
pub(super) struct PlainLines {
    reader: BufReader<Box<dyn Read + Send>>,
    /// Beginning of a line that ends in a later block.
    carry: Vec<u8>,
    /// End of the line, or of the rest of it, in the block.
    end: usize,
    /// Bytes of the block before the next line.
    used: usize,
    /// Lines so far.
    line: u64,
    /// Bytes of the blocks so far.
    bytes: u64,
}

/// Result of going to the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextLine {
    /// A line, which `current` returns.
    Line,
    /// A block with a quote: a row may span several lines from here on.
    Quote,
    /// A line that is longer than a row may be.
    TooLong,
    /// The end of the file.
    End,
}

impl PlainLines {
    pub(super) fn new(reader: BufReader<Box<dyn Read + Send>>) -> Self {
        Self {
            // The block that is in the buffer already.
            bytes: reader.buffer().len() as u64,
            reader,
            carry: Vec::new(),
            end: 0,
            used: 0,
            line: 0,
        }
    }

    /// Reads the first line that is not empty as the header.
    pub(super) fn header(&mut self) -> io::Result<Vec<String>> {
        while self.advance()? == NextLine::Line && self.current().is_empty() {}
        let line = self.current();
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        Ok(line.split(|byte| *byte == b',').map(header_name).collect())
    }

    /// Goes to the next line.
    pub(super) fn advance(&mut self) -> io::Result<NextLine> {
        self.reader.consume(self.used);
        self.used = 0;
        self.carry.clear();
        loop {
            if self.reader.buffer().is_empty() {
                let block = self.reader.fill_buf()?;
                self.bytes += block.len() as u64;
                if memchr(b'"', block).is_some() {
                    return Ok(NextLine::Quote);
                }
                if block.is_empty() {
                    if self.carry.is_empty() {
                        return Ok(NextLine::End);
                    }
                    self.end = 0;
                    break;
                }
            }
            let block = self.reader.buffer();
            if let Some(end) = memchr(b'\n', block) {
                self.end = end;
                self.used = end + 1;
                break;
            }
            self.carry.extend_from_slice(block);
            let length = block.len();
            self.reader.consume(length);
            if self.carry.len() as u64 > ROW_BYTES_MAX {
                return Ok(NextLine::TooLong);
            }
        }
        if !self.carry.is_empty() {
            let rest = self.reader.buffer().get(..self.end).unwrap_or_default();
            self.carry.extend_from_slice(rest);
        }
        self.line += 1;
        Ok(NextLine::Line)
    }

    /// The line, without its line break.
    pub(super) fn current(&self) -> &[u8] {
        let line = if self.carry.is_empty() {
            self.reader.buffer().get(..self.end).unwrap_or_default()
        } else {
            &self.carry
        };
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// The number of the line, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Bytes read from the file so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file from the line that `advance` did not finish, after [`NextLine::Quote`].
    pub(super) fn into_rest(self) -> impl Read + Send {
        io::Cursor::new(self.carry).chain(self.reader)
    }
}
