//! Numbers of a row: counts, shares and means.

use super::columns::{Column, Fields};
use crate::base::number_text::{finite, whole};
use crate::pacing::Ratio;

/// A field that is not of the expected form.
pub(super) struct WrongField {
    pub(super) column: Column,
    pub(super) expected: String,
}

impl WrongField {
    pub(super) fn new(column: Column, expected: &str) -> Self {
        Self {
            column,
            expected: expected.to_owned(),
        }
    }
}

/// A whole number of at least 0; `None` where there is no value.
#[inline]
pub(super) fn whole_number(fields: &Fields, column: Column) -> Result<Option<u32>, WrongField> {
    match fields[column] {
        None | Some(b"") => Ok(None),
        Some(text) => match short_digits(text) {
            Some(count) => Ok(Some(count)),
            None => long_whole_number(fields, column),
        },
    }
}

/// A number from 0 to 1.
pub(super) fn share(fields: &Fields, column: Column) -> Result<Option<Ratio>, WrongField> {
    let Some(number) = number(fields, column, SHARE)? else {
        return Ok(None);
    };
    match Ratio::new(number) {
        Some(share) => Ok(Some(share)),
        None if number > 1.0 && number <= 100.0 => Err(WrongField::new(
            column,
            &format!("{SHARE} (a percentage? divide by 100)"),
        )),
        None => Err(WrongField::new(column, SHARE)),
    }
}

/// A mean number of agents.
pub(super) fn mean(fields: &Fields, column: Column) -> Result<Option<f64>, WrongField> {
    let mean = number(fields, column, MEAN)?;
    match mean {
        Some(mean) if !(0.0..=f64::from(u32::MAX)).contains(&mean) => {
            Err(WrongField::new(column, MEAN))
        }
        mean => Ok(mean),
    }
}

/// Up to nine digits and nothing else: the form of nearly every count.
#[inline]
fn short_digits(text: &[u8]) -> Option<u32> {
    if text.len() > 9 {
        return None;
    }
    let mut count = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        count = count * 10 + u32::from(digit);
    }
    Some(count)
}

/// A whole number in any other form, such as the "34.0" of a spreadsheet.
#[cold]
fn long_whole_number(fields: &Fields, column: Column) -> Result<Option<u32>, WrongField> {
    let Some(number) = number(fields, column, WHOLE_NUMBER)? else {
        return Ok(None);
    };
    match whole(number) {
        Some(count) => Ok(Some(count)),
        None => Err(WrongField::new(column, WHOLE_NUMBER)),
    }
}

/// A finite number; `None` where there is no value.
fn number(fields: &Fields, column: Column, expected: &str) -> Result<Option<f64>, WrongField> {
    let text = fields[column].unwrap_or_default().trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    match finite(text) {
        Some(number) => Ok(Some(number)),
        None => Err(WrongField::new(column, expected)),
    }
}

pub(super) const WHOLE_NUMBER: &str = "expected a whole number of at least 0";
const SHARE: &str = "expected a share from 0 to 1, such as 0.75";
const MEAN: &str = "expected a mean number of agents, at least 0";
