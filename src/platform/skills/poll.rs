//! The poll of a skill: its agents, its calls, and what must be so for it to be paced.

use super::activity::{self, Activity};
use super::calls::{ACTIVITY_CALL, SKILL_CALL, UNIT_CALL};
use super::count::Counted;
use super::counters::{Basis, Counters};
use super::memory::{Memory, SkillSeen, UnitSeen};
use super::paced::PacedSkill;
use super::skill::{read_business_unit, read_skill};
use crate::base::clock::Deadline;
use crate::base::units::UnixMillis;
use crate::http::CallError;
use crate::pacing::{Abandonment, AbandonmentBasis, Sample, Traffic};
use crate::platform::Obstacle;
use std::time::Duration;

/// What a poll says of agents and calls.
pub(super) struct Polled {
    /// `None` where the platform has no data of the agents.
    pub(super) sample: Option<Sample>,
    /// Why no ratio may be raised by it.
    pub(super) shortage: Option<Obstacle>,
}

impl PacedSkill<'_> {
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
                shortage: Some(Obstacle::NoData(
                    "the activity has no row of the skill".to_owned(),
                )),
            });
        };
        memory.staffed = activity.staffed.unwrap_or(memory.staffed);
        let (has_row, since) = match self.count(memory, server_now, deadline)? {
            Counted::NoRow => (false, None),
            Counted::Baseline => (true, None),
            Counted::Since(since) => (true, Some(since)),
        };
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
            shortage: if has_row {
                let is_short = answer_rate.is_none();
                is_short.then(|| Obstacle::NotEnoughData(shortage(memory)))
            } else {
                Some(Obstacle::NoData(
                    "the summary has no row of the skill".to_owned(),
                ))
            },
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
        memory.skill = Some(SkillSeen {
            at: deadline.clock().now(),
            is_running: skill.is_running,
        });
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
        let now = told.or_else(|| answer.date());
        Ok((activity, now.unwrap_or_else(|| deadline.clock().now())))
    }
}

/// Why there is no answer rate.
fn shortage(memory: &Memory) -> String {
    let counters = memory.counters.as_ref();
    let marks = counters.map_or(&[][..], |counters| &counters.marks);
    match (marks.first(), marks.last()) {
        (None, _) | (_, None) => "there are no counts yet".to_owned(),
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
/// Age at which the business unit is read again.
const UNIT_AGE: Duration = Duration::from_secs(3_600);
/// Age at which the skill is read again: at every second poll of the usual interval.
const SKILL_AGE: Duration = Duration::from_secs(55);
