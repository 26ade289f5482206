//! Exported history: the rows of a CSV or NDJSON file, read and checked on every core.
//!
//! CSV has a header; NDJSON has one object per line, such as the records in the warehouse file or
//! the lines of `--json`; the objects of other JSON are read as NDJSON. A row travels like this:
//!
//! 1. `opening` tells kind, encoding and format from the first bytes, and refuses other files.
//! 2. `csv::Layout` finds delimiter, header and decimal sign in the beginning, `json` which objects are rows and
//!    which members columns. They hold for the file: a `Format`.
//! 3. `first_rows` refuses what the first rows show to have two meanings, such as a second column of campaigns.
//! 4. `feed` cuts the file into chunks of whole rows, which threads parse.
//! 5. `csv` or `json` splits a row into the text of each [`Column`].
//! 6. `row_parser` makes values of the text, with `timestamps`, `numbers` and their forms.
//! 7. [`HistoryReader`] takes the chunks in order; `sequence` numbers the campaigns, and refuses what is
//!    not in the order of time.
//! 8. A value that could mean two things is not guessed: it makes the row a [`BadRow`].

mod bounds;
mod chunk;
mod civil_time;
mod column_names;
mod columns;
mod compact_times;
mod cr_lines;
mod csv;
mod day_steps;
mod decimal_proofs;
mod error;
mod feed;
mod file_fields;
mod file_kind;
mod first_rows;
mod format;
mod ids;
mod json;
mod later;
mod month_names;
mod number_form;
mod numbers;
mod opening;
mod options;
mod quoted_lines;
mod reader;
mod repeated_hours;
mod row;
mod row_parser;
mod running_totals;
mod sequence;
mod side_by_side;
mod sorted;
mod subtotals;
mod time_format;
mod time_forms;
mod timestamps;
mod total_words;
mod unread;
mod utf16;

pub use column_names::ColumnNames;
pub use columns::Column;
pub use error::{BadField, BadRow, RowError};
pub use options::{AnswerRates, Decimal, ReadingOptions, RepeatedHour, Totals};
pub use reader::HistoryReader;
pub use row::{AvailableAgents, HistoryPoll, HistoryRow, RowValues};
pub use time_format::TimeFormat;
