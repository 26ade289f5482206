//! A line without quotes split at its delimiters, 64 bytes at a time.

use wide::u8x16;

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
    /// Puts the fields of the first line of `text` that are columns into `fields`: all of them, unless
    /// it is refused. Returns the line, without its line break, and what follows it.
    #[inline]
    pub(super) fn split<'a>(
        &self,
        text: &'a [u8],
        fields: &mut Fields<'a>,
    ) -> (&'a [u8], &'a [u8], Result<(), WrongCount>) {
        let mut start = 0;
        let mut count = 0;
        let mut end_field = |end: usize| {
            if let Some(Some(column)) = self.columns.get(count) {
                fields.texts[*column] = text.get(start..end);
            }
            start = end + 1;
            count += 1;
        };
        let mut place = 0;
        let end = loop {
            let block = Block::at(text, place);
            let breaks = block.places_of(b'\n');
            // All bits below the first line break; without one, all.
            let of_line = (breaks & breaks.wrapping_neg()).wrapping_sub(1);
            let mut delimiters = block.places_of(self.delimiter) & of_line;
            while delimiters != 0 {
                end_field(place + delimiters.trailing_zeros() as usize);
                delimiters &= delimiters - 1;
            }
            if breaks != 0 {
                break place + breaks.trailing_zeros() as usize;
            }
            place += BLOCK_BYTES;
        };
        let line = text.get(..end).unwrap_or(text);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        end_field(line.len());
        let after = text.get(end + 1..).unwrap_or_default();
        (line, after, self.check_line(count, line))
    }

    #[inline]
    fn check_line(&self, count: usize, line: &[u8]) -> Result<(), WrongCount> {
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

/// 64 bytes of a text, with line breaks after its end.
struct Block([u8x16; 4]);

impl Block {
    #[inline]
    fn at(text: &[u8], place: usize) -> Self {
        let rest = text.get(place..).unwrap_or_default();
        let bytes = match rest.first_chunk::<BLOCK_BYTES>() {
            Some(bytes) => *bytes,
            None => padded(rest),
        };
        let (parts, _) = bytes.as_chunks::<16>();
        let mut block = Self([u8x16::default(); 4]);
        for (part, bytes) in block.0.iter_mut().zip(parts) {
            *part = u8x16::new(*bytes);
        }
        block
    }

    /// One bit for each byte, set where it is `byte`; the lowest for the first.
    #[inline]
    fn places_of(&self, byte: u8) -> u64 {
        let byte = u8x16::splat(byte);
        let parts = self.0.iter().rev();
        parts.fold(0, |places, part| {
            places << 16 | u64::from(part.simd_eq(byte).to_bitmask())
        })
    }
}

#[cold]
fn padded(rest: &[u8]) -> [u8; BLOCK_BYTES] {
    let mut bytes = [b'\n'; BLOCK_BYTES];
    for (byte, of_text) in bytes.iter_mut().zip(rest) {
        *byte = *of_text;
    }
    bytes
}

const BLOCK_BYTES: usize = 64;
