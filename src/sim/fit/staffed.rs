//! Agents by part of the day.

use super::observation::median;
use crate::sim::scenario::LocalTime;

/// Agents of one day, by part of the day.
#[derive(Clone)]
pub(super) struct StaffedDay {
    pub(super) day: i64,
    pub(super) parts: Vec<Option<f64>>,
}

/// The highest value.
pub(super) fn highest(values: &mut [f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// The agents of each day from rows of (time, agents), one each interval. Agents stay until the next
/// row: parts without a row of their own, which are most where rows are far apart, have those of the
/// row before.
pub(super) fn staffed_days(
    rows: &[(LocalTime, f64)],
    interval_secs: f64,
    of_part: fn(&mut [f64]) -> Option<f64>,
) -> Vec<StaffedDay> {
    let mut days: Vec<(i64, Vec<Vec<f64>>)> = Vec::new();
    for (local, agents) in rows {
        if days.last().is_none_or(|(day, _)| *day != local.day()) {
            days.push((local.day(), vec![Vec::new(); PARTS]));
        }
        let part = usize::try_from(local.secs_of_day() / PART_SECS).unwrap_or(0);
        let parts = days.last_mut().and_then(|(_, parts)| parts.get_mut(part));
        if let Some(part) = parts {
            part.push(*agents);
        }
    }
    let medians = |(day, mut parts): (i64, Vec<Vec<f64>>)| StaffedDay {
        day,
        parts: parts.iter_mut().map(|part| of_part(part)).collect(),
    };
    let mut days: Vec<StaffedDay> = days.into_iter().map(medians).collect();
    hold(&mut days, interval_secs);
    days
}

/// Fills the parts that an interval reaches into after that of its row.
fn hold(days: &mut [StaffedDay], interval_secs: f64) {
    #[expect(clippy::cast_precision_loss, reason = "five minutes")]
    let part_secs = PART_SECS as f64;
    // The agents of the last row, and the time for which they hold.
    let mut last = (0.0, 0.0);
    let mut day_before = None;
    for StaffedDay { day, parts } in days {
        if day_before != Some(*day - 1) {
            last = (0.0, 0.0);
        }
        day_before = Some(*day);
        for part in parts {
            last = match *part {
                Some(agents) => (agents, interval_secs),
                None => (last.0, last.1 - part_secs),
            };
            if last.1 > 0.0 {
                *part = Some(last.0);
            }
        }
    }
}

impl StaffedDay {
    /// Days from Monday.
    pub(super) fn weekday(&self) -> usize {
        LocalTime {
            secs: self.day * DAY_SECS,
        }
        .weekday()
    }
}

/// Agents by part of a day: the median of the days, 0 where none has any.
pub(super) fn typical_day(days: &[StaffedDay]) -> Vec<f64> {
    let part = |part: usize| {
        let of_day = |day: &StaffedDay| day.parts.get(part).copied().flatten().unwrap_or(0.0);
        let mut values: Vec<f64> = days.iter().map(of_day).collect();
        median(&mut values).unwrap_or(0.0)
    };
    (0..PARTS).map(part).collect()
}

/// True for days whose agents differ by more than absences would explain.
pub(super) fn differ(one: &[f64], other: &[f64]) -> bool {
    let apart: f64 = one.iter().zip(other).map(|(a, b)| (a - b).abs()).sum();
    let all: f64 = other.iter().sum();
    apart > all * DIFFERENCE_MAX
}

/// Share of the agents' time by which a weekday may differ from the typical day: absences.
const DIFFERENCE_MAX: f64 = 0.1;
const PARTS: usize = 288;
const DAY_SECS: i64 = 86_400;
/// Parts of a day: five minutes.
const PART_SECS: i64 = 300;
