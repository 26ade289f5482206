//! What is kept of a skill from one poll to the next: the content of its cursor.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::counters::Counters;
use crate::base::units::UnixMillis;
use crate::pacing::Setpoint;
use crate::platform::Cursor;

/// What is kept of a skill.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Memory {
    /// The counts of calls.
    pub(super) counters: Option<Counters>,
    /// The business unit, as it was seen last.
    pub(super) unit: Option<UnitSeen>,
    /// The skill, as it was seen last.
    pub(super) skill: Option<SkillSeen>,
    pub(super) lever: Lever,
    pub(super) run: Run,
    /// Time of the last poll.
    pub(super) polled_at: UnixMillis,
    /// Staffed agents at the last poll.
    pub(super) staffed: u32,
    pub(super) told: Told,
}

/// A business unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnitSeen {
    pub(super) at: UnixMillis,
    pub(super) allows_predictive: Option<bool>,
    pub(super) time_zone: Option<String>,
    pub(super) published_limit: Option<u32>,
}

/// A skill.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SkillSeen {
    pub(super) at: UnixMillis,
    pub(super) is_running: Option<bool>,
}

/// The lever and what was done with it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Lever {
    /// The general settings as they were read last.
    pub(super) known: Option<Map<String, Value>>,
    /// Time of that read.
    pub(super) read_at: UnixMillis,
    /// The position that they stand for.
    pub(super) position: Option<Setpoint>,
    /// The settings before the first write, with the lever where a human set it last.
    pub(super) before: Option<Map<String, Value>>,
    /// The position that a human chose: the highest that is allowed.
    pub(super) human: Option<Setpoint>,
    /// Changes that were sent, as long as it is not certain what became of them.
    pub(super) sent: Vec<Sent>,
    /// Time of the last change.
    pub(super) changed_at: Option<UnixMillis>,
    /// Times of the writes in the last hour.
    pub(super) writes: Vec<UnixMillis>,
    /// A position that the platform did not take.
    pub(super) not_taken: Option<NotTaken>,
    /// Fields that a change damaged, as they were before it.
    pub(super) damaged: Map<String, Value>,
    /// The lower of the positions before and after that change.
    pub(super) repair_at: Option<Setpoint>,
}

/// A change that was sent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    pub(super) setpoint: Setpoint,
    pub(super) at: UnixMillis,
    /// Staffed agents for which its position was computed.
    pub(super) staffed: u32,
    /// Number of times.
    pub(super) times: u32,
}

/// A position that the platform accepted and did not take.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotTaken {
    pub(super) setpoint: Setpoint,
    pub(super) at: UnixMillis,
    pub(super) why: String,
}

/// The skill's own stop and start.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Run {
    /// True where this pacer stopped the skill, and so may start it.
    pub(super) is_ours: bool,
    /// Time of the last start that was accepted.
    pub(super) started_at: Option<UnixMillis>,
    /// Stops in a row that were refused while it ran.
    pub(super) refusals: u32,
    /// Polls since the last stop that was accepted, at which it still ran.
    pub(super) polls: u32,
}

/// What was told once.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Told {
    pub(super) time_zone: bool,
    pub(super) batched: bool,
    pub(super) blends: bool,
}

impl Memory {
    /// The content of a cursor; nothing where it has none.
    pub(super) fn of(cursor: &Cursor) -> Self {
        cursor.read().unwrap_or_default()
    }

    /// Replaces the content of a cursor.
    pub(super) fn keep(&self, cursor: &mut Cursor) {
        // Text, whole numbers and values of JSON can always be written as JSON.
        let _ = cursor.write(self);
    }

    /// True where it is known that the skill does not run.
    pub(super) fn is_at_rest(&self) -> bool {
        self.is_running() == Some(false)
    }

    /// True where a stop of ours was accepted, and the skill still runs.
    pub(super) fn is_stopping(&self) -> bool {
        self.run.is_ours && self.is_running() == Some(true)
    }

    /// Where the skill stands still after a stop without a certain answer, it is that stop's doing.
    pub(super) fn claim_stop(&mut self) {
        let mut sent = self.lever.sent.iter();
        if self.is_at_rest() && sent.any(|sent| sent.setpoint == Setpoint::Stopped) {
            self.run.is_ours = true;
            self.lever.settle(Setpoint::Stopped);
        }
    }

    fn is_running(&self) -> Option<bool> {
        self.skill.as_ref().and_then(|skill| skill.is_running)
    }
}

impl Lever {
    /// Forgets that `setpoint` was sent, since it is certain what became of it.
    pub(super) fn settle(&mut self, setpoint: Setpoint) {
        self.sent.retain(|sent| sent.setpoint != setpoint);
    }

    /// Notes a change that is about to be sent.
    pub(super) fn send(&mut self, sent: Sent) {
        let mut times = sent.times;
        self.sent.retain(|earlier| {
            let is_same = earlier.setpoint == sent.setpoint;
            if is_same {
                times = times.saturating_add(earlier.times);
            }
            !is_same && earlier.at.distance(sent.at) < SENT_AGE_MAX
        });
        self.sent.push(Sent { times, ..sent });
    }

    /// Notes a write.
    pub(super) fn write(&mut self, now: UnixMillis) {
        self.writes.retain(|at| at.distance(now) < HOUR);
        self.writes.push(now);
    }

    /// Number of writes in the last hour.
    pub(super) fn writes_in_an_hour(&self, now: UnixMillis) -> usize {
        let recent = self.writes.iter().filter(|at| at.distance(now) < HOUR);
        recent.count()
    }
}

/// Time in which a change without an answer may still take effect.
const SENT_AGE_MAX: std::time::Duration = std::time::Duration::from_secs(600);
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);
