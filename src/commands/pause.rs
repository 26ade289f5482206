//! What `watch` does between two cycles: it waits, and ends the burst of the interval, if there is one.

use std::io;
use std::time::Duration;

use crate::base::clock::{Clock, Deadline};
use crate::live::{CycleReport, Live, State};

/// The time between two cycles.
pub(super) struct Pause<'a> {
    pub(super) clock: &'a dyn Clock,
    pub(super) speed: u16,
    /// When the next cycle is due.
    pub(super) end: Duration,
}

/// Waits until the burst in force is over, if there is one, and lowers the lever; what fails is tried
/// again until the next cycle is due. A stop of the run or of the campaign ends the wait: what comes
/// then lowers the lever itself.
pub(super) fn see_burst_out(
    live: &Live,
    state: &mut State,
    pause: &Pause,
    tell: &mut dyn FnMut(&CycleReport) -> io::Result<()>,
) -> io::Result<()> {
    let Pause { clock, speed, end } = *pause;
    let cycle = live.cycle();
    let mut wait_for = state.open_burst().map_or(Duration::ZERO, |burst| {
        let now = clock.now();
        if burst.until > now {
            burst.until.distance(now)
        } else {
            Duration::ZERO
        }
    });
    while state.open_burst().is_some() {
        let due = clock.monotonic() + wait_for;
        wait(clock, due, speed, |_| cycle.is_held());
        let left = end.saturating_sub(clock.monotonic());
        if clock.is_stopping() || cycle.is_held() || left.is_zero() {
            return Ok(());
        }
        let report = cycle.end_burst(state, &Deadline::after(clock, left));
        tell(&report)?;
        wait_for = AGAIN;
    }
    Ok(())
}

/// Waits until `due`, and calls `tell` once a second with the time left, until that is true.
pub(super) fn wait(clock: &dyn Clock, due: Duration, speed: u16, tell: impl Fn(Duration) -> bool) {
    let second = Duration::from_secs(1) * u32::from(speed);
    loop {
        let left = due.saturating_sub(clock.monotonic());
        if left.is_zero() || clock.is_stopping() {
            return;
        }
        if tell(left) {
            return;
        }
        clock.sleep(left.min(second));
    }
}

/// Time from a failed end of a burst to the next try.
const AGAIN: Duration = Duration::from_secs(2);
