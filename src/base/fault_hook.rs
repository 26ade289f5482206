//! Faults that a test asks for: a death or an error at the nth step of writing, and wrong ways of working that
//! the tests must be able to catch. A release build has none of it.

/// A wrong way of working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Way {
    /// A file is written where it stands instead of being replaced.
    InPlace = 1,
    /// A record is delivered before what it tells of is saved and done.
    ExportFirst = 2,
    /// The state is not locked.
    NoLock = 4,
}

#[cfg(debug_assertions)]
mod armed {
    use std::io;
    use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

    use super::Way;

    /// The step to die at, from 1; 0 is never.
    static DEATH: AtomicU64 = AtomicU64::new(0);
    /// The step to fail at, as on a full disk.
    static FAILURE: AtomicU64 = AtomicU64::new(0);
    static STEPS: AtomicU64 = AtomicU64::new(0);
    static WAYS: AtomicU8 = AtomicU8::new(0);

    /// Takes a plan: `die-at=N`, `fail-at=N`, `in-place`, `export-first`, `no-lock`, separated by commas.
    pub fn arm(plan: &str) {
        for part in plan.split(',') {
            let way = match part {
                "in-place" => Way::InPlace as u8,
                "export-first" => Way::ExportFirst as u8,
                "no-lock" => Way::NoLock as u8,
                _ => {
                    for (name, at) in [("die-at=", &DEATH), ("fail-at=", &FAILURE)] {
                        if let Some(step) = part.strip_prefix(name).and_then(|n| n.parse().ok()) {
                            at.store(step, Ordering::SeqCst);
                        }
                    }
                    0
                }
            };
            WAYS.fetch_or(way, Ordering::SeqCst);
        }
    }

    /// One step of writing is done. Nothing is cleaned up where this is the last.
    pub fn step() -> io::Result<()> {
        let step = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
        if step == DEATH.load(Ordering::SeqCst) {
            std::process::abort();
        }
        if step == FAILURE.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Whether this way was asked for.
    #[must_use]
    pub fn is(way: Way) -> bool {
        WAYS.load(Ordering::SeqCst) & way as u8 != 0
    }

    /// What is written at once, in pieces with a step between them.
    #[must_use]
    pub fn pieces(content: &[u8]) -> [&[u8]; 2] {
        let (first, second) = content.split_at(content.len() / 2);
        [first, second]
    }
}

#[cfg(not(debug_assertions))]
mod armed {
    use std::io;

    use super::Way;

    /// Nothing.
    #[expect(clippy::unnecessary_wraps, reason = "it can fail where it is armed")]
    pub const fn step() -> io::Result<()> {
        Ok(())
    }

    /// Never.
    #[must_use]
    pub const fn is(_: Way) -> bool {
        false
    }

    /// All of it.
    #[must_use]
    pub const fn pieces(content: &[u8]) -> [&[u8]; 1] {
        [content]
    }
}

pub use armed::*;
