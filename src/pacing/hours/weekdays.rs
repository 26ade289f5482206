//! Days of the week.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Days of the week, such as mon-fri, or mon,wed,fri.
///
/// ```
/// # use dialpace::pacing::Weekdays;
/// let weekend: Weekdays = "sat-mon".parse().unwrap();
/// assert!(weekend.has(0) && weekend.has(5) && weekend.has(6) && !weekend.has(1));
/// assert_eq!("daily".parse(), Ok(Weekdays::default()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Weekdays {
    /// Monday to Sunday.
    pub days: [bool; 7],
}

impl Weekdays {
    /// One day, counted from Monday.
    #[must_use]
    pub fn one(weekday: usize) -> Self {
        let mut days = [false; 7];
        if let Some(day) = days.get_mut(weekday) {
            *day = true;
        }
        Self { days }
    }

    /// These days and one more, counted from Monday.
    #[must_use]
    pub fn and(mut self, weekday: usize) -> Self {
        if let Some(day) = self.days.get_mut(weekday) {
            *day = true;
        }
        self
    }

    /// True where the day, counted from Monday, is one of them.
    #[must_use]
    pub fn has(self, weekday: usize) -> bool {
        self.days.get(weekday) == Some(&true)
    }
}

impl Default for Weekdays {
    fn default() -> Self {
        Self { days: [true; 7] }
    }
}

impl FromStr for Weekdays {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case(EVERY_DAY) {
            return Ok(Self::default());
        }
        let refuse = || format!("{text:?} are no days such as mon-fri or mon,wed, nor daily");
        let place = |name: &str| {
            let name = name.trim();
            NAMES
                .iter()
                .position(|known| name.eq_ignore_ascii_case(known))
        };
        let mut days = [false; 7];
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (Some(first), Some(last)) = (place(first), place(last)) else {
                return Err(refuse());
            };
            for (place, day) in days.iter_mut().enumerate() {
                *day |= if first <= last {
                    (first..=last).contains(&place)
                } else {
                    place >= first || place <= last
                };
            }
        }
        Ok(Self { days })
    }
}

impl fmt::Display for Weekdays {
    /// Runs of days as `mon-fri`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let mut place = 0;
        while place < 7 {
            let last = (place..7).take_while(|day| self.has(*day)).last();
            let name = |place: usize| NAMES.get(place).copied().unwrap_or_default();
            match last {
                Some(last) if last == place => parts.push(name(place).to_owned()),
                Some(last) => parts.push(format!("{}-{}", name(place), name(last))),
                None => {}
            }
            place = last.unwrap_or(place) + 1;
        }
        f.write_str(&parts.join(","))
    }
}

impl TryFrom<String> for Weekdays {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Weekdays> for String {
    fn from(days: Weekdays) -> Self {
        days.to_string()
    }
}

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const EVERY_DAY: &str = "daily";
