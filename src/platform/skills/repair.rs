//! The way back: from damage that a change did, and to the settings before the first change.

use serde_json::{Map, Value};

use super::calls::SETTINGS_PUT;
use super::general::GeneralSettings;
use super::lever::Written;
use super::memory::Memory;
use super::paced::PacedSkill;
use crate::base::clock::Deadline;
use crate::http::CallError;
use crate::pacing::Setpoint;
use crate::platform::Repaired;

impl PacedSkill<'_> {
    /// Puts back, once, what a change damaged, with the lever at the lower of its positions before
    /// and after.
    pub(super) fn repair_damage(&self, memory: &mut Memory, deadline: &Deadline) -> Repaired {
        memory.lever.sent.clear();
        let damaged = memory.lever.damaged.clone();
        let lowest = memory.lever.repair_at.take();
        let put_back = self.put_back(memory, &damaged, lowest, deadline);
        let what_became = match put_back {
            Ok(left) if left.is_empty() => {
                memory.lever.damaged.clear();
                let names: Vec<&str> = damaged.keys().map(String::as_str).collect();
                format!("{} was put back", names.join(", "))
            }
            Ok(left) => format!("{} was put back without effect", left.join(", ")),
            Err(error) => format!("it could not be put back ({error})"),
        };
        let is_stopped = memory.run.is_ours;
        Repaired {
            setpoint: if is_stopped {
                Some(Setpoint::Stopped)
            } else {
                memory.lever.position
            },
            what_became,
        }
    }

    /// Writes `values` once where they differ, with the lever no higher than `highest`. Returns the
    /// names of those that differ afterwards.
    fn put_back(
        &self,
        memory: &mut Memory,
        values: &Map<String, Value>,
        highest: Option<Setpoint>,
        deadline: &Deadline,
    ) -> Result<Vec<String>, CallError> {
        let names = self.lever_names();
        let wanted = GeneralSettings::kept(values.clone());
        let fresh = self.settings(deadline)?;
        let unusable = |problem: String| CallError::unusable(SETTINGS_PUT, problem);
        let here = self.position_in(&fresh, memory.staffed).map_err(unusable)?;
        let mut fields: Map<String, Value> = wanted
            .differences(&fresh, names)
            .into_iter()
            .filter_map(|name| values.get(&name).map(|value| (name, value.clone())))
            .collect();
        if let Some(highest) = highest {
            let target = here.map_or(highest, |here| here.min(highest));
            fields.extend(self.fields_of(target, memory.staffed));
        }
        let is_needed = !wanted.differences(&fresh, names).is_empty()
            || !GeneralSettings::kept(fields.clone()).agrees(&fresh, names);
        if is_needed {
            memory.lever.write(deadline.clock().now());
            self.call(&self.put(&fresh, &fields), true, deadline)?;
        }
        let after = self.settings(deadline)?;
        memory.lever.position = self.position_in(&after, memory.staffed).map_err(unusable)?;
        memory.lever.known = Some(after.fields().clone());
        memory.lever.read_at = deadline.clock().now();
        memory.lever.changed_at = Some(memory.polled_at);
        Ok(wanted.differences(&after, names))
    }

    /// Puts back the lever as a human set it last, and what changes damaged.
    pub(super) fn restore_settings(
        &self,
        memory: &mut Memory,
        deadline: &Deadline,
    ) -> Result<Option<String>, CallError> {
        let Some(before) = memory.lever.before.clone().map(GeneralSettings::kept) else {
            return Ok(None);
        };
        let names = self.lever_names();
        let mut values = memory.lever.damaged.clone();
        for name in names {
            values.insert((*name).to_owned(), before.value(name).clone());
        }
        let wanted = GeneralSettings::kept(values);
        let written = self.write(memory, deadline, true, |_, fresh| {
            let differing = wanted.differences(fresh, &[]);
            let fields: Map<String, Value> = differing
                .into_iter()
                .map(|name| {
                    let value = wanted.value(&name).clone();
                    (name, value)
                })
                .collect();
            Ok((!fields.is_empty()).then_some(fields))
        })?;
        if let Ok(Written::Found(_)) = written {
            return Err(CallError::unusable(
                SETTINGS_PUT,
                "somebody else changed the settings meanwhile; nothing was put back",
            ));
        }
        let after = self.settings(deadline)?;
        let left = wanted.differences(&after, &[]);
        memory.lever.known = Some(after.fields().clone());
        memory.lever.position = self
            .position_in(&after, memory.staffed)
            .map_err(|problem| CallError::unusable(SETTINGS_PUT, problem))?;
        memory.lever.sent.clear();
        if !left.is_empty() {
            return Err(CallError::unusable(
                SETTINGS_PUT,
                format!("{} was put back without effect", left.join(", ")),
            ));
        }
        memory.lever.before = None;
        memory.lever.damaged.clear();
        let told: Vec<String> = wanted
            .fields()
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        Ok(Some(told.join(", ")))
    }
}
