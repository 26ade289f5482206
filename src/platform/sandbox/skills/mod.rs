//! The skills API on loopback, as strict as its contract.

pub mod answers;
mod asked;
mod checks;
mod login;
mod put;
mod rules;

pub use asked::SkillsCall;
pub use checks::refuse;
pub use put::is_flag;
pub use rules::{Rules, read};
