//! Rows of a CSV file: their columns, and the rows of a chunk parsed to values.

mod campaigns;
mod finding;
mod first_rows;
mod header;
mod layout;
mod records;
mod rows;
mod split;
mod suggestions;

pub(super) use layout::Layout;
pub(super) use rows::CsvParser;
pub(super) use suggestions::{Untaken, untaken};
