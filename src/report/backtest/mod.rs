//! Results of `backtest`: the table, JSON, the HTML page, and the file of decisions.

mod csv_lines;
mod decisions;
mod differences_table;
mod figures_table;
mod float_texts;
mod html;
mod json;
mod rates_chart;
mod results;
mod table;
mod week_charts;

pub use csv_lines::csv;
pub use decisions::{DecisionFormat, DecisionWriter};
pub use html::html;
pub use json::json;
pub use results::BacktestResults;
pub use table::table;
