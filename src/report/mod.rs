//! From results to strings, and the console they are printed on.

mod chart;
mod console;
pub mod decisions;
pub mod html;
pub mod json;
mod page;
pub mod replay;
pub mod replay_html;
pub mod simulation;
mod table;
pub mod text;

pub use console::Console;
