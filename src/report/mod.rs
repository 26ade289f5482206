//! From results to strings, and the console they are printed on.

pub mod backtest;
mod band_hint;
mod band_tally;
pub mod board;
mod board_text;
mod chart;
pub mod checks;
mod clock_axis;
mod console;
pub mod counts;
mod csv_cell;
pub mod cycle_line;
mod figure;
pub mod fit;
mod html_table;
pub mod json;
mod labels;
mod lever;
mod made_by;
pub mod metrics;
mod page;
mod reason;
mod screen;
pub mod simulation;
mod table;
pub mod text;
pub mod wrapped;

pub use console::{Console, Messages};
pub use made_by::MadeBy;
pub use screen::Screen;
