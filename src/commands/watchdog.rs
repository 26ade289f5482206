//! The watchdog of `watch`: after a signal it ends an exchange that hangs, and at last the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::base::clock::{Clock, SystemClock};
use crate::http::Connections;

/// The connections of a run's campaigns, as they are opened.
#[derive(Default)]
pub(super) struct Exchanges(Mutex<Vec<Arc<dyn Connections>>>);

impl Exchanges {
    /// Adds those of one campaign.
    pub(super) fn add(&self, connections: Vec<Arc<dyn Connections>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(connections);
    }

    fn abort(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for connections in all.iter() {
            connections.abort();
        }
    }
}

/// Sets the flag when dropped, also in a panic, so that the watchdog's thread ends.
pub(super) struct SetOnDrop<'a>(pub(super) &'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Once `stop` is set, waits for the running exchange, then aborts it, and at last ends the process.
pub(super) fn shutdown_watchdog(
    stop: &AtomicBool,
    is_done: &AtomicBool,
    exchanges: &Exchanges,
    end_at_once: &dyn Fn(),
) {
    let clock = SystemClock::start();
    let done_within = |time: Duration| {
        let until = clock.monotonic() + time;
        while clock.monotonic() < until && !is_done.load(Ordering::Relaxed) {
            clock.sleep(FLAG_CHECK_PERIOD);
        }
        is_done.load(Ordering::Relaxed)
    };
    while !stop.load(Ordering::Relaxed) {
        if done_within(FLAG_CHECK_PERIOD) {
            return;
        }
    }
    if done_within(GRACE) {
        return;
    }
    exchanges.abort();
    if !done_within(GRACE) {
        end_at_once();
    }
}

/// Time for an exchange to end by itself, and again for its abort: less than 2 s together.
pub(super) const GRACE: Duration = Duration::from_millis(850);
/// Time between two checks of the flags.
const FLAG_CHECK_PERIOD: Duration = Duration::from_millis(20);
