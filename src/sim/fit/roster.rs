//! The roster: staffed agents by time.

use std::ops::Range;

use super::answer::When;
use super::observation::{Prepared, median};
use super::steps::steps;
use crate::sim::scenario::{LocalTime, Weekdays};

/// The staffed agents of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterFit {
    /// Numbers of agents, each from a time on.
    pub shifts: Vec<FittedShift>,
    /// True where weekdays differ.
    pub by_weekday: bool,
    /// How it was found.
    pub basis: RosterBasis,
}

/// Agents from a time on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedShift {
    /// Time of day in seconds, and days; of the days themselves the local time.
    pub from: When,
    /// Agents.
    pub count: f64,
    /// Lowest and highest of the days.
    pub range: (f64, f64),
}

/// How the roster was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterBasis {
    /// The export has staffed agents.
    LoggedIn,
    /// The smallest staffing that explains available agents and connected calls.
    Estimated,
}

/// Agents of one day, by part of the day.
pub(super) struct StaffedDay {
    pub(super) day: i64,
    pub(super) parts: Vec<Option<f64>>,
}

/// The agents of each day from rows of (time, agents).
pub(super) fn staffed_days(rows: &[(LocalTime, f64)]) -> Vec<StaffedDay> {
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
        parts: parts.iter_mut().map(|part| median(part)).collect(),
    };
    days.into_iter().map(medians).collect()
}

/// The roster of a history whose rows have agents.
pub(super) fn roster(history: &Prepared, days: &[StaffedDay], basis: RosterBasis) -> RosterFit {
    let worked: Vec<&StaffedDay> = days
        .iter()
        .filter(|day| history.days.contains(&day.day))
        .collect();
    if !history.has_typical_day() {
        return RosterFit {
            shifts: of_these_days(days),
            by_weekday: false,
            basis,
        };
    }
    let weekday = |day: &StaffedDay| {
        LocalTime {
            secs: day.day * DAY_SECS,
        }
        .weekday()
    };
    let mut present: Vec<usize> = worked.iter().map(|day| weekday(day)).collect();
    present.sort_unstable();
    present.dedup();
    let typical = typical_day(&worked);
    let of_weekday = |wanted: usize| {
        let days: Vec<&StaffedDay> = worked
            .iter()
            .copied()
            .filter(|day| weekday(day) == wanted)
            .collect();
        (typical_day(&days), days)
    };
    let by_weekday = present
        .iter()
        .any(|day| differ(&of_weekday(*day).0, &typical));
    let mut shifts = Vec::new();
    if by_weekday {
        for day in present {
            let (parts, days) = of_weekday(day);
            shifts.extend(shifts_of(&parts, &days, |secs| {
                When::Clock(Weekdays::one(day), secs)
            }));
        }
    } else {
        let mut days = Weekdays { days: [false; 7] };
        for day in &present {
            if let Some(slot) = days.days.get_mut(*day) {
                *slot = true;
            }
        }
        shifts = shifts_of(&typical, &worked, |secs| When::Clock(days, secs));
    }
    RosterFit {
        shifts,
        by_weekday,
        basis,
    }
}

/// Agents by part of a day: the median of the days, 0 where none has any.
fn typical_day(days: &[&StaffedDay]) -> Vec<f64> {
    let part = |part: usize| {
        let of_day = |day: &&StaffedDay| day.parts.get(part).copied().flatten().unwrap_or(0.0);
        let mut values: Vec<f64> = days.iter().map(of_day).collect();
        median(&mut values).unwrap_or(0.0)
    };
    (0..PARTS).map(part).collect()
}

/// True for days whose agents differ by more than absences would explain.
fn differ(one: &[f64], other: &[f64]) -> bool {
    let apart: f64 = one.iter().zip(other).map(|(a, b)| (a - b).abs()).sum();
    let all: f64 = other.iter().sum();
    apart > all * DIFFERENCE_MAX
}

fn shifts_of(parts: &[f64], days: &[&StaffedDay], when: impl Fn(u32) -> When) -> Vec<FittedShift> {
    let found = steps(parts);
    let shift = |(range, count): &(Range<usize>, f64)| {
        let of_day = |day: &&StaffedDay| {
            let mut parts: Vec<f64> = day
                .parts
                .get(range.clone())?
                .iter()
                .map(|part| part.unwrap_or(0.0))
                .collect();
            median(&mut parts)
        };
        let levels: Vec<f64> = days.iter().filter_map(of_day).collect();
        let lowest = levels.iter().copied().fold(*count, f64::min);
        let highest = levels.iter().copied().fold(*count, f64::max);
        FittedShift {
            from: when(u32::try_from(range.start).unwrap_or(0) * PART_SECS_U32),
            count: count.round(),
            range: (lowest, highest),
        }
    };
    let mut shifts: Vec<FittedShift> = found.iter().map(shift).collect();
    merge(&mut shifts);
    shifts
}

/// The days themselves, from the first agents to the last.
fn of_these_days(days: &[StaffedDay]) -> Vec<FittedShift> {
    let mut parts: Vec<(LocalTime, Option<f64>)> = Vec::new();
    for day in days {
        for (secs, part) in (0..).step_by(300).zip(&day.parts) {
            let from = LocalTime {
                secs: day.day * DAY_SECS + secs,
            };
            parts.push((from, *part));
        }
    }
    let first = parts.iter().position(|(_, part)| part.is_some());
    let last = parts.iter().rposition(|(_, part)| part.is_some());
    let parts = match (first, last) {
        (Some(first), Some(last)) => parts.get(first..=last).unwrap_or_default(),
        _ => &[],
    };
    let mut last = 0.0;
    let agents = parts.iter().map(|(_, part)| {
        // Without rows the agents are those of before.
        last = part.unwrap_or(last);
        last
    });
    let agents: Vec<f64> = agents.collect();
    let shift = |(range, count): &(Range<usize>, f64)| FittedShift {
        from: When::At(
            parts
                .get(range.start)
                .map(|(from, _)| *from)
                .unwrap_or_default(),
        ),
        count: count.round(),
        range: (*count, *count),
    };
    let mut shifts: Vec<FittedShift> = steps(&agents).iter().map(shift).collect();
    merge(&mut shifts);
    shifts
}

/// Shifts that round to the same number are one.
fn merge(shifts: &mut Vec<FittedShift>) {
    shifts.dedup_by(|next, shift| {
        let same = (next.count - shift.count).abs() < 0.5;
        if same {
            shift.range = (
                shift.range.0.min(next.range.0),
                shift.range.1.max(next.range.1),
            );
        }
        same
    });
}

const DAY_SECS: i64 = 86_400;
/// Parts of a day: five minutes.
const PART_SECS: i64 = 300;
const PART_SECS_U32: u32 = 300;
const PARTS: usize = 288;
/// Share of the agents' time by which a weekday may differ from the typical day: absences.
const DIFFERENCE_MAX: f64 = 0.1;
