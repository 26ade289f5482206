//! Numbers of a row: counts, shares and means.

use super::columns::{Column, Fields};
use super::number_form::{FormError, is_nothing, plain, trimmed};
use super::options::{AnswerRates, Decimal};
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

/// The numbers of one row.
pub(super) struct Numbers<'a, 'f> {
    pub(super) fields: &'a Fields<'f>,
    /// The decimal sign of the file, where it is known.
    pub(super) decimal: Option<Decimal>,
    /// True where the header says that shares are percentages.
    pub(super) is_percent_header: bool,
    /// What shares without a sign are, where that was said.
    pub(super) answer_rates: Option<AnswerRates>,
    /// Texts that stand for no value.
    pub(super) no_values: &'a [String],
}

impl Numbers<'_, '_> {
    /// A whole number of at least 0; `None` where there is no value.
    #[inline]
    pub(super) fn whole(&self, column: Column) -> Result<Option<u32>, WrongField> {
        match self.fields.text(column) {
            None | Some(b"") => Ok(None),
            Some(text) => match short_digits(text) {
                Some(count) if self.no_values.is_empty() => Ok(Some(count)),
                _ => self.long_whole(column, text),
            },
        }
    }

    /// A number from 0 to 1.
    #[inline]
    pub(super) fn share(&self, column: Column) -> Result<Option<Ratio>, WrongField> {
        let text = self.fields.text(column).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        if self.no_values.is_empty()
            && self.decimal != Some(Decimal::Comma)
            && !self.is_percent_header
            && self.answer_rates != Some(AnswerRates::Percent)
        {
            let share = match text {
                b"0" => Some(0.0),
                b"1" => Some(1.0),
                [b'0', b'.', ..] => finite(text),
                _ => None,
            };
            if let Some(share) = share.and_then(Ratio::new) {
                return Ok(Some(share));
            }
        }
        self.long_share(column, text)
    }

    /// A mean number of agents.
    pub(super) fn mean(&self, column: Column) -> Result<Option<f64>, WrongField> {
        let text = self.fields.text(column).unwrap_or_default();
        match self.number(column, text, MEAN)? {
            Some((mean, _)) if !(0.0..=f64::from(u32::MAX)).contains(&mean) => {
                Err(WrongField::new(column, MEAN))
            }
            mean => Ok(mean.map(|(mean, _)| mean)),
        }
    }

    /// A dial ratio in hundredths.
    pub(super) fn hundredths(&self, column: Column) -> Result<Option<u32>, WrongField> {
        let Some(text) = self.fields.text(column) else {
            return Ok(None);
        };
        let Some((ratio, _)) = self.number(column, text, RATIO)? else {
            return Ok(None);
        };
        match whole((ratio * 100.0).round()) {
            Some(steps) => Ok(Some(steps)),
            None => Err(WrongField::new(column, RATIO)),
        }
    }

    /// A whole number in any other form, such as the "34.0" of a spreadsheet.
    #[cold]
    fn long_whole(&self, column: Column, text: &[u8]) -> Result<Option<u32>, WrongField> {
        match self.number(column, text, WHOLE_NUMBER)? {
            None => Ok(None),
            Some((number, false)) if whole(number).is_some() => Ok(whole(number)),
            Some((number, false)) if number > 0.0 => {
                Err(WrongField::new(column, &fraction(column)))
            }
            Some((_, false)) => {
                let text = String::from_utf8_lossy(text);
                Err(WrongField::new(column, &no_number(&text, WHOLE_NUMBER)))
            }
            Some(_) => Err(WrongField::new(column, WHOLE_NUMBER)),
        }
    }

    fn long_share(&self, column: Column, text: &[u8]) -> Result<Option<Ratio>, WrongField> {
        let Some((number, is_percent)) = self.number(column, text, SHARE)? else {
            return Ok(None);
        };
        if self.is_percent_header && !is_percent && number != 0.0 && self.answer_rates.is_none() {
            let expected = "its header says per cent, and it has no % sign; give --answer-rates percent, or --answer-rates share if it is a share all the same";
            return Err(WrongField::new(column, expected));
        }
        match Ratio::new(number) {
            Some(share) => Ok(Some(share)),
            None if number > 1.0 && number <= 100.0 && !is_percent => Err(WrongField::new(
                column,
                &format!("{SHARE} (are all of them in per cent? give --answer-rates percent)"),
            )),
            None => Err(WrongField::new(column, SHARE)),
        }
    }

    /// A finite number, and true where it stands as a percentage; `None` where there is no value.
    fn number(
        &self,
        column: Column,
        text: &[u8],
        expected: &str,
    ) -> Result<Option<(f64, bool)>, WrongField> {
        let text = trimmed(text);
        if is_nothing(text) || self.no_values.iter().any(|it| it.trim().as_bytes() == text) {
            return Ok(None);
        }
        let wrong = |expected: &str| Err(WrongField::new(column, expected));
        let is_percent = column.is_share() && self.answer_rates == Some(AnswerRates::Percent);
        let has_exponent = || text.iter().any(|byte| matches!(byte, b'e' | b'E'));
        if self.fields.json_numbers[column] && (!is_percent || has_exponent()) {
            let divisor = if is_percent { 100.0 } else { 1.0 };
            return finite(text).map_or_else(
                || wrong(expected),
                |number| Ok(Some((number / divisor, is_percent))),
            );
        }
        let Ok(text) = str::from_utf8(text) else {
            return wrong(expected);
        };
        let plain = match plain(text, self.decimal, column.is_share()) {
            Ok(plain) => plain,
            Err(FormError::Ambiguous) => return wrong(AMBIGUOUS),
            Err(FormError::OtherDecimal) => return wrong(OTHER_DECIMAL),
            Err(FormError::NoNumber) => return wrong(&no_number(text, expected)),
        };
        let is_percent = plain.is_percent || is_percent;
        let number = if is_percent {
            // Exact where a division by 100 would round once more.
            finite(format!("{}e-2", plain.text).as_bytes())
        } else {
            finite(plain.text.as_bytes())
        };
        match number {
            Some(number) => Ok(Some((number, is_percent))),
            None => wrong(&no_number(text, expected)),
        }
    }
}

/// What was expected instead of a text that is no number.
#[cold]
fn no_number(text: &str, expected: &str) -> String {
    if text.contains(|c: char| c.is_ascii_digit()) && !text.starts_with('-') {
        return expected.to_owned();
    }
    format!("{expected}; if it stands for no value, give --no-value {text:?}")
}

/// What was expected of a whole number that has a fraction.
#[cold]
fn fraction(column: Column) -> String {
    let otherwise = match column {
        Column::AvailableAgents => {
            "; for a mean of several polls give --column agentAvailabilityAvg=HEADER with its name"
        }
        Column::DialRate => "; without it, give --column dialRate=",
        _ => "",
    };
    format!("{WHOLE_NUMBER}{otherwise}")
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

pub(super) const WHOLE_NUMBER: &str = "expected a whole number of at least 0";
const SHARE: &str = "expected a share from 0 to 1, such as 0.75";
const MEAN: &str = "expected a mean number of agents, at least 0";
const RATIO: &str = "expected a dial ratio, at least 0";
const AMBIGUOUS: &str = "it could be in thousands or have three decimals; give the decimal sign of the file with --decimal . or --decimal ,";
const OTHER_DECIMAL: &str = "other numbers of the file have another decimal sign; give the right one with --decimal . or --decimal ,";
