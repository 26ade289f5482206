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
    world: OnDemandWorld,
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
        let kept = serde_json::from_slice(&content.unwrap_or_default()).ok();
        let is_usable = |log: &SandboxLog| {
            let is_past = now > log.began_at && log.speed == speed;
            is_past && log.secs_at(now) < AGE_MAX_SECS
        };
        let log = kept.filter(is_usable).unwrap_or_else(|| SandboxLog {
            began_at: UnixMillis(now.0.saturating_sub(HISTORY_MILLIS / i64::from(speed))),
            speed,
            rates: vec![(0.0, RATE_BY_HAND)],
            version: 0,
        });
        let mut world = OnDemandWorld::new(scenario, SEED, log.secs_at(now));
        for (at_secs, rate) in &log.rates {
            world.set_dial_rate(*at_secs, *rate);
        }
        let campaign = Self {
            world,
            faults: FaultDraws::new(&scenario.faults, SEED),
            clock,
            opened_at: now,
            log,
            path: path.filter(|_| writable).map(Path::to_owned),
        };
        campaign.save()?;
        Ok(campaign)
    }

    /// True where the scenario makes the next poll fail.
    pub(super) fn poll_fails(&mut self) -> bool {
        let secs = self.log.secs_at(self.clock.now()) - self.log.secs_at(self.opened_at);
        self.faults.poll_fails(secs)
    }

    /// True where the scenario makes the next change of the rate fail.
    pub(super) fn patch_fails(&mut self) -> bool {
        self.faults.patch_fails()
    }

    /// Results of the campaign since it was opened.
    pub(super) fn figures(&mut self) -> Figures {
        self.world.figures(self.log.secs_at(self.clock.now()))
    }

    /// The metrics of the interval that ends now.
    pub(super) fn shown(&mut self) -> PlatformMetrics {
        self.world.metrics(self.log.secs_at(self.clock.now()))
    }

    pub(super) fn dial_rate(&self) -> u32 {
        self.log.rates.last().map_or(0, |(_, rate)| *rate)
    }

    pub(super) fn version(&self) -> u64 {
        self.log.version
    }

    pub(super) fn set_dial_rate(&mut self, rate: u32) -> io::Result<()> {
        if rate != self.dial_rate() {
            let now_secs = self.log.secs_at(self.clock.now());
            self.log.rates.push((now_secs, rate));
            self.world.set_dial_rate(now_secs, rate);
        }
        self.log.version += 1;
        self.save()
    }

    fn save(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        files::replace_durably(path, &serde_json::to_vec(&self.log)?)
    }
}

impl SandboxLog {
    /// Virtual seconds from the beginning.
    fn secs_at(&self, now: UnixMillis) -> f64 {
        now.distance(self.began_at).as_secs_f64() * f64::from(self.speed)
    }
}

/// Milliseconds that a new campaign has been dialing for, so that the first run finds calls: an hour.
const HISTORY_MILLIS: i64 = 3_600_000;
/// Dial rate of that hour, calls per minute.
const RATE_BY_HAND: u32 = 20;
/// Age at which a campaign is begun anew, since its whole past has to be simulated: 30 days.
const AGE_MAX_SECS: f64 = 30.0 * 86_400.0;
/// Seed of the sandbox: every new campaign draws the same calls.
const SEED: u64 = 1;
/// Largest log, bytes: thirty days of a change every 15 s have a tenth of it.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;
