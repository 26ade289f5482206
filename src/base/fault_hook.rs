//! A death or an error at a chosen step of writing a file, for tests. Only debug builds have it.

use std::io;

#[cfg(debug_assertions)]
pub use armed::{arm, step};

/// Marks the end of one step of writing. Does nothing in a release build.
#[cfg(not(debug_assertions))]
#[expect(clippy::unnecessary_wraps, reason = "a step can fail in a debug build")]
pub const fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::io;

    /// Takes a plan: `die-at=N` or `fail-at=N`, counted from the first step of the process, 1.
    pub fn arm(plan: &str) {
        for (name, fault_at) in [("die-at=", &DIE_AT), ("fail-at=", &FAIL_AT)] {
            if let Some(step) = plan.strip_prefix(name).and_then(|n| n.parse().ok()) {
                fault_at.store(step, Ordering::SeqCst);
            }
        }
    }

    /// Marks the end of one step of writing. The process dies here without cleaning up, or the step
    /// fails as on a full disk, if the plan says so.
    pub fn step() -> io::Result<()> {
        let step = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
        if step == DIE_AT.load(Ordering::SeqCst) {
            std::process::abort();
        }
        if step == FAIL_AT.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Steps of this process so far.
    static STEPS: AtomicU64 = AtomicU64::new(0);
    /// The step that kills the process; 0 for none.
    static DIE_AT: AtomicU64 = AtomicU64::new(0);
    /// The step that fails; 0 for none.
    static FAIL_AT: AtomicU64 = AtomicU64::new(0);
}
