//! Results of `simulate`, a file for each form.

mod comparison;
mod csv_lines;
mod frontier;
mod heat_map;
mod html;
mod json;
mod replication;
mod samples;
mod table;
mod trace;

pub use csv_lines::csv;
pub use html::page;
pub use json::json;
pub use samples::samples;
pub use table::table;
pub use trace::trace;
