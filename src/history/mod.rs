//! Exported history: the rows of a CSV or NDJSON file, read one at a time and checked.
//!
//! CSV has a header; NDJSON has one object per line, such as the records in the warehouse file or
//! the lines of `--json`. A row travels like this:
//!
//! 1. [`HistoryReader`] tells the format from the first character and keeps the file open.
//! 2. `csv_rows` (`plain`, and `quoted` from the first quote on) or `ndjson_rows` goes to the next row.
//! 3. It splits the row into the text of each [`Column`], by the CSV header or by the member names.
//! 4. `row_parser` makes a [`HistoryRow`] of the text, with `timestamps` and `numbers`.
//! 5. `sequence` gives the row the number of its campaign, and refuses what is not in order.
//! 6. A value that is not of the expected form is not guessed: it makes the row a [`BadRow`].

mod bounds;
mod columns;
mod csv_rows;
mod error;
mod ndjson_rows;
mod numbers;
mod options;
mod reader;
mod row;
mod row_parser;
mod sequence;
mod timestamps;

pub use columns::{Column, ColumnNames};
pub use error::{BadField, BadRow, RowError};
pub use options::ReadingOptions;
pub use reader::HistoryReader;
pub use row::{AvailableAgents, HistoryPoll, HistoryRow};
