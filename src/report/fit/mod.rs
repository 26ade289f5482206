//! Results of `fit`, a file for each form.

mod estimates;
mod hour_charts;
mod html;
mod scenario_text;
mod summary;
mod words;

pub use html::page;
pub use scenario_text::scenario_text;
pub use summary::summary;

use crate::report::MadeBy;
use crate::sim::Scenario;
use crate::sim::fit::{Comparison, Fit};

/// A fit and what it was made from.
#[derive(Debug)]
pub struct FitResults {
    /// Name of the file.
    pub source: String,
    /// The campaign; empty where the file has no such column.
    pub campaign: String,
    /// Rows that were used.
    pub rows: u64,
    /// Earlier rows that were left out.
    pub rows_left_out: u64,
    /// First and last time, with the name of their zone.
    pub span: (String, String, String),
    /// The estimates.
    pub fit: Fit,
    /// The scenario, with its name and description.
    pub scenario: Scenario,
    /// What makes the HTML page.
    pub made_by: MadeBy,
    /// History and simulation.
    pub comparison: Comparison,
}
