//! Lines without quotes, split at their commas. Most of every export is such lines, and they are
//! read several times faster than by a reader that knows quotes.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr;

use super::columns::{COLUMNS, Fields};

/// One line after the other, from the buffer that they are read into.
pub(super) struct PlainLines {
    reader: BufReader<Box<dyn Read>>,
    /// The beginning of a line that ends in a later block.
    carry: Vec<u8>,
    /// Where the line, or the rest of it, ends in the block.
    end: usize,
    /// Bytes of the block up to the next line.
    used: usize,
    /// Lines so far.
    pub(super) line: u64,
    /// Bytes of the blocks so far.
    pub(super) bytes: u64,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A line, which `current` gives.
    Line,
    /// A block with a quote: in it, lines are not the same as rows.
    Quote,
    /// A line that is longer than any row may be.
    TooLong,
    End,
}

impl PlainLines {
    pub(super) fn new(reader: BufReader<Box<dyn Read>>) -> Self {
        Self {
            // What is in the buffer already was not counted.
            bytes: reader.buffer().len() as u64,
            reader,
            carry: Vec::new(),
            end: 0,
            used: 0,
            line: 0,
        }
    }

    /// Goes to the next line.
    pub(super) fn advance(&mut self, length_max: u64) -> io::Result<Next> {
        self.reader.consume(self.used);
        self.used = 0;
        self.carry.clear();
        loop {
            if self.reader.buffer().is_empty() {
                let block = self.reader.fill_buf()?;
                self.bytes += block.len() as u64;
                if memchr(b'"', block).is_some() {
                    return Ok(Next::Quote);
                }
                if block.is_empty() {
                    if self.carry.is_empty() {
                        return Ok(Next::End);
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
            if self.carry.len() as u64 > length_max {
                return Ok(Next::TooLong);
            }
        }
        if !self.carry.is_empty() {
            let rest = self.reader.buffer().get(..self.end).unwrap_or_default();
            self.carry.extend_from_slice(rest);
        }
        self.line += 1;
        Ok(Next::Line)
    }

    /// The line, without its end.
    pub(super) fn current(&self) -> &[u8] {
        let line = if self.carry.is_empty() {
            self.reader.buffer().get(..self.end).unwrap_or_default()
        } else {
            &self.carry
        };
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// All that follows the line before.
    pub(super) fn into_rest(self) -> impl Read {
        io::Cursor::new(self.carry).chain(self.reader)
    }
}

/// The fields of a line, each at the number of its column. The error is how many there are, where
/// the header has another number of them.
pub(super) fn split<'a>(line: &'a [u8], slots: &[Option<u8>]) -> Result<Fields<'a>, usize> {
    let mut fields = [None; COLUMNS.len()];
    let mut start = 0;
    let mut count = 0;
    let mut end_field = |end: usize| {
        if let Some(Some(slot)) = slots.get(count)
            && let Some(field) = fields.get_mut(usize::from(*slot))
        {
            *field = line.get(start..end);
        }
        start = end + 1;
        count += 1;
    };
    // Fields are short, so eight bytes are looked at in one word rather than sought through.
    let (words, rest) = line.as_chunks::<WORD>();
    let mut last = [0; WORD];
    for (byte, last) in rest.iter().zip(&mut last) {
        *last = *byte;
    }
    for (place, word) in (0..).step_by(WORD).zip(words.iter().chain([&last])) {
        let mut commas = commas(u64::from_le_bytes(*word));
        while commas != 0 {
            end_field(place + commas.trailing_zeros() as usize / 8);
            commas &= commas - 1;
        }
    }
    end_field(line.len());
    if count == slots.len() {
        Ok(Fields(fields))
    } else {
        Err(count)
    }
}

/// The highest bit of every byte that is a comma.
fn commas(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    // A byte is zero where it is a comma; only such a byte carries nothing into its highest bit.
    let differs = word ^ u64::from_le_bytes([b','; WORD]);
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Bytes.
const WORD: usize = 8;
