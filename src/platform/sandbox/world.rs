//! The sandbox's campaign: the simulated world at the time of the clock.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::clock::Clock;
use crate::base::files;
use crate::base::units::UnixMillis;
use crate::sim::{FaultDraws, Figures, OnDemandWorld, PlatformMetrics, Scenario};

/// A campaign that continues between runs. Its world at any time follows from the scenario and the
/// log.
pub struct SandboxCampaign {
    scenario: Scenario,
    world: OnDemandWorld,
    /// Virtual time until which the world was asked for.
    asked_secs: f64,
    /// True once a campaign was begun anew whose past would take too long, until that is told.
    is_begun_anew: bool,
    faults: FaultDraws,
    clock: Arc<dyn Clock>,
    opened_at: UnixMillis,
    log: SandboxLog,
    path: Option<PathBuf>,
}

/// The content of the campaign's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SandboxLog {
    began_at: UnixMillis,
    /// Virtual seconds per second.
    speed: u16,
    /// Dial rates: virtual seconds from the beginning, and calls per minute from then on.
    rates: Vec<(f64, u32)>,
    /// Number of changes.
    version: u64,
}

impl SandboxCampaign {
    /// Opens the campaign at `path`, or a new one that has been dialing for an hour at a rate set by
    /// hand. It is saved at each change if `writable`; without a path it ends with the process. It
    /// runs at `speed` virtual seconds per second; at another speed a new campaign begins.
    pub fn open(
        scenario: &Scenario,
        speed: u16,
        clock: Arc<dyn Clock>,
        path: Option<&Path>,
        writable: bool,
    ) -> io::Result<Self> {
        let now = clock.now();
        let content = path.map(|path| files::read_own(path, LOG_BYTES_MAX).unwrap_or_default());
        let kept: Option<SandboxLog> = serde_json::from_slice(&content.unwrap_or_default()).ok();
        let kept = kept.filter(|log| log.speed == speed);
        let is_too_old = |log: &SandboxLog| !log.is_within_reach(scenario, now);
        let is_begun_anew = kept.as_ref().is_some_and(is_too_old);
        let log = kept.filter(|log| !is_too_old(log));
        let log = log.unwrap_or_else(|| SandboxLog::new(now, speed, RATE_BY_HAND));
        let campaign = Self {
            scenario: scenario.clone(),
            world: log.world(scenario, now),
            asked_secs: log.secs_at(now),
            is_begun_anew,
            faults: FaultDraws::new(&scenario.faults, SEED),
            clock,
            opened_at: now,
            log,
            path: path.filter(|_| writable).map(Path::to_owned),
        };
        campaign.save()?;
        Ok(campaign)
    }

    /// True where a campaign was begun anew since the last call.
    pub(super) fn was_begun_anew(&mut self) -> bool {
        std::mem::take(&mut self.is_begun_anew)
    }

    /// True where the scenario makes the next poll fail.
    pub(super) fn poll_fails(&mut self) -> bool {
        let secs = self.secs() - self.log.secs_at(self.opened_at);
        self.faults.poll_fails(secs)
    }

    /// True where the scenario makes the next change of the rate fail.
    pub(super) fn patch_fails(&mut self) -> bool {
        self.faults.patch_fails()
    }

    /// Results of the campaign since it was opened.
    pub(super) fn figures(&mut self) -> Figures {
        let secs = self.secs();
        self.world.figures(secs)
    }

    /// The metrics of the interval that ends now.
    pub(super) fn shown(&mut self) -> PlatformMetrics {
        let secs = self.secs();
        self.world.metrics(secs)
    }

    pub(super) fn dial_rate(&self) -> u32 {
        self.log.rates.last().map_or(0, |(_, rate)| *rate)
    }

    pub(super) fn version(&self) -> u64 {
        self.log.version
    }

    pub(super) fn set_dial_rate(&mut self, rate: u32) -> io::Result<()> {
        if rate != self.dial_rate() {
            let now_secs = self.secs();
            self.log.rates.push((now_secs, rate));
            self.world.set_dial_rate(now_secs, rate);
        }
        self.log.version += 1;
        self.save()
    }

    /// The campaign's time. After a jump of the clock that would take too long to simulate, or one to
    /// before its beginning, the campaign begins anew with the rate in force.
    fn secs(&mut self) -> f64 {
        let now = self.clock.now();
        let ahead_secs = self.log.secs_at(now) - self.asked_secs;
        let is_within_reach = now >= self.log.began_at
            && ahead_secs <= reach_secs(&self.scenario, self.log.rate_max());
        if !is_within_reach {
            let version = self.log.version;
            self.log = SandboxLog::new(now, self.log.speed, self.dial_rate());
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
    /// A campaign that has been dialing for an hour at `rate`.
    fn new(now: UnixMillis, speed: u16, rate: u32) -> Self {
        Self {
            began_at: UnixMillis(now.0.saturating_sub(HISTORY_MILLIS / i64::from(speed))),
            speed,
            rates: vec![(0.0, rate)],
            version: 0,
        }
    }

    /// The world with the rates of the log, whose figures count from `now`.
    fn world(&self, scenario: &Scenario, now: UnixMillis) -> OnDemandWorld {
        let mut world = OnDemandWorld::new(scenario, SEED, self.secs_at(now));
        for (at_secs, rate) in &self.rates {
            world.set_dial_rate(*at_secs, *rate);
        }
        world
    }

    /// True where the time from the beginning until `now` can be simulated at once.
    fn is_within_reach(&self, scenario: &Scenario, now: UnixMillis) -> bool {
        now > self.began_at && self.secs_at(now) <= reach_secs(scenario, self.rate_max())
    }

    fn rate_max(&self) -> u32 {
        let rates = self.rates.iter().map(|(_, rate)| *rate);
        rates.max().unwrap_or_default()
    }

    /// Virtual seconds from the beginning.
    fn secs_at(&self, now: UnixMillis) -> f64 {
        now.distance(self.began_at).as_secs_f64() * f64::from(self.speed)
    }
}

/// Longest time that is simulated at once: at most 30 days, and less for many agents or calls.
fn reach_secs(scenario: &Scenario, rate_max: u32) -> f64 {
    let agents = f64::from(scenario.agents_max());
    let events_per_hour = agents * EVENTS_PER_AGENT_HOUR + f64::from(rate_max) * 120.0;
    (EVENTS_MAX / events_per_hour.max(1.0) * 3600.0).clamp(REACH_SECS.0, REACH_SECS.1)
}

/// Milliseconds that a new campaign has been dialing for, so that the first run finds calls: an hour.
const HISTORY_MILLIS: i64 = 3_600_000;
/// Dial rate of that hour, calls per minute.
const RATE_BY_HAND: u32 = 20;
/// Calls and other events that are simulated at once: a second or two.
const EVENTS_MAX: f64 = 1e7;
/// Events that an agent has in an hour: conversations, wrap-up and breaks.
const EVENTS_PER_AGENT_HOUR: f64 = 100.0;
/// The least and the most that is simulated at once: twice the history of a new campaign, and 30 days.
const REACH_SECS: (f64, f64) = (7_200.0, 30.0 * 86_400.0);
/// Seed of the sandbox: every new campaign draws the same calls.
const SEED: u64 = 1;
/// Largest log, bytes: thirty days of a change every 15 s have a tenth of it.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;
