//! The sandbox's world: the simulated campaign at the time of the clock.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::clock::Clock;
use crate::base::files;
use crate::base::units::UnixMillis;
use crate::pacing::Unit;
use crate::sim::{FaultDraws, Figures, Lever, OnDemandWorld, Scenario};

/// What a sandbox begins with.
pub struct SandboxSettings<'a> {
    /// The world.
    pub scenario: &'a Scenario,
    /// Virtual seconds per second of the clock; at another speed a new world begins.
    pub speed: u16,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The file that the world is kept in; without it, it ends with the process.
    pub path: Option<&'a Path>,
    /// True where the file may be written.
    pub writable: bool,
}

/// A world that continues between runs. At any time it follows from the scenario and the log.
pub(super) struct SandboxWorld {
    scenario: Scenario,
    world: OnDemandWorld,
    /// Virtual time until which the world was asked for.
    asked_secs: f64,
    /// True once a world was begun anew whose past would take too long, until that is told.
    is_begun_anew: bool,
    faults: FaultDraws,
    clock: Arc<dyn Clock>,
    opened_at: UnixMillis,
    log: SandboxLog,
    path: Option<PathBuf>,
}

/// The content of the world's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SandboxLog {
    began_at: UnixMillis,
    /// Virtual seconds per second.
    speed: u16,
    /// Positions of the lever: virtual seconds from the beginning, and the position from then on.
    rates: Vec<(f64, Lever)>,
    /// Number of changes.
    version: u64,
    /// What a skill has besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skill: Option<KeptSkill>,
}

/// What is kept of a skill, besides the positions of its lever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct KeptSkill {
    /// Its general settings.
    pub(super) settings: Map<String, Value>,
    /// True where it was started last, false where it was stopped.
    pub(super) is_started: bool,
    /// When that was.
    pub(super) since: UnixMillis,
}

impl SandboxWorld {
    /// Opens a world, or begins one that has been dialing for an hour with the lever at `by_hand`. It
    /// is saved at each change.
    pub(super) fn open(
        settings: &SandboxSettings,
        by_hand: Lever,
        skill: Option<KeptSkill>,
    ) -> io::Result<Self> {
        let (clock, path, scenario) = (&settings.clock, settings.path, settings.scenario);
        let (now, speed) = (clock.now(), settings.speed);
        let content = path.map(|path| files::read_own(path, LOG_BYTES_MAX).unwrap_or_default());
        let kept: Option<SandboxLog> = serde_json::from_slice(&content.unwrap_or_default()).ok();
        let kept = kept.filter(|log| log.speed == speed && log.skill.is_some() == skill.is_some());
        let is_too_old = |log: &SandboxLog| !log.is_within_reach(scenario, now);
        let is_begun_anew = kept.as_ref().is_some_and(is_too_old);
        let log = kept.filter(|log| !is_too_old(log));
        let log = log.unwrap_or_else(|| SandboxLog::new(now, speed, by_hand, skill));
        let world = Self {
            scenario: scenario.clone(),
            world: log.world(scenario, now),
            asked_secs: log.secs_at(now),
            is_begun_anew,
            faults: FaultDraws::new(&scenario.faults, SEED),
            clock: Arc::clone(clock),
            opened_at: now,
            log,
            path: path.filter(|_| settings.writable).map(Path::to_owned),
        };
        world.save()?;
        Ok(world)
    }

    /// True where a world was begun anew since the last call.
    pub(super) fn was_begun_anew(&mut self) -> bool {
        std::mem::take(&mut self.is_begun_anew)
    }

    /// True where the scenario makes the next poll fail.
    pub(super) fn poll_fails(&mut self) -> bool {
        let secs = self.secs() - self.log.secs_at(self.opened_at);
        self.faults.poll_fails(secs)
    }

    /// True where the scenario makes the next change of the lever fail.
    pub(super) fn patch_fails(&mut self) -> bool {
        self.faults.patch_fails()
    }

    /// Results since it was opened.
    pub(super) fn figures(&mut self) -> Figures {
        let secs = self.secs();
        self.world.figures(secs)
    }

    /// The simulation, and its time now.
    pub(super) fn now(&mut self) -> (&mut OnDemandWorld, f64) {
        let secs = self.secs();
        (&mut self.world, secs)
    }

    /// The time of the clock.
    pub(super) fn clock_now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// Virtual seconds from the beginning.
    pub(super) fn secs_at(&self, at: UnixMillis) -> f64 {
        if at < self.log.began_at {
            return 0.0;
        }
        self.log.secs_at(at)
    }

    pub(super) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub(super) fn lever(&self) -> Option<Lever> {
        self.log.rates.last().map(|(_, lever)| *lever)
    }

    pub(super) fn version(&self) -> u64 {
        self.log.version
    }

    pub(super) fn skill(&self) -> Option<&KeptSkill> {
        self.log.skill.as_ref()
    }

    /// Sets the lever, and what is kept of a skill.
    pub(super) fn set(&mut self, lever: Lever, skill: Option<KeptSkill>) -> io::Result<()> {
        let now_secs = self.secs();
        if Some(lever) != self.lever() {
            self.log.rates.push((now_secs, lever));
            self.world.set(now_secs, lever);
        }
        self.log.skill = skill;
        self.log.version += 1;
        self.save()
    }

    /// The world's time. After a jump of the clock that would take too long to simulate, or one to
    /// before its beginning, the world begins anew with the lever as it is.
    fn secs(&mut self) -> f64 {
        let now = self.clock.now();
        let ahead_secs = self.log.secs_at(now) - self.asked_secs;
        let is_within_reach =
            now >= self.log.began_at && ahead_secs <= self.log.reach_secs(&self.scenario);
        if let (false, Some(lever)) = (is_within_reach, self.lever()) {
            let (version, skill) = (self.log.version, self.log.skill.take());
            self.log = SandboxLog::new(now, self.log.speed, lever, skill);
            self.log.version = version;
            self.world = self.log.world(&self.scenario, now);
            self.opened_at = now;
            self.is_begun_anew = true;
        }
        self.asked_secs = self.log.secs_at(now);
        self.asked_secs
    }

    fn save(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        files::replace_durably(path, &serde_json::to_vec(&self.log)?)
    }
}

impl SandboxLog {
    /// A world that has been dialing for an hour with the lever at `lever`.
    fn new(now: UnixMillis, speed: u16, lever: Lever, skill: Option<KeptSkill>) -> Self {
        Self {
            began_at: UnixMillis(now.0.saturating_sub(HISTORY_MILLIS / i64::from(speed))),
            speed,
            rates: vec![(0.0, lever)],
            version: 0,
            skill,
        }
    }

    /// The world with the positions of the log, whose figures count from `now`.
    fn world(&self, scenario: &Scenario, now: UnixMillis) -> OnDemandWorld {
        let unit = match self.rates.last() {
            Some((_, Lever::Ratio { .. })) => Unit::CallsPerAgent,
            Some((_, Lever::Rate(_))) | None => Unit::CallsPerMinute,
        };
        let mut world = OnDemandWorld::new(scenario, unit, SEED, self.secs_at(now));
        for (at_secs, lever) in &self.rates {
            world.set(*at_secs, *lever);
        }
        world
    }

    /// True where the time from the beginning until `now` can be simulated at once.
    fn is_within_reach(&self, scenario: &Scenario, now: UnixMillis) -> bool {
        now > self.began_at && self.secs_at(now) <= self.reach_secs(scenario)
    }

    /// Longest time that is simulated at once: at most 30 days, and less for many agents or calls.
    fn reach_secs(&self, scenario: &Scenario) -> f64 {
        let agents = f64::from(scenario.agents_max());
        let per_minute = |(_, lever): &(f64, Lever)| match *lever {
            Lever::Rate(rate) => f64::from(rate),
            Lever::Ratio { hundredths, .. } => {
                agents * f64::from(hundredths) / 100.0 * CALLS_PER_LINE_MINUTE
            }
        };
        let calls_per_minute = self.rates.iter().map(per_minute).fold(0.0, f64::max);
        let events_per_hour = agents * EVENTS_PER_AGENT_HOUR + calls_per_minute * 120.0;
        (EVENTS_MAX / events_per_hour.max(1.0) * 3600.0).clamp(REACH_SECS.0, REACH_SECS.1)
    }

    /// Virtual seconds from the beginning.
    fn secs_at(&self, now: UnixMillis) -> f64 {
        now.distance(self.began_at).as_secs_f64() * f64::from(self.speed)
    }
}

/// Milliseconds that a new world has been dialing for, so that the first run finds calls: an hour.
const HISTORY_MILLIS: i64 = 3_600_000;
/// Calls and other events that are simulated at once: a second or two.
const EVENTS_MAX: f64 = 1e7;
/// Events that an agent has in an hour: conversations, wrap-up and breaks.
const EVENTS_PER_AGENT_HOUR: f64 = 100.0;
/// Calls that a line of a ratio dialer places in a minute at most, where each rings for 10 s.
const CALLS_PER_LINE_MINUTE: f64 = 6.0;
/// The least and the most that is simulated at once: twice the history of a new world, and 30 days.
const REACH_SECS: (f64, f64) = (7_200.0, 30.0 * 86_400.0);
/// Seed of the sandbox: every new world draws the same calls.
const SEED: u64 = 1;
/// Largest log, bytes: thirty days of a change every 15 s have a tenth of it.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;
