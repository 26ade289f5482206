//! What every room stands on, and that imports nothing of ours.

pub mod clock;
pub mod fault_hook;
pub mod files;
pub mod input;
pub mod notice;
pub mod timestamp;
pub mod units;
