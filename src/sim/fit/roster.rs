//! The roster: staffed agents by time.

use std::ops::Range;

use super::breaks::BreakFit;
use super::levels::When;
use super::observation::{Prepared, median};
use super::staffed::{StaffedDay, differ, highest, typical_day};
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
    /// Lowest and highest of the days, or of an estimate.
    pub range: (f64, f64),
    /// True where so many were available at once.
    pub were_available: bool,
}

/// How the roster was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterBasis {
    /// The export has staffed agents.
    LoggedIn,
    /// The smallest staffing that explains available agents and connected calls.
    Estimated,
}

/// The roster of a history from its staffed agents. With the available agents, of whom there are never
/// more, it is an estimate.
pub(super) fn roster(
    history: &Prepared,
    days: &[StaffedDay],
    available: Option<&[StaffedDay]>,
    breaks: Option<&BreakFit>,
) -> RosterFit {
    let basis = if available.is_some() {
        RosterBasis::Estimated
    } else {
        RosterBasis::LoggedIn
    };
    if !history.has_typical_day() {
        return RosterFit {
            shifts: of_these_days(days, available, breaks),
            by_weekday: false,
            basis,
        };
    }
    let worked = |days: &'_ [StaffedDay]| -> Vec<StaffedDay> {
        let worked = days.iter().filter(|day| history.days.contains(&day.day));
        worked.cloned().collect()
    };
    let (days, available) = (worked(days), available.map(worked));
    let mut present: Vec<usize> = days.iter().map(StaffedDay::weekday).collect();
    present.sort_unstable();
    present.dedup();
    let of = |wanted: &[usize]| {
        let wanted = |days: &[StaffedDay]| -> Vec<StaffedDay> {
            let wanted = days.iter().filter(|day| wanted.contains(&day.weekday()));
            wanted.cloned().collect()
        };
        (wanted(&days), available.as_deref().map(wanted))
    };
    let typical = typical_day(&days);
    // An estimate is too rough to tell weekdays apart.
    let by_weekday = basis == RosterBasis::LoggedIn
        && present
            .iter()
            .any(|day| differ(&typical_day(&of(&[*day]).0), &typical));
    let groups: Vec<Vec<usize>> = if by_weekday {
        present.iter().map(|day| vec![*day]).collect()
    } else {
        vec![present]
    };
    let shifts = groups.iter().flat_map(|weekdays| {
        let (days, available) = of(weekdays);
        let on = weekdays
            .iter()
            .fold(Weekdays { days: [false; 7] }, |all, day| all.and(*day));
        shifts_of(&days, available.as_deref(), breaks, on)
    });
    RosterFit {
        shifts: shifts.collect(),
        by_weekday,
        basis,
    }
}

fn shifts_of(
    days: &[StaffedDay],
    available: Option<&[StaffedDay]>,
    breaks: Option<&BreakFit>,
    on: Weekdays,
) -> Vec<FittedShift> {
    let of_days = |days: &[StaffedDay], range: &Range<usize>, of: fn(&mut [f64]) -> Option<f64>| {
        let of_day = |day: &StaffedDay| {
            let parts = day.parts.get(range.clone())?.iter();
            let mut parts: Vec<f64> = parts.map(|part| part.unwrap_or(0.0)).collect();
            of(&mut parts)
        };
        days.iter().filter_map(of_day).collect::<Vec<f64>>()
    };
    let shift = |(range, count): &(Range<usize>, f64)| {
        let levels = of_days(days, range, median);
        let mut floors = available.map_or(Vec::new(), |days| of_days(days, range, highest));
        let floor = median(&mut floors).unwrap_or(0.0);
        let were_available = floor > *count;
        let count = floor.max(*count);
        if let Some(breaks) = breaks {
            let mut most = of_days(days, range, highest);
            let from = When::Clock(on, u32::try_from(range.start).unwrap_or(0) * PART_SECS_U32);
            return with_breaks(from, count, median(&mut most).unwrap_or(count), breaks);
        }
        FittedShift {
            were_available,
            from: When::Clock(on, u32::try_from(range.start).unwrap_or(0) * PART_SECS_U32),
            count: count.round(),
            range: (
                levels.iter().copied().fold(count, f64::min),
                levels.iter().copied().fold(count, f64::max),
            ),
        }
    };
    let typical = typical_day(days);
    let noise = noise(&typical, available.is_some(), breaks);
    let mut shifts: Vec<FittedShift> = steps(&typical, noise).iter().map(shift).collect();
    merge(&mut shifts);
    shifts
}

/// Variance of a part that is no change of the roster: of an estimate, a part of the agents.
fn noise(agents: &[f64], is_estimate: bool, breaks: Option<&BreakFit>) -> f64 {
    let most = agents.iter().copied().fold(0.0, f64::max);
    let deviation = if is_estimate {
        most * ESTIMATE_NOISE
    } else {
        0.0
    };
    // Those on a break stay out for some parts of five minutes.
    let by_breaks = breaks.map_or(0.0, |breaks| breaks.share.value * most * BREAK_PARTS);
    (deviation * deviation).max(by_breaks).max(NOISE_MIN)
}

/// A shift whose agents take breaks: more than are staffed, and the most who ever were if that can be.
fn with_breaks(from: When, staffed: f64, most: f64, breaks: &BreakFit) -> FittedShift {
    let of = |share: f64| staffed / (1.0 - share);
    // The highest of five minutes are up to an agent more than those staffed in the mean.
    let range = (
        (of(breaks.share.low) - 2.0).max(staffed - 1.0),
        of(breaks.share.high),
    );
    FittedShift {
        from,
        count: most.clamp(range.0, range.1).round(),
        range: (range.0.floor(), range.1.ceil()),
        were_available: false,
    }
}

/// The days themselves, from the first agents to the last.
fn of_these_days(
    days: &[StaffedDay],
    available: Option<&[StaffedDay]>,
    breaks: Option<&BreakFit>,
) -> Vec<FittedShift> {
    let series = |days: &[StaffedDay]| {
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
        parts.truncate(last.map_or(0, |last| last + 1));
        parts.drain(..first.unwrap_or(0));
        parts
    };
    let parts = series(days);
    let floors = available.map(series).unwrap_or_default();
    let mut last = 0.0;
    let agents = parts.iter().map(|(_, part)| {
        // Without rows the agents are those of before.
        last = part.unwrap_or(last);
        last
    });
    let agents: Vec<f64> = agents.collect();
    let shift = |(range, count): &(Range<usize>, f64)| {
        let floor = floors.get(range.clone()).unwrap_or_default().iter();
        let floor = floor.filter_map(|(_, part)| *part).fold(0.0, f64::max);
        let were_available = floor > *count;
        let count = floor.max(*count);
        if let Some(breaks) = breaks {
            let from = When::At(
                parts
                    .get(range.start)
                    .map(|(from, _)| *from)
                    .unwrap_or_default(),
            );
            let run = agents.get(range.clone()).unwrap_or_default();
            let most = run.iter().copied().fold(count, f64::max);
            return with_breaks(from, count, most, breaks);
        }
        FittedShift {
            were_available,
            from: When::At(
                parts
                    .get(range.start)
                    .map(|(from, _)| *from)
                    .unwrap_or_default(),
            ),
            count: count.round(),
            range: (count, count),
        }
    };
    let noise = noise(&agents, available.is_some(), breaks);
    let mut shifts: Vec<FittedShift> = steps(&agents, noise).iter().map(shift).collect();
    merge(&mut shifts);
    shifts
}

impl RosterFit {
    /// The agents at a time.
    pub(super) fn at(&self, local: LocalTime) -> f64 {
        self.shift_at(local).map_or(0.0, |shift| shift.count)
    }

    /// The agents at a time, if so many were available at once during their shift.
    pub(super) fn seen_at(&self, local: LocalTime) -> Option<f64> {
        let shift = self.shift_at(local)?;
        shift.were_available.then_some(shift.count)
    }

    fn shift_at(&self, local: LocalTime) -> Option<&FittedShift> {
        let holds = |shift: &&FittedShift| match shift.from {
            When::Clock(days, secs) => {
                days.has(local.weekday()) && i64::from(secs) <= local.secs_of_day()
            }
            When::At(from) => from <= local,
        };
        self.shifts.iter().rfind(holds)
    }

    /// Widens the ranges to those of two other rosters of the same history. Their shifts begin somewhat
    /// earlier or later, so that the middle of each is compared.
    pub(super) fn widen(&mut self, fewest: &Self, most: &Self) {
        let starts: Vec<LocalTime> = self.shifts.iter().map(begin).collect();
        let ends = starts.iter().skip(1).map(Some).chain([None]);
        for ((shift, start), end) in self.shifts.iter_mut().zip(&starts).zip(ends) {
            let half = end.map_or(0, |end| (end.secs - start.secs) / 2);
            let at = LocalTime {
                secs: start.secs + half.max(0),
            };
            let others = [fewest.at(at), most.at(at), shift.count];
            shift.range.0 = others.iter().copied().fold(shift.range.0, f64::min);
            let most = others.iter().copied().fold(shift.range.1, f64::max);
            shift.range.1 = (most * (1.0 + UNSEEN_SHARE)).ceil();
        }
    }
}

/// The beginning of a shift, of one by the clock on its first weekday.
fn begin(shift: &FittedShift) -> LocalTime {
    match shift.from {
        When::Clock(days, secs) => {
            let weekday = days.days.iter().position(|day| *day).unwrap_or(0);
            // 1970-01-05 was a Monday.
            let day = 4 + i64::try_from(weekday).unwrap_or(0);
            LocalTime {
                secs: day * DAY_SECS + i64::from(secs),
            }
        }
        When::At(from) => from,
    }
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
/// Share of the agents of an estimate who may be unseen: the median of the days is below the most.
const UNSEEN_SHARE: f64 = 0.05;
/// Parts of a day: five minutes.
const PART_SECS_U32: u32 = 300;
/// Standard deviation of estimated agents, as a share of the most: the calls of a team vary as much.
const ESTIMATE_NOISE: f64 = 0.1;
/// Variance below which a change of one agent for an hour is none.
const NOISE_MIN: f64 = 0.25;
/// Parts of five minutes that a break of a quarter of an hour moves together.
const BREAK_PARTS: f64 = 3.0;
