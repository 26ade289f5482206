//! Numbers in text from outside: one reading for files and for answers that quote their numbers.

/// The finite number that `text` is, blanks around it left out.
///
/// ```
/// # use dialpace::base::number_text::finite;
/// assert_eq!(finite(b" 0.75 "), Some(0.75));
/// assert_eq!(finite(b"34.0"), Some(34.0));
/// assert_eq!(finite(b"1e400"), None);
/// assert_eq!(finite(b""), None);
/// ```
#[must_use]
pub fn finite(text: &[u8]) -> Option<f64> {
    let number = fast_float2::parse::<f64, _>(text.trim_ascii()).ok()?;
    number.is_finite().then_some(number)
}

/// `number` as a count; `None` where it is not whole, is negative or is above `u32::MAX`.
#[must_use]
pub fn whole(number: f64) -> Option<u32> {
    let is_count = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and in range, by the line above"
    )]
    is_count.then_some(number as u32)
}
