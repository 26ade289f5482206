//! The clocks, which no other file reads or waits on, and the deadline of a cycle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::base::units::UnixMillis;

/// A source of time.
pub trait Clock: Send + Sync {
    /// Time of the wall clock.
    fn now(&self) -> UnixMillis;
    /// Time since a fixed point; never decreases.
    fn monotonic(&self) -> Duration;
    /// Waits for `duration`, or until the run is asked to stop.
    fn sleep(&self, duration: Duration);
    /// True once the run is asked to stop: no call begins any more.
    fn is_stopping(&self) -> bool {
        false
    }
}

/// The machine's clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// The machine's clocks; the monotonic one counts from this call.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the monotonic clock"
    )]
    pub fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::start()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
    fn now(&self) -> UnixMillis {
        let millis = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => UnixMillis(millis(since)),
            Err(before) => UnixMillis(-millis(before.duration())),
        }
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "the one home of sleeping")]
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// A clock whose waits end when the run is asked to stop, and pass `speed` times as fast for a
/// simulated world. Work takes real time.
#[derive(Debug)]
pub struct RunClock {
    machine: SystemClock,
    speed: u32,
    stop: Arc<AtomicBool>,
    /// Nanoseconds of waiting that did not pass on the machine's clocks.
    skipped: AtomicU64,
}

impl RunClock {
    /// A clock whose waits end once `stop` is set, `speed` times as fast as the machine's.
    #[must_use]
    pub fn new(speed: u16, stop: Arc<AtomicBool>) -> Self {
        Self {
            machine: SystemClock::start(),
            speed: u32::from(speed.max(1)),
            stop,
            skipped: AtomicU64::new(0),
        }
    }

    fn skipped(&self) -> Duration {
        Duration::from_nanos(self.skipped.load(Ordering::Relaxed))
    }
}

impl Clock for RunClock {
    fn now(&self) -> UnixMillis {
        self.machine.now().plus(self.skipped())
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic() + self.skipped()
    }

    fn sleep(&self, duration: Duration) {
        let began = self.machine.monotonic();
        let whole = duration / self.speed;
        let mut waited = Duration::ZERO;
        while waited < whole && !self.is_stopping() {
            self.machine
                .sleep(whole.saturating_sub(waited).min(STOP_CHECK_PERIOD));
            waited = self.machine.monotonic().saturating_sub(began);
        }
        let passed = waited.saturating_mul(self.speed).min(duration);
        let skipped = passed.saturating_sub(waited).as_nanos();
        let skipped = u64::try_from(skipped).unwrap_or(u64::MAX);
        self.skipped.fetch_add(skipped, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// The end of a cycle, measured on the clock that ran further: the monotonic one may stop while a
/// machine is suspended, and the wall clock may be set back.
#[derive(Clone, Copy)]
pub struct Deadline<'a> {
    clock: &'a dyn Clock,
    started: (Duration, UnixMillis),
    limit: Duration,
}

impl<'a> Deadline<'a> {
    /// A deadline `limit` from now.
    pub fn after(clock: &'a dyn Clock, limit: Duration) -> Self {
        Self {
            clock,
            started: (clock.monotonic(), clock.now()),
            limit,
        }
    }

    /// This deadline, earlier by `reserve`.
    #[must_use]
    pub fn reserving(&self, reserve: Duration) -> Self {
        Self {
            limit: self.limit.saturating_sub(reserve),
            ..*self
        }
    }

    /// This deadline, on `clock`, which must be its own clock or show the same time.
    pub fn on<'b>(&self, clock: &'b dyn Clock) -> Deadline<'b> {
        Deadline {
            clock,
            started: self.started,
            limit: self.limit,
        }
    }

    /// A deadline that began when this one did, with another limit.
    #[must_use]
    pub fn with_limit(&self, limit: Duration) -> Self {
        Self { limit, ..*self }
    }

    /// The clock this deadline is measured on.
    #[must_use]
    pub fn clock(&self) -> &'a dyn Clock {
        self.clock
    }

    /// The whole time allowed.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Time left; zero once it has passed or the run is asked to stop.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        if self.clock.is_stopping() {
            return Duration::ZERO;
        }
        let (monotonic, wall) = self.started;
        let now = self.clock.now();
        let by_wall = if now > wall {
            now.distance(wall)
        } else {
            Duration::ZERO
        };
        let elapsed = self
            .clock
            .monotonic()
            .saturating_sub(monotonic)
            .max(by_wall);
        self.limit.saturating_sub(elapsed)
    }
}

/// Time between two checks, during a wait, of whether the run is asked to stop.
const STOP_CHECK_PERIOD: Duration = Duration::from_millis(50);
