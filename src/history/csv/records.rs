//! Records of a text in memory.

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

/// Records of a text, each with the bytes before it and before what follows it.
pub(super) struct Records<'a> {
    text: &'a [u8],
    reader: Reader<&'a [u8]>,
    record: ByteRecord,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a [u8], delimiter: u8) -> Self {
        Self {
            text,
            reader: record_reader(text, delimiter),
            record: ByteRecord::new(),
        }
    }

    pub(super) fn next(&mut self) -> Option<(&ByteRecord, usize, usize)> {
        loop {
            let begin = self.place();
            if !self.reader.read_byte_record(&mut self.record).ok()? {
                return None;
            }
            let is_blank = self.record.len() == 1 && self.record.as_slice().trim_ascii().is_empty();
            if !is_blank {
                let begin = first_record(self.text, begin);
                let end = self.place();
                return Some((&self.record, begin, end));
            }
        }
    }

    fn place(&self) -> usize {
        let byte = self.reader.position().byte();
        usize::try_from(byte)
            .unwrap_or(usize::MAX)
            .min(self.text.len())
    }
}

/// A reader of whole records, in which quotes work as everywhere.
pub(super) fn record_reader(text: &[u8], delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        // The default ends a record at its CR and counts the LF as a line of the next record.
        .terminator(Terminator::Any(b'\n'))
        .from_reader(text)
}

/// True for text that only draws a line between the rows of a table, as psql, `MySQL` and Markdown do.
pub(super) fn is_ruler(text: &[u8]) -> bool {
    text.iter().all(|byte| b"-+=|: ".contains(byte))
        && text.windows(3).any(|part| matches!(part, b"---" | b"==="))
}

/// Bytes before the first line from `start` that is not blank.
pub(super) fn first_record(probe: &[u8], start: usize) -> usize {
    let text = probe.get(start..).unwrap_or_default();
    let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    start + blank.count()
}
