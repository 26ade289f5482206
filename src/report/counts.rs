//! Counts as people read them.

/// "1 row", "20,160 rows"
#[must_use]
pub fn count_of(n: u64, what: &str) -> String {
    format!("{} {what}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A count with commas between thousands.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share as a percentage to a tenth, without its sign: "77.2", "75".
pub(super) fn percent(share: f64) -> String {
    ((share * 1_000.0).round() / 10.0).to_string()
}
