//! The decimal sign of a file, as its numbers prove it.

use super::columns::Column;
use super::number_form::{is_nothing, plain};
use super::options::Decimal;
use crate::base::input::InputError;

/// A number that proves the decimal point, and one that proves the decimal comma.
#[derive(Debug, Default)]
pub(super) struct DecimalProofs {
    point: Option<String>,
    comma: Option<String>,
}

impl DecimalProofs {
    /// Looks at the trimmed text of a number of `column`.
    pub(super) fn look_at(&mut self, text: &[u8], column: Column) {
        let slot = match proof(text, column) {
            None => return,
            Some(Decimal::Point) => &mut self.point,
            Some(Decimal::Comma) => &mut self.comma,
        };
        slot.get_or_insert_with(|| String::from_utf8_lossy(text).into_owned());
    }

    /// The decimal sign; the error names two numbers that contradict each other.
    pub(super) fn decide(&self) -> Result<Option<Decimal>, InputError> {
        match (&self.point, &self.comma) {
            (Some(point), Some(comma)) => Err(InputError(format!(
                "its numbers have decimal points, such as {point:?}, and decimal commas, such as {comma:?}; give the right one with --decimal . or --decimal ,"
            ))),
            (Some(_), None) => Ok(Some(Decimal::Point)),
            (None, Some(_)) => Ok(Some(Decimal::Comma)),
            (None, None) => Ok(None),
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

/// What is told of decimal commas that were found.
pub(super) const COMMAS: &str = "numbers have decimal commas";
