//! Shares from 0 to 1: of text, and what a percentage or a decimal comma was meant to be.

use crate::pacing::Ratio;

/// A share from 0 to 1. A percentage and a decimal comma are refused with what to write, so that a
/// value means one thing in every source, and a comma separates the values of a list.
pub fn share(text: &str) -> Result<Ratio, String> {
    let text = text.trim();
    let Ok(number) = text.parse::<f64>() else {
        let problem = format!("{text:?} is not a number; expected a share from 0 to 1");
        return Err(match meant_share(text) {
            Some(meant) => format!("{problem}: write {meant}"),
            None => format!("{problem}, such as 0.75"),
        });
    };
    Ratio::new(number).ok_or_else(|| {
        let problem = format!("{number} is not a share from 0 to 1");
        match percentage(number).filter(|_| number > 1.0) {
            Some(share) => format!("{problem} (a percentage? write {share})"),
            None => problem,
        }
    })
}

/// The share of a text such as `30%`, `30 %` or `0,3`.
fn meant_share(text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    match text.strip_suffix('%') {
        Some(percent) => percentage(number(percent)?),
        None => number(text).filter(|it| (0.0..=1.0).contains(it)),
    }
}

/// A percentage as a share, with as many decimals as a person writes.
fn percentage(percent: f64) -> Option<f64> {
    let is_one = (0.0..=100.0).contains(&percent);
    is_one.then(|| (percent * 1e4).round() / 1e6)
}

pub(super) fn share_above_zero(text: &str) -> Result<Ratio, String> {
    share(text).and_then(|share| {
        if share.value() > 0.0 {
            Ok(share)
        } else {
            Err(format!("{text} is not a share above 0"))
        }
    })
}

/// Shares separated by commas. A decimal comma shows as a second value that is no share.
pub(super) fn shares(list: &str) -> Result<Vec<Ratio>, String> {
    let values: Result<Vec<Ratio>, String> = list.split(',').map(share).collect();
    values.map_err(|problem| match meant_share(list) {
        Some(meant) if list.contains(',') && !list.contains('%') => {
            format!(
                "{list:?} has a decimal comma, or is a list with a value above 1: write {meant}"
            )
        }
        _ => problem,
    })
}
