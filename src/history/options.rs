//! How a file of history is to be read.

use super::columns::ColumnNames;

/// What the user says about a file of history.
#[derive(Clone, Debug, Default)]
pub struct ReadingOptions {
    /// Names that the file gives to columns.
    pub columns: ColumnNames,
}
