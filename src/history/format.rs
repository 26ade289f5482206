//! A file whose format is known: what its rows consist of, and how they are parsed.

use super::feed::{Blocks, ParseChunk};
use super::file_fields::FileFields;
use super::first_rows::FirstRows;
use super::later::Later;
use super::row_parser::RowRules;

/// A file of any format.
pub(super) struct Format {
    pub(super) blocks: Blocks,
    /// Lines before the first row.
    pub(super) lines_before: u64,
    pub(super) fields: FileFields,
    pub(super) first_rows: FirstRows,
    /// Makes the parser of a thread.
    pub(super) parser: Box<dyn Fn(RowRules) -> Box<dyn ParseChunk>>,
    /// What was found and could have been otherwise, in words.
    pub(super) told: Vec<String>,
    /// What may be a mistake, in words.
    pub(super) warnings: Vec<String>,
    /// What may be a mistake and is known after the last row only.
    pub(super) later: Later,
}
