//! Control safety: thousands of cycles of the real code, in one process, with faults of polls,
//! rate changes and clocks and with people who change the rate by hand. `scripts/torture` runs a
//! million of them.

#![allow(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should fail; it reads the counts that a script sets"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use dialpace::base::clock::{Clock, Deadline};
use dialpace::base::notice::{Notice, Notices};
use dialpace::base::subject::Subject;
use dialpace::base::units::UnixMillis;
use dialpace::http::{CallError, Request};
use dialpace::live::Cycle;
use dialpace::live::Store;
use dialpace::pacing::{
    Abandonment, Actuator, Limits, Pacer, Policy, Ratio, Sample, Setpoint, Traffic,
};
use dialpace::platform::{
    Applied, Bounds, Change, Cursor, Look, MustNot, Platform, Poll, Standing,
};
use dialpace::warehouse::{CampaignRecord, Record, Warehouse};

/// A world with a bad day: what it has, and what goes wrong.
struct World(Mutex<Inner>);

struct Inner {
    draws: u64,
    faults: bool,
    agents: u32,
    dial_rate: u32,
    now: i64,
    monotonic: Duration,
    /// Polls that will fail whatever is drawn.
    outage: u32,
    /// Rates in the order in which they were applied.
    applied: Vec<u32>,
    /// A rate that will be applied after so many cycles, long after nobody answered.
    pending: Option<(u64, u32)>,
    /// How many of those were.
    late: u64,
}

impl Inner {
    fn draw(&mut self) -> u64 {
        self.draws ^= self.draws << 13;
        self.draws ^= self.draws >> 7;
        self.draws ^= self.draws << 17;
        self.draws
    }

    /// Half a minute passes, and what happens in it.
    fn pass(&mut self, faults: bool, by_hand: bool) {
        self.faults = faults;
        self.now += 30_000;
        self.monotonic += Duration::from_secs(30);
        if self.strikes(1) {
            // Not by whole intervals: two decisions of one millisecond and with the same figures are
            // one record.
            let hour = 3_600_000 + i64::from(self.draw() as u16);
            self.now += if self.draw().is_multiple_of(2) {
                hour
            } else {
                -hour
            };
        }
        match self.pending.take() {
            Some((0, rate)) => {
                self.dial_rate = rate;
                self.late += 1;
            }
            Some((cycles, rate)) => self.pending = Some((cycles - 1, rate)),
            None => {}
        }
        if by_hand && self.strikes(5) {
            self.dial_rate = (self.draw() % 150) as u32;
        }
        if self.draw().is_multiple_of(4) {
            self.agents = (self.draw() % 150) as u32;
        }
    }

    /// Whether something happens that does so this often in a hundred times, while faults are on.
    fn strikes(&mut self, per_cent: u64) -> bool {
        self.draw() % 100 < per_cent && self.faults
    }
}

impl World {
    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }
}

fn broken() -> CallError {
    CallError::unusable("any call", "broken by the test")
}

impl Platform for World {
    fn actuator(&self) -> Actuator {
        Limits::default().actuator
    }

    fn poll(&self, _: &mut Cursor, deadline: &Deadline) -> Poll {
        let at = deadline.clock().now();
        let sample = self.with(|inner| {
            if inner.strikes(1) {
                inner.outage = 20;
            }
            inner.outage = inner.outage.saturating_sub(1);
            if inner.faults && inner.outage > 0 || inner.strikes(10) {
                return Err(broken());
            }
            let share = (inner.draw() % 1_000) as u32;
            Ok(Some(Sample {
                at,
                available_agents: inner.agents,
                answer_rate: Ratio::new(f64::from(share) / 1_000.0),
                traffic: Traffic::default(),
                abandonment: Abandonment::default(),
            }))
        });
        Poll {
            sample,
            unless_stopped: None,
            standing: None,
            bounds: Bounds::default(),
        }
    }

    fn read(&self, _: &mut Cursor, _: &Deadline) -> Result<Standing, CallError> {
        self.with(|inner| {
            if inner.strikes(10) {
                return Err(broken());
            }
            Ok(Standing {
                setpoint: Setpoint::at(inner.dial_rate),
                version: None,
                damage: None,
                is_own: false,
                is_stopping: false,
            })
        })
    }

    fn requests(&self, _: &Cursor, _: &Change) -> Vec<Request> {
        unreachable!("only a dry run asks for it")
    }

    fn look(&self, _: &mut Cursor, _: &Deadline) -> Vec<Look> {
        Vec::new()
    }

    fn rewrite(&self, _: &mut Cursor, _: MustNot, _: &Deadline) -> Result<Applied, CallError> {
        Ok(Applied::Withheld(Vec::new()))
    }

    fn apply(&self, _: &mut Cursor, change: &Change, _: &Deadline) -> Result<Applied, CallError> {
        self.with(|inner| {
            let draw = if inner.faults { inner.draw() % 20 } else { 19 };
            if draw == 0 {
                return Err(broken());
            }
            if draw == 1 {
                if inner.draw().is_multiple_of(4) {
                    inner.pending = Some((inner.draw() % 3, change.setpoint.steps()));
                }
                return Err(broken().with_unknown_effect());
            }
            inner.pending = None;
            inner.dial_rate = change.setpoint.steps();
            inner.applied.push(change.setpoint.steps());
            if draw == 2 {
                return Err(broken().with_unknown_effect());
            }
            Ok(Applied::Yes {
                after_uncertain_try: false,
            })
        })
    }
}

impl Clock for World {
    fn now(&self) -> UnixMillis {
        self.with(|inner| UnixMillis(inner.now))
    }

    fn monotonic(&self) -> Duration {
        self.with(|inner| inner.monotonic)
    }

    fn sleep(&self, duration: Duration) {
        self.with(|inner| {
            inner.monotonic += duration;
            inner.now += i64::try_from(duration.as_millis()).unwrap();
        });
    }
}

/// Counts the changes of which it will never be known whether they were applied.
#[derive(Default)]
struct Unknown(Mutex<u64>);

impl Notices for Unknown {
    fn tell(&self, notice: &Notice) {
        if let Notice::OutcomeUnknown { .. } = notice {
            *self.0.lock().unwrap() += 1;
        }
    }
}

/// True where `part` is left when entries of `whole` are taken away.
fn is_within(part: &[u32], whole: &[u32]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|rate| rest.any(|found| found == rate))
}

/// A folder in memory, where there is one: a million fsyncs wear a disk.
fn folder() -> PathBuf {
    let shared = Path::new("/dev/shm");
    let base = if shared.is_dir() {
        shared.to_owned()
    } else {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
    };
    let folder = base.join(format!("dialpace-control-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The rates that were told of, repeats left out; each id must have one body.
fn told(path: &Path) -> Vec<u32> {
    let mut bodies = HashMap::new();
    let mut rates = Vec::new();
    for line in fs::read_to_string(path).unwrap_or_default().lines() {
        let record: CampaignRecord = serde_json::from_str(line).unwrap();
        let id = Record::Campaign(record.clone()).id();
        match bodies.insert(id, line.to_owned()) {
            Some(earlier) => assert_eq!(earlier, line, "one id, two bodies"),
            None => rates.push(record.new_dial_rate),
        }
    }
    rates.dedup();
    rates
}

#[test]
fn no_fault_raises_the_rate_and_none_leaves_a_trace() {
    let count = |name: &str, short: u64| {
        std::env::var(name).map_or(short, |text| text.parse::<u64>().unwrap())
    };
    let seed = count("TORTURE_SEED", 20_261_122);
    let blocks = count("TORTURE_CONTROL", 20_000).div_ceil(BLOCK + QUIET);
    println!("control: TORTURE_SEED={seed}");
    let folder = folder();
    let records = folder.join("records.ndjson");
    let limits = Limits::default();
    let (min, max) = (limits.actuator.min.steps(), limits.actuator.max.steps());
    let pacer = Pacer::new(limits, Policy::Capacity).unwrap();
    let world = World(Mutex::new(Inner {
        draws: seed ^ 0x9E37_79B9_7F4A_7C15,
        faults: false,
        agents: 40,
        dial_rate: 0,
        now: 1_793_610_000_000,
        monotonic: Duration::ZERO,
        outage: 0,
        applied: Vec::new(),
        pending: None,
        late: 0,
    }));
    let warehouse = Warehouse::File(records.clone());
    let unknown = Unknown::default();
    let store = Store::lock(&folder.join("state.json"), "camp-42").unwrap();
    let subject = Subject::Campaign("camp-42".to_owned());
    let cycle = Cycle {
        pacer: &pacer,
        subject: &subject,
        platform: &world,
        warehouse: Some(&warehouse),
        store: &store,
        pool: None,
        outbox_capacity: 2_000,
        notices: &unknown,
    };
    let (mut blind, mut lowered, mut overtaken, mut late) = (0_u64, 0_u64, 0_u64, 0_u64);
    for block in 0..blocks {
        // Whether a lost PATCH was applied cannot be known once somebody has changed the rate, so
        // what is told is compared where nobody does.
        let by_hand = block % 2 == 1;
        if block % 10 == 7 {
            // A machine without a battery wakes up before 1970.
            world.with(|inner| inner.now -= 2_000_000_000_000);
        } else if block % 10 == 9 {
            world.with(|inner| inner.now += 2_000_000_000_000);
        }
        for n in 0..BLOCK + QUIET {
            world.with(|inner| inner.pass(n < BLOCK, by_hand));
            let before = world.with(|inner| (inner.dial_rate, inner.applied.len()));
            // Each cycle is a process of its own: nothing outlives it but the state file.
            let mut state = cycle.load(&world).unwrap();
            // What somebody else has set since cannot be known without a look.
            let believed = state.highest_in_force().filter(|_| by_hand);
            let believed = believed.map_or(0, Setpoint::steps);
            let deadline = Deadline::after(&world, Duration::from_secs(25));
            let report = cycle.run(&mut state, &deadline);
            let is_blind = report.decision.evidence.available_agents.is_none();
            let decided = report.decision.dial_rate();
            world.with(|inner| {
                let new = inner.applied.get(before.1..).unwrap_or_default();
                assert!(new.iter().all(|rate| *rate <= max), "{new:?}");
                assert!(
                    is_blind || inner.dial_rate <= before.0.max(decided),
                    "{} in force, {decided} decided",
                    inner.dial_rate
                );
                if is_blind {
                    blind += 1;
                    assert!(
                        inner.dial_rate <= before.0.max(believed),
                        "raised blind: {} to {}",
                        before.0,
                        inner.dial_rate
                    );
                    lowered += u64::from(inner.dial_rate < before.0);
                }
            });
        }
        // Ten undisturbed cycles: the rate is that of the rule, and nothing waits.
        let state = cycle.load(&world).unwrap();
        let mean = state.pacer.window.available_mean().unwrap();
        let whole = (mean * 0.85).floor();
        let idle = state
            .pacer
            .window
            .iter()
            .all(|sample| sample.available_agents == 0);
        let wanted = if idle {
            0.0
        } else {
            whole.clamp(f64::from(min), f64::from(max))
        };
        world.with(|inner| {
            assert!(
                (f64::from(inner.dial_rate) - wanted).abs() < 0.5,
                "{} for {wanted}",
                inner.dial_rate
            );
            assert_eq!(state.pacer.applied, Some(Setpoint::at(inner.dial_rate)));
            assert!(state.outbox.is_empty() && state.unsettled.is_empty());
            let mut applied = std::mem::take(&mut inner.applied);
            applied.dedup();
            if by_hand {
                *unknown.0.lock().unwrap() = 0;
            } else {
                let told = told(&records);
                // What the last block ended with may be sent again at the beginning of this one.
                let unknown = std::mem::take(&mut *unknown.0.lock().unwrap());
                let more = told.len().saturating_sub(applied.len()) as u64;
                assert!(
                    is_within(&applied, &told) && more <= 2 * (unknown + inner.late),
                    "seed {seed}, block {block}, {unknown} unknown, {} late\n{told:?}\n{applied:?}",
                    inner.late
                );
                overtaken += unknown;
                late += inner.late;
            }
            inner.late = 0;
        });
        let _ = fs::remove_file(&records);
    }
    println!(
        "{} cycles, {blind} of them blind, {lowered} lowered the rate; {overtaken} changes unknown, {late} applied late",
        blocks * (BLOCK + QUIET)
    );
    assert!(blind > 1_000 && lowered > 20, "{blind} {lowered}");
    assert!(overtaken > 0 && late > 20, "{overtaken} {late}");
    let _ = fs::remove_dir_all(&folder);
}

/// Cycles with faults, and cycles without, in turn.
const BLOCK: u64 = 190;
const QUIET: u64 = 10;
