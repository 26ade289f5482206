//! Results of `simulate`, a file for each form.

mod answer;
mod bands;
mod beside_today;
mod comparison;
mod csv_lines;
mod heat_map;
mod html;
mod json;
mod over_time;
mod quantities;
mod recommendation;
mod samples;
mod settings_table;
mod table;
mod time_axis;
mod to_type;
mod trace;
mod trade_off;

pub use comparison::{ReportData, variants_to_draw};
pub use csv_lines::csv;
pub use html::page;
pub use json::json;
pub use samples::samples;
pub use table::table;
pub use trace::trace;
