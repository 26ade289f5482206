//! SIGINT and SIGTERM.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit;
use crate::base::clock::{Clock as _, SystemClock};

/// The signals that were received. The first asks to stop, a second one ends the process at once.
#[derive(Clone)]
pub struct Interrupt {
    stop: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

/// The end of a run that can be asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is complete.
    Done,
    /// A signal ended it.
    Interrupted,
}

/// The process, as far as its end is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    /// True for the first process of a container, which signals do not end by themselves.
    pub is_init: bool,
    /// Ends it at once with a code.
    pub end: fn(u8),
}

impl Process {
    /// Lets signals end the process at once, also where it is the first one of a container.
    pub fn end_at_signals(self) -> io::Result<()> {
        if self.is_init {
            let always = Arc::new(AtomicBool::new(true));
            for (number, _) in SIGNALS {
                self.end_at_signal(number, &always)?;
            }
        }
        Ok(())
    }

    /// Ends the process at once at a signal that comes while `condition` is true: as the signal would,
    /// or with its code where that has no effect.
    fn end_at_signal(self, number: i32, condition: &Arc<AtomicBool>) -> io::Result<()> {
        let condition = Arc::clone(condition);
        if self.is_init {
            flag::register_conditional_shutdown(number, 128 + number, condition)?;
        } else {
            flag::register_conditional_default(number, condition)?;
        }
        Ok(())
    }
}

impl Interrupt {
    /// Listens from now on. A run that has not ended `grace` after the first signal is ended: it may be
    /// in the middle of something that does not look at the flag.
    pub fn listen(process: Process, grace: Duration) -> io::Result<Self> {
        let interrupt = Self {
            stop: Arc::new(AtomicBool::new(false)),
            signal: Arc::new(AtomicUsize::new(0)),
        };
        let watchdog = interrupt.clone();
        let is_watched = thread::Builder::new()
            .spawn(move || watchdog.end_late_runs(process.end, grace))
            .is_ok();
        // Without a thread to be had, the first signal ends it at once.
        let ends = if is_watched {
            Arc::clone(&interrupt.stop)
        } else {
            Arc::new(AtomicBool::new(true))
        };
        for (number, value) in SIGNALS {
            // In this order: the first signal must not find the flag that it sets itself.
            process.end_at_signal(number, &ends)?;
            flag::register_usize(number, Arc::clone(&interrupt.signal), value)?;
            flag::register(number, Arc::clone(&interrupt.stop))?;
        }
        Ok(interrupt)
    }

    /// The flag that the first signal sets.
    #[must_use]
    pub fn stop(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    /// The exit code of a run.
    #[must_use]
    pub fn code_of(&self, ended: Ended) -> u8 {
        match ended {
            Ended::Done => exit::DONE,
            Ended::Interrupted => self.code(),
        }
    }

    /// 130 or 143: the code that a shell gives a process that the signal ended.
    #[must_use]
    pub fn code(&self) -> u8 {
        128 + u8::try_from(self.signal.load(Ordering::Relaxed)).unwrap_or(0)
    }

    fn end_late_runs(&self, end: fn(u8), grace: Duration) {
        let clock = SystemClock::start();
        while !self.stop.load(Ordering::Relaxed) {
            clock.sleep(FLAG_CHECK_PERIOD);
        }
        clock.sleep(grace);
        end(self.code());
    }
}

/// The signals that ask a process to end, each with its number.
const SIGNALS: [(i32, usize); 2] = [(SIGINT, 2), (SIGTERM, 15)];
/// Time between two looks at the flag.
const FLAG_CHECK_PERIOD: Duration = Duration::from_millis(50);
