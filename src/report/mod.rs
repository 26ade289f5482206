//! From results to strings, and the console they are printed on.

mod chart;
mod console;
pub mod html;
pub mod json;
pub mod simulation;
pub mod text;

pub use console::Console;
