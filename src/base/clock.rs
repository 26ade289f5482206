//! The only reader of clocks and the only sleeper; and the deadline that bounds a cycle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::base::units::UnixMillis;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> UnixMillis;
    /// Time since some fixed point, never running backwards.
    fn monotonic(&self) -> Duration;
    /// Waits; not to the end, once the run is asked to stop.
    fn sleep(&self, duration: Duration);
    /// Whether the run is asked to stop: then no time is left for anything that has not begun.
    fn is_stopping(&self) -> bool {
        false
    }
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// The machine's clocks; the monotonic one counts from here.
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

/// A clock whose waiting can be cut short: by somebody who asks the run to stop, and by a factor,
/// for a simulated world. Work takes its time, waiting passes `speed` times as fast.
#[derive(Debug)]
pub struct RunClock {
    machine: SystemClock,
    speed: u32,
    stop: Arc<AtomicBool>,
    /// Nanoseconds that were waited for and did not pass on the machine's clocks.
    skipped: AtomicU64,
}

impl RunClock {
    /// A clock that waits until `stop` is set, `speed` times as fast as the machine's.
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
                .sleep(whole.saturating_sub(waited).min(LOOK_AFTER));
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

/// The end of a cycle. Measured on both clocks, whichever ran further: the monotonic one may
/// stand still while a machine is suspended, and the wall clock may be set back.
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

    /// What is left; zero when it has passed, or when the run is asked to stop.
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

/// How long a wait goes on before it is looked whether the run is asked to stop.
const LOOK_AFTER: Duration = Duration::from_millis(50);
