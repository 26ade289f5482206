//! SIGINT and SIGTERM.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The first signal asks to stop, a second one ends the process at once.
pub struct Interrupt {
    stop: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

/// How a run ended that can be asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is complete.
    Done,
    /// Somebody asked it to stop.
    Interrupted,
}

impl Interrupt {
    /// Listens from now on.
    pub fn listen() -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let signal = Arc::new(AtomicUsize::new(0));
        for (number, value) in [(SIGINT, 2), (SIGTERM, 15)] {
            // In this order, so that the first signal does not yet see its own mark.
            flag::register_conditional_default(number, Arc::clone(&stop))?;
            flag::register_usize(number, Arc::clone(&signal), value)?;
            flag::register(number, Arc::clone(&stop))?;
        }
        Ok(Self { stop, signal })
    }

    /// Set once a signal came.
    #[must_use]
    pub fn stop(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    /// 130 or 143, as a shell has it for a process that the signal ended.
    #[must_use]
    pub fn code(&self) -> u8 {
        128 + u8::try_from(self.signal.load(Ordering::Relaxed)).unwrap_or(0)
    }
}
