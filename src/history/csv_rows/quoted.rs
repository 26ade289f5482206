//! Records whose fields may be quoted, and so may hold commas and line breaks.

use std::io::{self, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::header::header_name;
use super::split::WrongCount;
use crate::base::input::InputError;
use crate::history::bounds::{BUFFER_BYTES, ROW_BYTES_MAX};
use crate::history::columns::{Column, Fields};
use crate::history::error::{RowError, unreadable};

pub(super) struct QuotedRecords {
    reader: Reader<BoundedRead>,
    record: ByteRecord,
    /// Lines of the file before those that the reader counts.
    lines_before: u64,
}

impl QuotedRecords {
    /// Begins where `lines_before` lines and `bytes` bytes of the file have been read.
    pub(super) fn new(rest: impl Read + Send + 'static, lines_before: u64, bytes: u64) -> Self {
        let bounded = BoundedRead {
            inner: Box::new(rest),
            bytes,
            bytes_max: bytes + ROW_BYTES_MAX,
        };
        let reader = ReaderBuilder::new()
            .buffer_capacity(BUFFER_BYTES)
            .has_headers(false)
            .flexible(true)
            // The default ends a record at its CR and counts the LF as a line of the next record.
            .terminator(Terminator::Any(b'\n'))
            .from_reader(bounded);
        Self {
            reader,
            record: ByteRecord::new(),
            lines_before,
        }
    }

    /// Reads the first record as the header.
    pub(super) fn header(&mut self) -> Result<Vec<String>, InputError> {
        match self.advance() {
            Ok(_) => Ok(self.record.iter().map(header_name).collect()),
            Err(RowError::Unreadable(error)) => Err(error),
            Err(RowError::Bad(bad)) => Err(InputError(bad.to_string())),
        }
    }

    /// Goes to the next record and returns the line at which it begins.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, RowError> {
        loop {
            let bounded = self.reader.get_mut();
            bounded.bytes_max = bounded.bytes + ROW_BYTES_MAX;
            let before = self.reader.position().line();
            match self.reader.read_byte_record(&mut self.record) {
                // An empty line that ends in CR LF.
                Ok(true) if self.record.as_slice() == b"\r" => {}
                Ok(true) => return Ok(Some(self.line_of_record(before))),
                Ok(false) => return Ok(None),
                Err(_) if self.reader.get_ref().is_at_bound() => {
                    return Err(RowError::too_long(self.lines_before + before));
                }
                Err(error) => return Err(RowError::Unreadable(unreadable(&error.into()))),
            }
        }
    }

    /// The fields of the record, as [`split`](super::split::split) returns those of a line.
    pub(super) fn fields(&self, columns: &[Option<Column>]) -> Result<Fields<'_>, WrongCount> {
        let mut fields = Fields::default();
        for (column, text) in columns.iter().zip(&self.record) {
            if let Some(column) = column {
                fields[*column] = Some(text);
            }
        }
        if self.record.len() == columns.len() {
            Ok(fields)
        } else {
            Err(WrongCount(self.record.len()))
        }
    }

    pub(super) fn has_line_break(&self) -> bool {
        self.record.iter().any(|field| field.contains(&b'\n'))
    }

    /// Bytes read from the file so far.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.get_ref().bytes
    }

    /// The line at which the record begins. The reader was at line `before` and is now after the
    /// record; in between may be empty lines before it and line breaks within it.
    fn line_of_record(&self, before: u64) -> u64 {
        let after = self.reader.position().line();
        let begins = match after - before {
            0 | 1 => before,
            _ => {
                let breaks = self.record.as_slice().iter().filter(|byte| **byte == b'\n');
                // The last record of a file may lack the line break that ends it.
                before.max(after.saturating_sub(1 + breaks.count() as u64))
            }
        };
        self.lines_before + begins
    }
}

/// Counts the bytes read, and fails at a bound so that no record can fill the memory.
struct BoundedRead {
    inner: Box<dyn Read + Send>,
    bytes: u64,
    bytes_max: u64,
}

impl BoundedRead {
    fn is_at_bound(&self) -> bool {
        self.bytes >= self.bytes_max
    }
}

impl Read for BoundedRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_at_bound() {
            return Err(io::Error::other("the record is too long"));
        }
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}
