//! Rows of a CSV file: their columns, and the rows of a chunk parsed to values.

mod finding;
mod header;
mod layout;
mod records;
mod rows;
mod signs;
mod split;
mod suggestions;

pub(super) use finding::has_quoted_lines;
pub(super) use layout::Layout;
pub(super) use rows::CsvParser;
