//! Whole numbers and shares of options that are no settings.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// A whole number in `range`; `why` says what bounds it, and may be empty.
pub(super) fn whole<T>(
    range: RangeInclusive<T>,
    why: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Copy + std::fmt::Display,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!(
            "expected a whole number from {} to {}{}{why}",
            range.start(),
            range.end(),
            if why.is_empty() { "" } else { ": " }
        )),
    }
}

/// A whole number of at least `least`.
pub(super) fn at_least(least: u64) -> impl Fn(&str) -> Result<u64, String> + Clone {
    move |text| match text.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!("expected a whole number of at least {least}")),
    }
}

/// A number with or without decimals.
pub(super) fn number(text: &str) -> Result<f64, String> {
    text.parse()
        .map_err(|_| "expected a number, such as 8 or 0.5".to_owned())
}
