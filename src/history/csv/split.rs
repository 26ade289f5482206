//! A line without quotes split at its delimiters, eight bytes at a time.

use crate::history::columns::{Column, Fields};

/// A row whose number of fields, which this is, is not the header's.
pub(super) struct WrongCount(pub(super) usize);

/// Where the fields of a row go.
pub(super) struct Splitting<'c> {
    pub(super) delimiter: u8,
    /// The column of each field, if it is one.
    pub(super) columns: &'c [Option<Column>],
    /// Empty fields after the last column that every row has.
    pub(super) extras: usize,
}

impl Splitting<'_> {
    /// Puts the fields of `line` that are columns into `fields`: all of them, unless it is refused.
    #[inline]
    pub(super) fn split<'a>(
        &self,
        line: &'a [u8],
        fields: &mut Fields<'a>,
    ) -> Result<(), WrongCount> {
        let mut start = 0;
        let mut count = 0;
        let mut end_field = |end: usize| {
            if let Some(Some(column)) = self.columns.get(count) {
                fields.texts[*column] = line.get(start..end);
            }
            start = end + 1;
            count += 1;
        };
        // Fields are short: a test of eight bytes at once is faster than a search for each delimiter.
        let (words, rest) = line.as_chunks::<WORD_BYTES>();
        let mut last = [!self.delimiter; WORD_BYTES];
        for (byte, last) in rest.iter().zip(&mut last) {
            *last = *byte;
        }
        for (place, word) in (0..).step_by(WORD_BYTES).zip(words.iter().chain([&last])) {
            let mut delimiters = equal_bytes(u64::from_le_bytes(*word), self.delimiter);
            while delimiters != 0 {
                end_field(place + delimiters.trailing_zeros() as usize / 8);
                delimiters &= delimiters - 1;
            }
        }
        end_field(line.len());
        if count == self.columns.len() && self.extras == 0 {
            return Ok(());
        }
        let is_empty = |field: &[u8]| field.trim_ascii().is_empty();
        let all = line.split(|byte| *byte == self.delimiter);
        self.check(count, all.skip(self.columns.len()).all(is_empty))
    }

    /// Refuses a number of fields that no row of the file has.
    pub(super) fn check(&self, count: usize, are_extras_empty: bool) -> Result<(), WrongCount> {
        if count == self.columns.len() + self.extras && are_extras_empty {
            Ok(())
        } else {
            Err(WrongCount(count))
        }
    }
}

/// The highest bit of every byte that is `byte`.
fn equal_bytes(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    // The byte becomes zero. Adding 0x7F to the low seven bits carries into the highest bit unless
    // they are all zero.
    let differs = word ^ u64::from_le_bytes([byte; WORD_BYTES]);
    !(((differs & LOW) + LOW) | differs | LOW)
}

const WORD_BYTES: usize = 8;
