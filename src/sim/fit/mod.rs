//! A scenario from exported history: the world that its counts look like, and how sure that is.
//!
//! Each part of the world has a file: `answer` the answer rate and its drift, `handle` the handle time,
//! `roster` the agents, `polls` the polls. `world` puts them together, and `hours` simulates the
//! history's own dial rates in it, to hold both side by side.

mod answer;
mod beginnings;
mod breaks;
mod chance;
mod dialed;
mod doubts;
mod drift;
mod epochs;
mod expectation;
mod handle;
mod hour;
mod hours;
mod levels;
mod likelihood;
mod matrix;
mod observation;
mod polls;
mod ratio_ring;
mod replayed;
mod response;
mod ring;
mod roster;
mod seen;
mod segments;
mod staffed;
mod starts;
mod steps;
mod world;

use std::fmt;

use observation::Prepared;
use world::Estimates;

use super::scenario::{LocalTime, Scenario};
use crate::pacing::DayWindow;

pub use answer::AnswerFit;
pub use breaks::BreakFit;
pub use doubts::Doubt;
pub use epochs::Epoch;
pub use handle::{HandleBasis, HandleFit};
pub use hours::{Compared, Comparison, FIGURES, HourComparison};
pub use levels::{Level, When};
pub use observation::{Counts, Observation, Uncertain};
pub use polls::{OutageOfHistory, PollFit};
pub use ring::RingFit;
pub use roster::{FittedShift, RosterBasis, RosterFit};

/// The world that a history looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The answer rate.
    pub answer: AnswerFit,
    /// The handle time.
    pub handle: HandleFit,
    /// The agents.
    pub roster: RosterFit,
    /// The breaks; `None` where none are seen.
    pub breaks: Option<BreakFit>,
    /// The time that attempts take; `None` where it cannot be told.
    pub ring: Option<RingFit>,
    /// The polls.
    pub polls: PollFit,
    /// Windows of the week in which calls were dialed.
    pub dialed_hours: Vec<DayWindow>,
    /// Days with attempts.
    pub days: usize,
    /// True where there are enough days for a typical one.
    pub is_typical: bool,
    /// True where abandoned calls are counted.
    pub has_abandoned: bool,
    /// Share of the answered calls that a simulation of the history abandons, where it does not count
    /// them itself and the handle time needs it.
    pub abandoned_share: Option<f64>,
    /// What makes the counts themselves doubtful.
    pub doubts: Vec<Doubt>,
    span: (LocalTime, LocalTime),
    /// Where the calls of a day like most others begin.
    typical_start: Option<LocalTime>,
}

/// Why a history has no world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitError {
    /// No row has attempts.
    NothingDialed,
    /// Nobody answered, or everybody.
    NoAnswers,
    /// More calls are abandoned than answered.
    MoreAbandoned,
    /// Too few rows.
    TooShort,
    /// Too few connected calls.
    NoHandleTime,
}

impl Fit {
    /// Estimates every part from the rows of one campaign, in order of time.
    pub fn of(rows: &[Observation]) -> Result<Self, FitError> {
        let history = Prepared::new(rows);
        let counts = || rows.iter().filter_map(|row| row.counts);
        let attempts: f64 = counts().map(|counts| counts.attempts).sum();
        let answered: f64 = counts().map(|counts| counts.answered).sum();
        if attempts <= 0.0 {
            return Err(FitError::NothingDialed);
        }
        if answered <= 0.0 || answered >= attempts {
            return Err(FitError::NoAnswers);
        }
        if counts().map(|counts| counts.connected()).sum::<f64>() < 0.0 {
            return Err(FitError::MoreAbandoned);
        }
        if counts().count() < ROWS_MIN {
            return Err(FitError::TooShort);
        }
        let answer = answer::answer_rate(&history).ok_or(FitError::TooShort)?;
        let handle = handle::handle_time(&history)
            .or_else(|| starts::handle_time(&history))
            .or_else(|| response::handle_time(&history));
        let handle = handle.ok_or(FitError::NoHandleTime)?;
        let breaks = breaks::breaks(&history);
        let ring = ring::ring_times(&history, answer.base.value);
        let (handle, roster) = agents(&history, handle, breaks.as_ref());
        let (first, last) = match rows {
            [first, .., last] => (first.local, last.local),
            _ => return Err(FitError::TooShort),
        };
        let mut fit = Self {
            answer,
            handle,
            roster,
            breaks,
            ring,
            polls: polls::polls(&history),
            dialed_hours: dialed::dialed_hours(&history),
            days: history.days.len(),
            is_typical: history.has_typical_day(),
            abandoned_share: None,
            has_abandoned: counts().any(|counts| counts.abandoned.is_some()),
            doubts: doubts::doubts(&history),
            typical_start: dialed::typical_start(&history),
            span: (first.plus(-history.interval_secs), last),
        };
        if fit.ring.is_none() {
            fit.ring = ratio_ring::ring_times(&history, &fit.estimates().of_history());
        }
        // The rough range of the response is a lower bound, and is called one.
        if !fit.has_abandoned && fit.handle.basis != HandleBasis::Response {
            fit.take_out_abandoned(&history);
        }
        Ok(fit)
    }

    /// Takes the calls that are abandoned in a simulation of the history out of the handle time and the
    /// agents, where the history does not count them.
    fn take_out_abandoned(&mut self, history: &Prepared) {
        // After a shift many calls meet nobody, and the beginnings of shifts know nothing of them.
        let hours = match self.handle.basis {
            HandleBasis::ShiftStarts => beginnings::hours(history),
            HandleBasis::BusyAgents | HandleBasis::Response => [true; 24],
        };
        let most = history.unmet_share(hours);
        let mut share = 0.0;
        for _ in 0..ROUNDS {
            let world = self.estimates().of_history();
            share = hours::abandoned_share(history, &world, hours).min(most);
            let history = history.with_abandoned(share);
            let handle = handle::handle_time(&history).or_else(|| starts::handle_time(&history));
            let Some(mut handle) = handle else { return };
            // None may be abandoned, and half as many again.
            handle.mean_secs.low *= 1.0 - share;
            handle.mean_secs.high *= (1.0 - share) / (1.0 - share * 1.5).max(0.1);
            (self.handle, self.roster) = agents(&history, handle, self.breaks.as_ref());
        }
        self.abandoned_share = Some(share);
    }

    /// The history's beginning and end, on the campaign's clock.
    #[must_use]
    pub fn span(&self) -> (LocalTime, LocalTime) {
        self.span
    }

    /// The world to simulate: a typical day or week, or the days themselves.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        self.estimates().scenario()
    }

    /// The history beside simulations of its own dial rates.
    #[must_use]
    pub fn compare(&self, rows: &[Observation]) -> Comparison {
        hours::compare(&Prepared::new(rows), &self.estimates().of_history())
    }

    fn estimates(&self) -> Estimates<'_> {
        Estimates {
            answer: &self.answer,
            handle: &self.handle,
            roster: &self.roster,
            breaks: self.breaks.as_ref(),
            ring: self.ring.as_ref(),
            polls: &self.polls,
            span: self.span,
            is_typical: self.is_typical,
            typical_start: self.typical_start,
        }
    }
}

/// The agents, and the handle time in the light of them.
fn agents(
    history: &Prepared,
    handle: HandleFit,
    breaks: Option<&BreakFit>,
) -> (HandleFit, RosterFit) {
    if handle.basis == HandleBasis::BusyAgents {
        let staffed = |row: &Observation| Some((row.local, row.counts?.logged_in?));
        let logged_in: Vec<(LocalTime, f64)> = history.rows.iter().filter_map(staffed).collect();
        // Before the first break everybody is there.
        let of_part = if breaks.is_some() {
            staffed::highest
        } else {
            observation::median
        };
        let days = staffed::staffed_days(&logged_in, history.interval_secs, of_part);
        return (handle, roster::roster(history, &days, None, breaks));
    }
    let available = |row: &Observation| Some((row.local, row.counts?.available));
    let available: Vec<(LocalTime, f64)> = history.rows.iter().filter_map(available).collect();
    let available = staffed::staffed_days(&available, history.interval_secs, staffed::highest);
    let of = |secs: f64| {
        let staffed = response::staffed(history, secs);
        let days = staffed::staffed_days(&staffed, history.interval_secs, observation::median);
        roster::roster(history, &days, Some(&available), None)
    };
    let rough = of(handle.mean_secs.value);
    let handle = response::with_agents(history, handle, |local| rough.seen_at(local));
    let mut found = of(handle.mean_secs.value);
    found.widen(&of(handle.mean_secs.low), &of(handle.mean_secs.high));
    (handle, found)
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingDialed => {
                "no call was dialed in it (totalCallsDialed is 0 in every row); there is nothing to fit"
            }
            Self::NoAnswers => {
                "either nobody or everybody answered (totalCallsAnswered); is that the right column?"
            }
            Self::MoreAbandoned => {
                "more calls were abandoned (totalCallsAbandoned) than answered (totalCallsAnswered); are these the right columns?"
            }
            Self::TooShort => {
                "it is too short to fit a world: at least 30 rows with calls, better some days"
            }
            Self::NoHandleTime => {
                "too few calls were connected, or no agent was ever busy, to tell how long a call takes; are availableAgents and loggedInAgents the right columns?"
            }
        })
    }
}

impl std::error::Error for FitError {}

/// Rounds in which abandoned calls and handle time settle.
const ROUNDS: u32 = 3;
/// Rows that tell something: a quarter of an hour every 30 s.
const ROWS_MIN: usize = 30;
