//! Each call of a cycle by itself, for a check before the first one.

use super::calls::{ACTIVITY_CALL, SETTINGS_CALL, SKILL_CALL, UNIT_CALL};
use super::lever::Written;
use super::memory::Memory;
use super::paced::PacedSkill;
use super::sight::shown;
use crate::base::clock::Deadline;
use crate::http::CallError;
use crate::platform::{Applied, Look, MustNot, Obstacle};

impl PacedSkill<'_> {
    pub(super) fn looks(&self, memory: &mut Memory, deadline: &Deadline) -> Vec<Look> {
        let unit = self.see_unit(memory, deadline).map(|()| {
            let unit = memory.unit.as_ref();
            let zone = unit.and_then(|unit| unit.time_zone.clone());
            format!("its time zone is {}", zone.as_deref().unwrap_or("not told"))
        });
        let skill = self.see_skill(memory, deadline).map(|()| {
            let is_running = memory.skill.as_ref().and_then(|skill| skill.is_running);
            match is_running {
                Some(true) => "it runs",
                Some(false) => "it is stopped",
                None => "whether it runs is not told",
            }
            .to_owned()
        });
        let is_known = unit.is_ok() && skill.is_ok();
        let mut looks = vec![Look::new(UNIT_CALL, unit), Look::new(SKILL_CALL, skill)];
        if !is_known {
            return looks;
        }
        let sample = self.sample(memory, deadline);
        looks.push(match sample {
            Ok(polled) => Look {
                call: ACTIVITY_CALL,
                found: Ok(polled.sample.map_or_else(
                    || "no data of the agents".to_owned(),
                    |sample| format!("{} agents available", sample.available_agents),
                )),
                doubt: match polled.shortage {
                    // The first read of counts is always a baseline.
                    Some(Obstacle::NoData(why)) => Some(why),
                    _ => None,
                },
            },
            Err(error) => Look::new(error.call, Err(error)),
        });
        let settings = self.see_settings(memory, deadline).map(|_| {
            let position = memory.lever.position.map_or("none".to_owned(), shown);
            format!("a ratio of {position}")
        });
        looks.push(Look {
            doubt: settings
                .is_ok()
                .then(|| self.no_authority(memory))
                .flatten(),
            ..Look::new(SETTINGS_CALL, settings)
        });
        looks
    }

    pub(super) fn send_again(
        &self,
        memory: &mut Memory,
        must_not: MustNot,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        let names = self.lever_names();
        let written = self.write(memory, deadline, false, |_, fresh| {
            if let Some(why) = must_not() {
                return Err(why);
            }
            let fields = fresh.fields().iter();
            let ours = fields.filter(|(name, _)| names.contains(&name.as_str()));
            Ok(Some(
                ours.map(|(name, it)| (name.clone(), it.clone())).collect(),
            ))
        })?;
        match (written, memory.lever.position) {
            (
                Ok(Written::Accepted {
                    after_uncertain_try,
                }),
                Some(position),
            ) => self.verify(memory, position, after_uncertain_try, deadline),
            (Err(why), _) => Ok(Applied::NoAuthority(why)),
            (Ok(_), _) => Ok(Applied::NoAuthority(
                "somebody else is changing the skill, or its ratio is not one".to_owned(),
            )),
        }
    }
}
