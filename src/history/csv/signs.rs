//! How the first rows of a CSV file write numbers, and where they end.

use csv::ByteRecord;

use crate::history::columns::Column;
use crate::history::number_form::{is_nothing, plain, trimmed};
use crate::history::options::Decimal;

/// What was met so far.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// Empty fields after the last column of the first row.
    pub(super) extras: usize,
    /// A number that proves the decimal point, and one that proves the decimal comma.
    pub(super) proved: [Option<String>; 2],
    /// True where an answer rate has more than one digit.
    pub(super) has_fractions: bool,
    has_rows: bool,
}

impl Signs {
    pub(super) fn look_at(&mut self, record: &ByteRecord, columns: &[Option<Column>]) {
        let mut more = record.iter().skip(columns.len());
        if !self.has_rows && more.all(|field| trimmed(field).is_empty()) {
            self.extras = record.len().saturating_sub(columns.len());
        }
        self.has_rows = true;
        for (field, column) in record.iter().zip(columns) {
            let Some(column) = column.filter(|column| column.is_number()) else {
                continue;
            };
            let text = trimmed(field);
            self.has_fractions |= column.is_share() && text.len() > 1 && !is_nothing(text);
            if let Some(sign) = proof(text, column) {
                let [point, comma] = &mut self.proved;
                let slot = if sign == Decimal::Point { point } else { comma };
                slot.get_or_insert_with(|| String::from_utf8_lossy(text).into_owned());
            }
        }
    }
}

/// The decimal sign that the form of a number proves.
fn proof(text: &[u8], column: Column) -> Option<Decimal> {
    if text.iter().all(u8::is_ascii_digit) || is_nothing(text) {
        return None;
    }
    let text = str::from_utf8(text).ok()?;
    plain(text, None, column.is_share()).ok()?.proves
}
