//! SIGINT and SIGTERM.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit;

/// The signals that were received. The first asks to stop, a second one ends the process at once.
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

impl Interrupt {
    /// Listens from now on.
    pub fn listen() -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let signal = Arc::new(AtomicUsize::new(0));
        for (number, value) in [(SIGINT, 2), (SIGTERM, 15)] {
            // In this order: the first signal must not find the flag that it sets itself.
            flag::register_conditional_default(number, Arc::clone(&stop))?;
            flag::register_usize(number, Arc::clone(&signal), value)?;
            flag::register(number, Arc::clone(&stop))?;
        }
        Ok(Self { stop, signal })
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
}
