//! The counts of calls: the ranges that are asked for, and what they say.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::calls::SUMMARY_CALL;
use super::counters::{Counters, Step};
use super::memory::Memory;
use super::paced::PacedSkill;
use super::summary::{self, Totals};
use super::times::{literal_z, midnight_before, zone};
use crate::base::clock::Deadline;
use crate::base::units::UnixMillis;
use crate::http::CallError;

/// What the summary says.
pub(super) enum Counted {
    /// It has no row of the skill.
    NoRow,
    /// Counts to take differences from.
    Baseline,
    /// Calls since the poll before.
    Since(Totals),
}

impl PacedSkill<'_> {
    /// Reads the counts up to shortly before `server_now`, and returns those since the poll before.
    pub(super) fn count(
        &self,
        memory: &mut Memory,
        server_now: UnixMillis,
        deadline: &Deadline,
    ) -> Result<Counted, CallError> {
        let end = whole_second(UnixMillis(server_now.0.saturating_sub(END_BEFORE_MILLIS)));
        let midnight = self.midnight(memory, end);
        let source = format!("{} v{}", self.skill_id, self.settings.versions.summary);
        let kept = memory.counters.take().filter(|kept| {
            let is_of_this = kept.source == source && kept.epoch <= end;
            is_of_this && kept.epoch.distance(end) < EPOCH_MAX
        });
        let mut counters = kept.unwrap_or_else(|| Counters::new(&source, midnight));
        let read = self.count_into(&mut counters, midnight, end, deadline);
        if counters.is_batched() && !std::mem::replace(&mut memory.told.batched, true) {
            self.warn(
                "results are quarter-hour batched: dials move just after each quarter of an hour only, so the window is half an hour".to_owned(),
            );
        }
        memory.counters = Some(counters);
        read
    }

    fn count_into(
        &self,
        counters: &mut Counters,
        midnight: UnixMillis,
        end: UnixMillis,
        deadline: &Deadline,
    ) -> Result<Counted, CallError> {
        let is_new = midnight > counters.epoch && midnight.distance(end) >= EPOCH_MIN;
        let old = self.totals(counters.epoch, end, deadline)?;
        let step = if is_new {
            let fresh = self.totals(midnight, end, deadline)?;
            let step = counters.roll_over(midnight, end, old);
            if let Some(fresh) = fresh {
                counters.take(end, fresh);
            }
            step
        } else {
            match old {
                Some(totals) => counters.take(end, totals),
                None => return Ok(Counted::NoRow),
            }
        };
        if step == Step::Correction {
            self.warn(
                "a count of the summary went back: a correction that came late, or a reset; this difference is left out, and the window begins anew".to_owned(),
            );
        }
        Ok(match step {
            Step::Since(since) => Counted::Since(since),
            Step::Baseline | Step::Correction => Counted::Baseline,
        })
    }

    fn totals(
        &self,
        start: UnixMillis,
        end: UnixMillis,
        deadline: &Deadline,
    ) -> Result<Option<Totals>, CallError> {
        let (from, to) = (literal_z(start), literal_z(end));
        let path = self.path(&format!("/summary?startDate={from}&endDate={to}"));
        let version = self.settings.versions.summary;
        let (_, value) = self.get_json(SUMMARY_CALL, version, &path, deadline)?;
        let Some(value) = value else {
            return Ok(None);
        };
        summary::read(&value, self.skill_id.number())
            .map_err(|problem| CallError::unusable(SUMMARY_CALL, problem))
    }

    /// The midnight that an epoch up to `end` begins at.
    fn midnight(&self, memory: &mut Memory, end: UnixMillis) -> UnixMillis {
        let unit = memory.unit.as_ref();
        let named = unit.and_then(|unit| unit.time_zone.as_deref());
        let zone = match &self.settings.time_zone {
            Some(zone) => zone.clone(),
            None => named.and_then(zone).unwrap_or_else(|| {
                if !std::mem::replace(&mut memory.told.time_zone, true) {
                    let what = match named {
                        Some(name) => format!("is {name:?}, which is no name of the tz database"),
                        None => "is not told".to_owned(),
                    };
                    self.warn(format!(
                        "the business unit's defaultTimeZone {what}: the counts begin anew at midnight in UTC; --time-zone sets another zone"
                    ));
                }
                TimeZone::UTC
            }),
        };
        let midnight = midnight_before(end, &zone);
        if midnight.distance(end) >= EPOCH_MIN {
            midnight
        } else {
            // Just after midnight the range would be too short.
            midnight_before(UnixMillis(midnight.0.saturating_sub(1)), &zone)
        }
    }
}

fn whole_second(at: UnixMillis) -> UnixMillis {
    UnixMillis(at.0.div_euclid(1_000).saturating_mul(1_000))
}

/// Time before the server's own at which a range ends, so that it never lies in the future.
const END_BEFORE_MILLIS: i64 = 5_000;
/// Shortest range.
const EPOCH_MIN: Duration = Duration::from_secs(10);
/// Age at which an epoch is given up: the platform refuses ranges of more than 30 days.
const EPOCH_MAX: Duration = Duration::from_secs(29 * 86_400);
