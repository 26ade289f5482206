//! The hours in which calls were dialed, by weekday.

use std::collections::{BTreeMap, VecDeque};

use super::observation::{Counts, Prepared};
use crate::pacing::{DayWindow, Weekdays};
use crate::sim::scenario::LocalTime;

/// Windows of the week in which calls were dialed, each on all days that have it, to a quarter of an
/// hour. A weekday without calls has none.
pub(super) fn dialed_hours(history: &Prepared) -> Vec<DayWindow> {
    let days = dialed_days(history);
    let mut windows: Vec<DayWindow> = Vec::new();
    for weekday in 0..7 {
        let of_weekday = || days.iter().filter(|(day, _)| weekday_of(**day) == weekday);
        let all = of_weekday().count();
        let is_dialed = |slot: usize| {
            let dialed = |slots: &[Slot; SLOTS]| slots.get(slot).is_some_and(|it| it.is_dialed());
            let count = of_weekday().filter(|(_, slots)| dialed(slots)).count();
            count > 0 && 2 * count >= all
        };
        for (from, to) in runs((0..SLOTS).filter(|slot| is_dialed(*slot))) {
            match windows.iter_mut().find(|it| (it.from, it.to) == (from, to)) {
                Some(window) => window.days = window.days.and(weekday),
                None => windows.push(DayWindow {
                    days: Weekdays::one(weekday),
                    from,
                    to,
                }),
            }
        }
    }
    windows
}

/// The beginning of the calls on the last day that is like most days: dialed in the quarters of an hour
/// in which half of the days are dialed, or nearly as alike as the day that is most alike.
pub(super) fn typical_start(history: &Prepared) -> Option<LocalTime> {
    let mut days = dialed_days(history);
    days.retain(|_, slots| slots.iter().any(|slot| slot.is_dialed()));
    let is_typical = |slot: usize| {
        let dialed = |slots: &&[Slot; SLOTS]| slots.get(slot).is_some_and(|it| it.is_dialed());
        2 * days.values().filter(dialed).count() >= days.len()
    };
    let typical: Vec<bool> = (0..SLOTS).map(is_typical).collect();
    // Quarters that are the same, of a thousand that either has.
    let alike = |slots: &[Slot; SLOTS]| {
        let both = || slots.iter().map(|slot| slot.is_dialed()).zip(&typical);
        let common = both().filter(|(one, other)| *one && **other).count();
        1_000 * common / both().filter(|(one, other)| *one || **other).count().max(1)
    };
    let most = days.values().map(alike).max()?;
    let is_like_most = |slots: &[Slot; SLOTS]| alike(slots) * 10 >= most * 9;
    let (day, slots) = days.iter().rfind(|(_, slots)| is_like_most(slots))?;
    let first = slots.iter().position(|slot| slot.is_dialed())?;
    Some(LocalTime {
        secs: day * DAY_SECS + i64::try_from(first).ok()? * SLOT_SECS,
    })
}

/// A slot of a day of the history.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Time of the intervals with attempts.
    dialed_secs: f64,
    /// True where an agent was there at a poll. Calls without agents were left over, or a mistake.
    has_agents: bool,
}

impl Slot {
    fn is_dialed(self) -> bool {
        self.has_agents && self.dialed_secs > SLOT_MIN
    }
}

/// The slots of each day with attempts.
fn dialed_days(history: &Prepared) -> BTreeMap<i64, [Slot; SLOTS]> {
    let mut days: BTreeMap<i64, [Slot; SLOTS]> = BTreeMap::new();
    let mut last_hour: VecDeque<(f64, Counts)> = VecDeque::new();
    for row in &history.rows {
        let Some(counts) = row.counts else { continue };
        let is_old = |(at, _): &(f64, Counts)| {
            row.at_secs - at > AGENTS_SECS.max(history.interval_secs * 1.5)
        };
        while last_hour.front().is_some_and(is_old) {
            last_hour.pop_front();
        }
        let (is_staffed, has_agents) = staffed(&last_hour, counts);
        last_hour.push_back((row.at_secs, counts));
        if counts.attempts <= 0.0 || !is_staffed {
            continue;
        }
        // The interval in parts that are each in one slot.
        let mut left = history.interval_secs.min(INTERVAL_MAX);
        while left > 0.0 {
            let at = row.local.plus(-left);
            let number = at.secs_of_day() / SLOT_SECS;
            let until = (number + 1) * SLOT_SECS - at.secs_of_day();
            let part = left.min(f64::from(i32::try_from(until).unwrap_or(1)));
            let slots = days.entry(at.day()).or_insert([Slot::default(); SLOTS]);
            if let Some(slot) = usize::try_from(number)
                .ok()
                .and_then(|it| slots.get_mut(it))
            {
                slot.dialed_secs += part;
                slot.has_agents |= has_agents;
            }
            left -= part;
        }
    }
    days
}

/// Whether an interval is one of dialing, and whether agents were seen in it: after a shift the last
/// agents end their calls. Without logged-in agents those available at either end are seen.
fn staffed(last_hour: &VecDeque<(f64, Counts)>, counts: Counts) -> (bool, bool) {
    if let Some(agents) = counts.logged_in {
        let before = last_hour.iter().filter_map(|(_, before)| before.logged_in);
        let most = before.fold(agents, f64::max);
        let is_staffed = agents > 0.0 && agents >= most * STAFFED_SHARE_MIN;
        return (is_staffed, is_staffed);
    }
    let before = last_hour.back().map_or(0.0, |(_, before)| before.available);
    (true, counts.available.max(before) > 0.0)
}

/// Runs of slots as minutes of the day, from and to. A short pause between two does not end a run.
fn runs(slots: impl Iterator<Item = usize>) -> Vec<(u16, u16)> {
    let minute = |slot: usize| u16::try_from(slot * SLOT_MINUTES).unwrap_or(DayWindow::MIDNIGHT);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for slot in slots {
        match runs.last_mut() {
            Some((_, end)) if slot - *end < PAUSE_SLOTS => *end = slot + 1,
            _ => runs.push((slot, slot + 1)),
        }
    }
    runs.into_iter()
        .map(|(from, to)| (minute(from), minute(to)))
        .collect()
}

/// Days from Monday of a day since 1970-01-01, which was a Thursday.
fn weekday_of(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

/// Slots of a day: hours begin and end at a quarter.
const SLOTS: usize = 96;
const SLOT_MINUTES: usize = 15;
const SLOT_SECS: i64 = 900;
const DAY_SECS: i64 = 86_400;
/// A third of a slot. The last calls of a window ring out up to a minute after it.
const SLOT_MIN: f64 = 300.0;
/// Time back from which agents may still be on their last call, and the share of them that may.
const AGENTS_SECS: f64 = 3_600.0;
const STAFFED_SHARE_MIN: f64 = 0.25;
/// A pause of an hour is one in which nobody is called.
const PAUSE_SLOTS: usize = 4;
/// The longest interval of an export: a day.
const INTERVAL_MAX: f64 = 86_400.0;
