//! Clock, files, notices, secrets, text, input errors and units: used by every room, imports none of them.

pub mod clock;
mod escapes;
pub mod fault_hook;
pub mod files;
pub mod input;
pub mod notice;
mod notice_event;
pub mod notice_text;
pub mod number_text;
pub mod plain_words;
pub mod secrets;
pub mod shell;
pub mod subject;
pub mod swept;
pub mod timestamp;
pub mod units;
pub mod visible;
