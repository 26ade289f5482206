//! What bounds the lever of a skill: who has authority over it, how high, and how soon.

use std::time::Duration;

use super::general::{FoundRatio, GeneralSettings, RATIO, RATIO_MAX};
use super::memory::Memory;
use super::paced::PacedSkill;
use crate::pacing::Setpoint;

impl PacedSkill<'_> {
    /// Why the lever has no authority, if it has none.
    pub(super) fn no_authority(&self, memory: &Memory) -> Option<String> {
        let unit = memory.unit.as_ref();
        if unit.and_then(|unit| unit.allows_predictive) == Some(false) {
            return Some(
                "the business unit allows one call per agent only, whatever the ratio (allowPredictiveDialing is false): have it changed there".to_owned(),
            );
        }
        let settings = GeneralSettings::kept(memory.lever.known.clone().unwrap_or_default());
        if settings.blocks_multiple_calls() == Ok(true) {
            return Some(
                "the skill places one call per agent only, whatever the ratio (blockMultipleCalls is true): set it to false in the skill".to_owned(),
            );
        }
        if self.settings.ratio_max.is_none()
            && memory.lever.known.is_some()
            && let Ok(FoundRatio::NoAuthority(found)) = settings.ratio()
        {
            let found = found.map_or("null".to_owned(), |ratio| ratio.to_string());
            return Some(format!(
                "{RATIO} is {found}, which is not from 1 to {RATIO_MAX}, so somebody else decides on it: set it in the skill, or set --max-ratio to have it paced"
            ));
        }
        if memory.is_stopping() {
            return Some(
                "the skill is stopping (isRunning is still true), and is started again once it stands still".to_owned(),
            );
        }
        if memory.is_at_rest() && !memory.run.is_ours {
            let is_starting = memory.run.started_at;
            let is_starting =
                is_starting.is_some_and(|at| at.distance(memory.polled_at) <= SWITCHING_MAX);
            return Some(if is_starting {
                "the skill is starting (isRunning is still false)".to_owned()
            } else {
                "the skill is not running (isRunning is false), and dialpace starts none that it did not stop: start it in CXone's Skill Control".to_owned()
            });
        }
        None
    }

    /// The highest position that somebody allows.
    pub(super) fn ceiling(&self, memory: &Memory) -> Setpoint {
        let highest = Setpoint::at(RATIO_MAX * 100);
        let set = self.settings.ratio_max.map_or(highest, Setpoint::at);
        let human = memory.lever.human.unwrap_or(highest);
        highest.min(set).min(human)
    }

    /// The highest position that the lever may be raised to now: a step above where it is, once the
    /// last change is long enough ago and fewer writes were sent than may be.
    pub(super) fn reach(&self, memory: &Memory) -> Option<Setpoint> {
        let (lever, now) = (&memory.lever, memory.polled_at);
        let here = lever.position.filter(|_| !memory.run.is_ours)?;
        let changed = lever.changed_at;
        let is_recent = changed.is_some_and(|at| at.distance(now) < self.limits.raise_dwell);
        let writes = u32::try_from(lever.writes_in_an_hour(now)).unwrap_or(u32::MAX);
        // This raise, and the way down again.
        if is_recent || writes.saturating_add(2) > self.limits.writes_per_hour {
            return Some(here);
        }
        Some(Setpoint::at((here.steps() / 100 + 1) * 100))
    }

    /// A position that the platform did not take lately, with what is told of it.
    pub(super) fn not_taken(&self, memory: &Memory) -> Option<(Setpoint, String)> {
        let not_taken = memory.lever.not_taken.as_ref()?;
        let age = not_taken.at.distance(memory.polled_at);
        let is_recent = age < self.limits.raise_dwell;
        is_recent.then(|| (not_taken.setpoint, not_taken.why.clone()))
    }
}

/// Time that a skill takes to start, at most.
const SWITCHING_MAX: Duration = Duration::from_secs(90);
