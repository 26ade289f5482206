//! The poll of a skill: its agents, its calls, and what must be so for it to be paced.

use super::activity::{self, Activity};
use super::calls::{ACTIVITY_CALL, SKILL_CALL, SUMMARY_CALL, UNIT_CALL};
use super::counters::{Basis, Counters, Step};
use super::memory::{Memory, SkillSeen, UnitSeen};
use super::paced::PacedSkill;
use super::skill::{read_business_unit, read_skill};
use super::summary::{self, Totals};
use super::times::{literal_z, midnight_before, zone};
use crate::base::clock::Deadline;
use crate::base::units::UnixMillis;
use crate::http::{Answer, CallError};
use crate::pacing::{Abandonment, AbandonmentBasis, Sample, Traffic};
use jiff::tz::TimeZone;
use std::time::Duration;

/// What a poll says of agents and calls.
pub(super) struct Polled {
    /// `None` where the platform has no data of the agents.
    pub(super) sample: Option<Sample>,
    /// Why no ratio may be raised by it.
    pub(super) shortage: Option<String>,
}

impl PacedSkill<'_, '_> {
    /// Reads agents and calls.
    pub(super) fn sample(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<Polled, CallError> {
        let now = deadline.clock().now();
        let is_old = |at: UnixMillis, age: Duration| at.distance(now) >= age;
        if memory
            .unit
            .as_ref()
            .is_none_or(|unit| is_old(unit.at, UNIT_AGE))
        {
            self.see_unit(memory, deadline)?;
        }
        let skill = memory.skill.as_ref();
        let matters = memory.run.is_ours || memory.is_at_rest();
        if matters || skill.is_none_or(|skill| is_old(skill.at, SKILL_AGE)) {
            self.see_skill(memory, deadline)?;
        }
        let (activity, server_now) = self.activity(deadline)?;
        let Some(activity) = activity else {
            return Ok(Polled {
                sample: None,
                shortage: Some("the activity has no row of the skill".to_owned()),
            });
        };
        memory.staffed = activity.staffed.unwrap_or(memory.staffed);
        let since = self.count(memory, server_now, deadline)?;
        let rates = memory.counters.as_ref().map(Counters::rates);
        let (answer_rate, abandonment) = match rates {
            Some(rates) => (
                rates.answer_rate,
                Abandonment {
                    rate: rates.abandonment,
                    basis: match rates.basis {
                        Basis::Measured => AbandonmentBasis::Measured,
                        Basis::Epoch => AbandonmentBasis::Epoch,
                        Basis::None => AbandonmentBasis::None,
                    },
                },
            ),
            None => (None, Abandonment::default()),
        };
        let busy = activity.busy;
        let present = busy.map(|busy| busy.saturating_add(activity.available));
        Ok(Polled {
            sample: Some(Sample {
                at: deadline.clock().now(),
                available_agents: activity.available,
                answer_rate,
                traffic: Traffic {
                    attempts: since.map(|since| since.dials),
                    answered: since.map(|since| since.connects),
                    abandoned: since.map(|since| since.abandons),
                    logged_in: activity.staffed.or(present),
                    busy,
                },
                abandonment,
            }),
            shortage: answer_rate.is_none().then(|| shortage(memory)),
        })
    }

    /// Reads the business unit.
    pub(super) fn see_unit(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<(), CallError> {
        let version = self.settings.versions.skill;
        let (_, answer) = self.get_json(UNIT_CALL, version, "business-unit", deadline)?;
        let unusable = |problem: String| CallError::unusable(UNIT_CALL, problem);
        let answer = answer.ok_or_else(|| unusable("it is empty".to_owned()))?;
        let unit = read_business_unit(&answer).map_err(unusable)?;
        memory.unit = Some(UnitSeen {
            at: deadline.clock().now(),
            allows_predictive: unit.allows_predictive,
            time_zone: unit.time_zone,
            published_limit: unit.published_limit,
        });
        Ok(())
    }

    /// Reads the skill. One that cannot be paced is an error.
    pub(super) fn see_skill(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<(), CallError> {
        let version = self.settings.versions.skill;
        let (_, answer) = self.get_json(SKILL_CALL, version, &self.path(""), deadline)?;
        let unusable = |problem: String| CallError::unusable(SKILL_CALL, problem);
        let answer = answer.ok_or_else(|| unusable("it is empty".to_owned()))?;
        let skill = read_skill(&answer, self.skill_id.number()).map_err(unusable)?;
        if let Some(refusal) = skill.refusal {
            return Err(unusable(format!(
                "skill {} cannot be paced: {refusal}",
                self.skill_id
            )));
        }
        if skill.blends && !std::mem::replace(&mut memory.told.blends, true) {
            self.warn(format!(
                "skill {} blends (priorityBlending is true): its agents take inbound calls too, so fewer are available than it counts",
                self.skill_id
            ));
        }
        self.take_skill(
            memory,
            SkillSeen {
                at: deadline.clock().now(),
                is_running: skill.is_running,
            },
        );
        Ok(())
    }

    fn activity(&self, deadline: &Deadline) -> Result<(Option<Activity>, UnixMillis), CallError> {
        let (version, path) = (self.settings.versions.activity, self.path("/activity"));
        let (answer, value) = self.get_json(ACTIVITY_CALL, version, &path, deadline)?;
        let unusable = |problem: String| CallError::unusable(ACTIVITY_CALL, problem);
        let activity = match value {
            Some(value) => activity::read(&value, self.skill_id.number()).map_err(unusable)?,
            None => None,
        };
        if activity.is_some_and(|activity| activity.is_natural_calling == Some(false)) {
            return Err(unusable(format!(
                "skill {} cannot be paced: it is not one of Personal Connection (isNaturalCalling is false)",
                self.skill_id
            )));
        }
        let told = activity.and_then(|activity| activity.server_time);
        let now = told.or_else(|| date_of(&answer));
        Ok((activity, now.unwrap_or_else(|| deadline.clock().now())))
    }

    /// Reads the counts up to shortly before `server_now`, and returns those since the poll before.
    fn count(
        &self,
        memory: &mut Memory,
        server_now: UnixMillis,
        deadline: &Deadline,
    ) -> Result<Option<Totals>, CallError> {
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
    ) -> Result<Option<Totals>, CallError> {
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
                None => return Ok(None),
            }
        };
        if step == Step::Correction {
            self.warn(
                "a count of the summary went back: a correction that came late, or a reset; this difference is left out, and the window begins anew".to_owned(),
            );
        }
        Ok(match step {
            Step::Since(since) => Some(since),
            Step::Baseline | Step::Correction => None,
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

/// Why there is no answer rate.
fn shortage(memory: &Memory) -> String {
    let counters = memory.counters.as_ref();
    let marks = counters.map_or(&[][..], |counters| &counters.marks);
    match (marks.first(), marks.last()) {
        (None, _) | (_, None) => "the summary has no row of the skill".to_owned(),
        (Some(first), Some(last)) if marks.len() == 1 => format!(
            "the counts so far, {} dials and {} connects, are only a baseline: rates need a second summary",
            last.totals.dials.max(first.totals.dials),
            last.totals.connects
        ),
        (Some(first), Some(last)) => {
            let since = first.totals.until(last.totals).unwrap_or_default();
            format!(
                "{} dials and {} connects in the window are too few for an answer rate",
                since.dials, since.connects
            )
        }
    }
}

/// The server's time in the head of an answer.
fn date_of(answer: &Answer) -> Option<UnixMillis> {
    let date = jiff::fmt::rfc2822::parse(answer.header("date")?).ok()?;
    Some(UnixMillis(date.timestamp().as_millisecond()))
}

fn whole_second(at: UnixMillis) -> UnixMillis {
    UnixMillis(at.0.div_euclid(1_000).saturating_mul(1_000))
}

/// Age at which the business unit is read again.
const UNIT_AGE: Duration = Duration::from_secs(3_600);
/// Age at which the skill is read again: at every second poll of the usual interval.
const SKILL_AGE: Duration = Duration::from_secs(55);
/// Time before the server's own at which a range ends, so that it never lies in the future.
const END_BEFORE_MILLIS: i64 = 5_000;
/// Shortest range.
const EPOCH_MIN: Duration = Duration::from_secs(60);
/// Age at which an epoch is given up: the platform refuses ranges of more than 30 days.
const EPOCH_MAX: Duration = Duration::from_secs(29 * 86_400);
