//! How the first rows of a CSV file write numbers, and where they end.

use csv::ByteRecord;

use crate::history::columns::Column;
use crate::history::decimal_proofs::DecimalProofs;
use crate::history::number_form::{is_nothing, trimmed};

/// What was met so far.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// Empty fields after the last column of the first row.
    pub(super) extras: usize,
    pub(super) decimal: DecimalProofs,
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
            self.decimal.look_at(text, column);
        }
    }
}
