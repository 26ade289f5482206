//! From results to strings, and the console they are printed on.

mod console;
pub mod json;
pub mod simulation;
pub mod text;

pub use console::Console;
