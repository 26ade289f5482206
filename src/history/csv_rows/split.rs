//! A line without quotes split at its commas, eight bytes at a time.

use crate::history::columns::{Column, Fields};

/// A row whose number of fields, which this is, is not the header's.
pub(super) struct WrongCount(pub(super) usize);

/// The fields of `line` that are columns. `columns` has the column of each field, if it is one.
pub(super) fn split<'a>(
    line: &'a [u8],
    columns: &[Option<Column>],
) -> Result<Fields<'a>, WrongCount> {
    let mut fields = Fields::default();
    let mut start = 0;
    let mut count = 0;
    let mut end_field = |end: usize| {
        if let Some(Some(column)) = columns.get(count) {
            fields[*column] = line.get(start..end);
        }
        start = end + 1;
        count += 1;
    };
    // Fields are short: a test of eight bytes at once is faster than a search for each comma.
    let (words, rest) = line.as_chunks::<WORD_BYTES>();
    let mut last = [0; WORD_BYTES];
    for (byte, last) in rest.iter().zip(&mut last) {
        *last = *byte;
    }
    for (place, word) in (0..).step_by(WORD_BYTES).zip(words.iter().chain([&last])) {
        let mut commas = commas(u64::from_le_bytes(*word));
        while commas != 0 {
            end_field(place + commas.trailing_zeros() as usize / 8);
            commas &= commas - 1;
        }
    }
    end_field(line.len());
    if count == columns.len() {
        Ok(fields)
    } else {
        Err(WrongCount(count))
    }
}

/// The highest bit of every byte that is a comma.
fn commas(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    // A comma becomes a zero byte. Adding 0x7F to the low seven bits carries into the highest bit
    // unless they are all zero.
    let differs = word ^ u64::from_le_bytes([b','; WORD_BYTES]);
    !(((differs & LOW) + LOW) | differs | LOW)
}

const WORD_BYTES: usize = 8;
