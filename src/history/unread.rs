//! Columns of a file that are not read and look as if they should be, in words.

use super::columns::Column;

/// The warning that `name` is not read, which is nearly the name of `column`.
pub(super) fn not_read(name: &str, column: Column, has: &dyn Fn(Column) -> bool) -> String {
    let is_named = Column::of_name(name).is_some();
    match column {
        Column::AgentsLoggedIn if is_named && !has(Column::AgentsUnavailable) => format!(
            "column {name:?} is not read: it counts agents on a break, too, and no column agentsUnavailable says how many"
        ),
        Column::AgentsUnavailable if is_named && !has(Column::AgentsLoggedIn) => {
            format!("column {name:?} is not read: there is no column agentsLoggedIn")
        }
        _ => format!(
            "column {name:?} is not read; if it is {column}, give --column \"{column}={name}\""
        ),
    }
}
