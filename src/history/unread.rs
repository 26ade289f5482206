//! Columns of a file that are not read and look as if they should be, in words.

use super::columns::Column;

/// The warning that `name` is not read, which is nearly the name of `column`.
pub(super) fn not_read(name: &str, column: Column) -> String {
    match column {
        Column::AgentsLoggedIn => format!(
            "column {name:?} is not read: it counts agents on a break, too, and no column agentsUnavailable says how many"
        ),
        Column::AgentsUnavailable => {
            format!("column {name:?} is not read: there is no column agentsLoggedIn")
        }
        _ => format!(
            "column {name:?} is not read; if it is {column}, give --column \"{column}={name}\""
        ),
    }
}
