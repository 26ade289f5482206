//! The lever as it is read: whose position it is, and what bounds it.

use serde_json::{Map, Value};

use super::calls::SETTINGS_CALL;
use super::general::{FoundRatio, GeneralSettings, OVERDIAL, RATIO, RATIO_MAX};
use super::memory::{Lever, Memory, Sent};
use super::paced::PacedSkill;
use crate::base::clock::Deadline;
use crate::base::units::UnixMillis;
use crate::http::CallError;
use crate::pacing::{Setpoint, Unit};
use crate::platform::Standing;
use std::time::Duration;

/// Whose the settings are that were read.
#[derive(Debug)]
pub(super) enum Whose {
    /// Ours, or the first that were seen.
    Own,
    /// Somebody else set the lever; what happened, in words.
    Foreign(String),
    /// A change of ours set the lever, and something else besides; what, in words.
    Damaged(String),
}

impl PacedSkill<'_> {
    /// The fields that are the lever.
    pub(super) fn lever_names(&self) -> &'static [&'static str] {
        if self.settings.overdial_lever {
            &[RATIO, OVERDIAL]
        } else {
            &[RATIO]
        }
    }

    /// The fields of a position.
    pub(super) fn fields_of(&self, setpoint: Setpoint, staffed: u32) -> Map<String, Value> {
        let position = self.ratio_lever().position(setpoint, staffed);
        let mut fields = Map::new();
        fields.insert(RATIO.to_owned(), (position.hundredths / 100).into());
        if self.settings.overdial_lever {
            fields.insert(OVERDIAL.to_owned(), position.overdial_percent.into());
        }
        fields
    }

    /// The position in settings; `None` where they hold none.
    pub(super) fn position_in(
        &self,
        settings: &GeneralSettings,
        staffed: u32,
    ) -> Result<Option<Setpoint>, String> {
        let ratio = match settings.ratio()? {
            FoundRatio::NoAuthority(None | Some(0)) => return Ok(None),
            FoundRatio::NoAuthority(Some(ratio)) | FoundRatio::Calls(ratio) => ratio,
        };
        let percent = if self.settings.overdial_lever && ratio == 2 {
            settings.overdial_percent()?
        } else {
            0
        };
        let hundredths = match percent {
            0 => ratio.saturating_mul(100),
            // The inverse of a share of agents: with `a` of them it is (6 + a) ÷ (3 + a).
            percent => {
                let agents_hundredths = percent.min(100).saturating_mul(staffed.max(1));
                let (above, below) = (600 + agents_hundredths, 300 + agents_hundredths);
                (above.saturating_mul(100) / below).clamp(101, 199)
            }
        };
        Ok(Some(Setpoint::at(hundredths)))
    }

    /// Reads the general settings.
    pub(super) fn settings(&self, deadline: &Deadline) -> Result<GeneralSettings, CallError> {
        let path = self.path(SETTINGS_PATH);
        let version = self.settings.versions.settings;
        let (_, value) = self.get_json(SETTINGS_CALL, version, &path, deadline)?;
        let unusable = |problem: String| CallError::unusable(SETTINGS_CALL, problem);
        let value = value.ok_or_else(|| unusable("it is empty".to_owned()))?;
        let settings = GeneralSettings::read(&value).map_err(unusable)?;
        settings.ratio().map_err(unusable)?;
        settings.blocks_multiple_calls().map_err(unusable)?;
        Ok(settings)
    }

    /// Reads the general settings and tells whose they are. Where a change of ours seems to have
    /// damaged them they are read once more, since a human may be editing.
    pub(super) fn see_settings(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<Whose, CallError> {
        let settings = self.settings(deadline)?;
        let now = deadline.clock().now();
        let unusable = |problem: String| CallError::unusable(SETTINGS_CALL, problem);
        let mut seen = memory.clone();
        let whose = self.take(&mut seen, &settings, now).map_err(unusable)?;
        if let Whose::Damaged(_) = whose {
            deadline.clock().sleep(SECOND_LOOK);
            let settings = self.settings(deadline)?;
            return self.take(memory, &settings, now).map_err(unusable);
        }
        *memory = seen;
        Ok(whose)
    }

    /// Takes in the settings that were read at `now`.
    pub(super) fn take(
        &self,
        memory: &mut Memory,
        settings: &GeneralSettings,
        now: UnixMillis,
    ) -> Result<Whose, String> {
        let found = self.position_in(settings, memory.staffed)?;
        let lever = &mut memory.lever;
        lever.read_at = now;
        let names = self.lever_names();
        let known = lever.known.replace(settings.fields().clone());
        let Some(known) = known.map(GeneralSettings::kept) else {
            lever.position = found;
            lever.human = found.filter(|_| self.settings.ratio_max.is_none());
            return Ok(Whose::Own);
        };
        if known.agrees(settings, names) {
            return Ok(Whose::Own);
        }
        let is_this = |sent: &&Sent| {
            let fields = self.fields_of(sent.setpoint, sent.staffed);
            sent.setpoint > Setpoint::Stopped
                && GeneralSettings::kept(fields).agrees(settings, names)
        };
        let sent = lever.sent.iter().rev().find(is_this).copied();
        let Some(sent) = sent else {
            let text = self.foreign(&known, settings);
            lever.position = found;
            lever.human = found.filter(|found| *found <= Setpoint::at(RATIO_MAX * 100));
            lever.changed_at = Some(memory.polled_at);
            lever.not_taken = None;
            if let Some(before) = &mut lever.before {
                for name in names {
                    let value = settings.value(name).clone();
                    let mut keys = before.keys();
                    let spelled = keys.find(|key| key.eq_ignore_ascii_case(name));
                    let spelled = spelled.cloned().unwrap_or_else(|| (*name).to_owned());
                    before.insert(spelled, value);
                }
            }
            return Ok(Whose::Foreign(text));
        };
        let before = lever.position;
        lever.settle(sent.setpoint);
        lever.position = Some(sent.setpoint);
        lever.changed_at = Some(sent.at);
        lever.not_taken = None;
        let damaged = known.differences(settings, names);
        if damaged.is_empty() {
            return Ok(Whose::Own);
        }
        Ok(Whose::Damaged(self.damage(
            lever,
            &known,
            settings,
            damaged,
            before,
            sent.setpoint,
        )))
    }

    /// Notes what a change damaged, and tells it.
    pub(super) fn damage(
        &self,
        lever: &mut Lever,
        before: &GeneralSettings,
        after: &GeneralSettings,
        names: Vec<String>,
        old: Option<Setpoint>,
        new: Setpoint,
    ) -> String {
        lever.repair_at = Some(old.map_or(new, |old| old.min(new)));
        let told: Vec<String> = names
            .iter()
            .map(|name| {
                let (old, new) = (before.value(name), after.value(name));
                format!("{name} from {old} to {new}")
            })
            .collect();
        for name in names {
            let value = before.value(&name).clone();
            lever.damaged.entry(name).or_insert(value);
        }
        format!(
            "with {RATIO}, other settings of skill {} changed: {}; either the platform drops fields that it gets, or somebody edited the skill at the same moment",
            self.skill_id,
            told.join(", ")
        )
    }

    fn foreign(&self, known: &GeneralSettings, found: &GeneralSettings) -> String {
        let names = self.lever_names().iter();
        let changed: Vec<String> = names
            .filter(|name| !known.agrees(found, &[**name]))
            .map(|name| format!("{name} from {} to {}", known.value(name), found.value(name)))
            .collect();
        format!(
            "somebody else changed {}; this cycle holds, and pacing goes on from there",
            changed.join(" and ")
        )
    }
}

/// The lever as it stands. `None` where the settings hold no position.
pub(super) fn standing(memory: &Memory, whose: &Whose) -> Option<Standing> {
    let setpoint = if memory.run.is_ours {
        Setpoint::Stopped
    } else {
        memory.lever.position?
    };
    Some(Standing {
        setpoint,
        version: None,
        damage: match whose {
            Whose::Damaged(what) => Some(what.clone()),
            Whose::Own | Whose::Foreign(_) => None,
        },
        is_own: !matches!(whose, Whose::Foreign(_)),
        is_stopping: memory.is_stopping(),
    })
}

/// A position in a message.
pub(super) fn shown(setpoint: Setpoint) -> String {
    match setpoint {
        Setpoint::Stopped => "stopped".to_owned(),
        at @ Setpoint::At(_) => Unit::CallsPerAgent.value(at).to_string(),
    }
}

/// Behind the skill's address.
pub(super) const SETTINGS_PATH: &str = "/parameters/general-settings";
/// Time before settings that seem to be damaged are read once more: a human may be editing.
pub(super) const SECOND_LOOK: Duration = Duration::from_secs(2);
