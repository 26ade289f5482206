//! How far the days of a file are apart: a month each, where day and month were swapped.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

/// The days of one campaign.
#[derive(Debug, Default)]
pub(super) struct DaySteps {
    /// Days since 1970.
    last: Option<i64>,
    /// Steps to the same day of the next month.
    months: u32,
    others: u32,
}

impl DaySteps {
    #[inline]
    pub(super) fn take(&mut self, day: i64) {
        if self.last != Some(day) {
            self.step(day);
        }
    }

    #[cold]
    fn step(&mut self, day: i64) {
        if let Some(last) = self.last.replace(day) {
            let dates = date_of(last).zip(date_of(day));
            let is_month = dates.is_some_and(|(last, day)| {
                last.day() <= 12 && last.checked_add(Span::new().months(1)).ok() == Some(day)
            });
            self.months += u32::from(is_month);
            self.others += u32::from(!is_month);
        }
    }

    /// True where days come a month apart, as those up to the twelfth do with day and month swapped.
    pub(super) fn seem_swapped(&self) -> bool {
        self.months >= 2 || self.months == 1 && self.others == 0
    }
}

fn date_of(day: i64) -> Option<Date> {
    date(1970, 1, 1)
        .checked_add(i32::try_from(day).ok()?.days())
        .ok()
}
