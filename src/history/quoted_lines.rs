//! Text each of whose lines is in quotes as a whole.

use std::io::{self, BufRead, BufReader, Read};

use super::bounds::ROW_BYTES_MAX;

/// The text without these quotes, as a spreadsheet writes rows that it holds in one column.
pub(super) struct QuotedLines<R> {
    inner: BufReader<R>,
    line: Vec<u8>,
    /// Bytes of the line that were handed out.
    used: usize,
}

impl<R: Read> QuotedLines<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner: BufReader::new(inner),
            line: Vec::new(),
            used: 0,
        }
    }
}

impl<R: Read> Read for QuotedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.line.len() {
            self.used = 0;
            self.line.clear();
            let mut limited = (&mut self.inner).take(ROW_BYTES_MAX);
            limited.read_until(b'\n', &mut self.line)?;
            if let Some(inner) = within_quotes(&self.line) {
                self.line = inner;
                self.line.push(b'\n');
            }
        }
        let rest = self.line.get(self.used..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.used += count;
        Ok(count)
    }
}

/// What is within the quotes of a line, in which each of its quotes stands twice.
pub(super) fn within_quotes(line: &[u8]) -> Option<Vec<u8>> {
    let inner = line.trim_ascii_end();
    let inner = inner.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut text = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        text.push(*byte);
        if *byte == b'"' && bytes.next() != Some(&b'"') {
            return None;
        }
    }
    Some(text)
}
