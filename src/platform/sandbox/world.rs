//! The sandbox's campaign: the simulated world, in step with the clock.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::clock::Clock;
use crate::base::files;
use crate::base::units::UnixMillis;
use crate::sim::{FaultDraws, Figures, Past, Scenario, Shown};

/// A campaign that lives between runs: a scenario, when it began, and at which rates it dialed.
/// The world of any moment follows from these.
pub struct Campaign {
    world: Past,
    faults: FaultDraws,
    clock: Arc<dyn Clock>,
    opened_at: UnixMillis,
    diary: Diary,
    path: Option<PathBuf>,
}

/// What is kept in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Diary {
    began_at: UnixMillis,
    /// Virtual seconds per second.
    speed: u16,
    /// Seconds from the beginning, and calls per minute from then on.
    rates: Vec<(f64, u32)>,
    /// Changes so far.
    version: u64,
}

impl Campaign {
    /// The campaign kept at `path`, or a new one, which has been dialing for an hour by hand. It
    /// is saved at each change if `writable`. Without a path it lives as long as this process.
    /// It runs at `speed` virtual seconds per second; at another speed it is another campaign.
    pub fn open(
        scenario: &Scenario,
        speed: u16,
        clock: Arc<dyn Clock>,
        path: Option<&Path>,
        writable: bool,
    ) -> io::Result<Self> {
        let now = clock.now();
        let content = path.map(|path| fs::read(path).unwrap_or_default());
        let kept = serde_json::from_slice(&content.unwrap_or_default()).ok();
        let is_usable = |diary: &Diary| {
            let is_past = now > diary.began_at && diary.speed == speed;
            is_past && diary.secs_at(now) < AGE_MAX_SECS
        };
        let diary = kept.filter(is_usable).unwrap_or_else(|| Diary {
            began_at: UnixMillis(now.0.saturating_sub(HISTORY_MILLIS / i64::from(speed))),
            speed,
            rates: vec![(0.0, RATE_BY_HAND)],
            version: 0,
        });
        let mut world = Past::new(scenario, SEED, diary.secs_at(now));
        for (at_secs, rate) in &diary.rates {
            world.set_dial_rate(*at_secs, *rate);
        }
        let campaign = Self {
            world,
            faults: FaultDraws::new(&scenario.faults, SEED),
            clock,
            opened_at: now,
            diary,
            path: path.filter(|_| writable).map(Path::to_owned),
        };
        campaign.save()?;
        Ok(campaign)
    }

    /// Whether the next poll fails, as the scenario has it.
    pub(super) fn poll_fails(&mut self) -> bool {
        let secs = self.diary.secs_at(self.clock.now()) - self.diary.secs_at(self.opened_at);
        self.faults.poll_fails(secs)
    }

    /// Whether the next change of the rate fails, as the scenario has it.
    pub(super) fn patch_fails(&mut self) -> bool {
        self.faults.patch_fails()
    }

    /// What became of the campaign since it was opened.
    pub(super) fn figures(&mut self) -> Figures {
        self.world.figures(self.diary.secs_at(self.clock.now()))
    }

    /// What the platform shows of the interval that ends now.
    pub(super) fn shown(&mut self) -> Shown {
        self.world.shown(self.diary.secs_at(self.clock.now()))
    }

    pub(super) fn dial_rate(&self) -> u32 {
        self.diary.rates.last().map_or(0, |(_, rate)| *rate)
    }

    pub(super) fn version(&self) -> u64 {
        self.diary.version
    }

    pub(super) fn set_dial_rate(&mut self, rate: u32) -> io::Result<()> {
        if rate != self.dial_rate() {
            let now_secs = self.diary.secs_at(self.clock.now());
            self.diary.rates.push((now_secs, rate));
            self.world.set_dial_rate(now_secs, rate);
        }
        self.diary.version += 1;
        self.save()
    }

    fn save(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        files::replace_durably(path, &serde_json::to_vec(&self.diary)?)
    }
}

impl Diary {
    /// Virtual seconds from the beginning.
    fn secs_at(&self, now: UnixMillis) -> f64 {
        now.distance(self.began_at).as_secs_f64() * f64::from(self.speed)
    }
}

/// An hour in which somebody set the rate by hand, so that the first run finds a campaign at work.
const HISTORY_MILLIS: i64 = 3_600_000;
/// Calls per minute that they set.
const RATE_BY_HAND: u32 = 20;
/// A month; an older campaign is begun anew, since its whole past is simulated at each question.
const AGE_MAX_SECS: f64 = 30.0 * 86_400.0;
/// The sandbox meets the same people every time.
const SEED: u64 = 1;
