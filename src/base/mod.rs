//! Clock, files, notices, input errors and units: used by every room, imports none of them.

pub mod clock;
pub mod fault_hook;
pub mod files;
pub mod input;
pub mod notice;
pub mod notice_text;
pub mod number_text;
pub mod timestamp;
pub mod units;
