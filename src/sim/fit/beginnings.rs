//! The beginnings of shifts, when everybody is available.

use super::observation::{GAP_INTERVALS, Observation, Prepared, unmet};

/// The time after the beginning of a shift.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// Busy agents at each poll.
    pub(super) busy: Vec<f64>,
    /// Calls that took an agent in the interval before each poll, as far as an agent was there.
    pub(super) calls: Vec<f64>,
    pub(super) answered: Vec<f64>,
    /// Answered calls of each interval, as many of them as its ends had nobody available.
    pub(super) unmet: Vec<f64>,
    /// Everybody who began.
    pub(super) staffed: f64,
    /// The same, of whom no more can be busy; infinite where abandoned calls are counted.
    pub(super) agents: f64,
}

impl Start {
    /// Its first polls.
    pub(super) fn first(&self, polls: usize) -> Self {
        Self {
            busy: self.busy.iter().take(polls).copied().collect(),
            calls: self.calls.iter().take(polls).copied().collect(),
            ..self.clone()
        }
    }
}

/// The time after each beginning of a shift with everybody available.
pub(super) fn starts(history: &Prepared, window: f64) -> Vec<Start> {
    begins(history)
        .into_iter()
        .filter_map(|begin| start(history, begin, window))
        .collect()
}

/// Hours of the day in which shifts begin: those that the handle time is from.
pub(super) fn hours(history: &Prepared) -> [bool; 24] {
    let mut hours = [false; 24];
    for begin in begins(history) {
        let local = history.rows.get(begin).map(|row| row.local);
        let middle = local.map(|local| local.plus(-history.interval_secs / 2.0));
        let hour = middle.and_then(|local| usize::try_from(local.secs_of_day() / 3_600).ok());
        if let Some(slot) = hour.and_then(|hour| hours.get_mut(hour)) {
            *slot = true;
        }
    }
    hours
}

/// Rows with the first calls after a pause.
fn begins(history: &Prepared) -> Vec<usize> {
    let mut begins = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for (place, row) in history.rows.iter().enumerate() {
        let dialed = row.counts.is_some_and(|counts| counts.attempts > 0.0);
        if !dialed {
            continue;
        }
        let is_first = last == f64::NEG_INFINITY;
        // A history may begin in the middle of a shift: with calls in its first row.
        if row.at_secs - last > PAUSE_SECS && (!is_first || place > 0) {
            begins.push(place);
        }
        last = row.at_secs;
    }
    begins
}

/// The time after a beginning, as long as all rows are there and nobody else comes.
fn start(history: &Prepared, begin: usize, window: f64) -> Option<Start> {
    let rows = &history.rows;
    let from = begin.saturating_sub(BEFORE);
    let first = rows.get(from..(begin + AFTER).min(rows.len()))?;
    let near = |row: &&Observation| {
        let apart = row.at_secs - rows.get(begin).map_or(0.0, |row| row.at_secs);
        apart.abs() <= history.interval_secs * GAP_INTERVALS * 2.0
    };
    let seen = first.iter().filter(near).filter_map(|row| row.counts);
    let agents = seen.map(|counts| counts.available).fold(0.0, f64::max);
    if agents < AGENTS_MIN {
        return None;
    }
    let interval = history.interval_secs;
    let begun_at = rows.get(begin)?.at_secs - interval;
    let mut start = Start {
        staffed: agents,
        agents,
        ..Start::default()
    };
    let (mut before, mut last, mut last_dialed) = (agents, begun_at, begun_at);
    for row in rows.get(begin..)? {
        let polls = ((row.at_secs - last) / interval).round();
        if row.at_secs - begun_at > window || polls > POLLS_MISSING_MAX + 1.0 {
            break;
        }
        let Some(counts) = row.counts else { continue };
        if counts.attempts > 0.0 {
            last_dialed = row.at_secs;
        }
        // Others have come, or the shift is over.
        if counts.available > agents || row.at_secs - last_dialed > DIALED_SECS.max(interval) {
            break;
        }
        let mut poll = 1.0;
        while poll <= polls {
            // Polls without counts are between those around them.
            let available = before + (counts.available - before) * poll / polls;
            start.busy.push(agents - available);
            start.calls.push(counts.connected());
            start.answered.push(counts.answered);
            let unmet = unmet(before, counts.available);
            start.unmet.push(counts.answered * unmet);
            poll += 1.0;
        }
        (before, last) = (counts.available, row.at_secs);
    }
    (start.calls.len() >= POLLS_MIN).then_some(start)
}

/// Time without calls after which a shift is over.
const DIALED_SECS: f64 = 600.0;
const POLLS_MISSING_MAX: f64 = 2.0;
/// A shorter time tells nothing.
const POLLS_MIN: usize = 2;
/// A pause in which every call ends.
const PAUSE_SECS: f64 = 3_600.0;
/// Rows before and after the first with calls of which one has everybody available.
const BEFORE: usize = 2;
const AFTER: usize = 1;
const AGENTS_MIN: f64 = 2.0;
