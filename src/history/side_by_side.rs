//! Campaigns whose columns stand side by side, so that a row has several.

use super::column_names::ColumnNames;
use super::columns::{COLUMNS, Column, plain};
use super::file_fields::FileFields;
use crate::base::input::InputError;

/// Refuses a file in which several columns have others of their name beside them, with a number or something
/// in brackets.
pub(super) fn refuse_side_by_side(
    fields: &FileFields,
    names: &ColumnNames,
) -> Result<(), InputError> {
    let is_free = |column: &Column| column.is_number() && names.is_free(*column);
    let free = COLUMNS.into_iter().filter(is_free);
    let beside = free.filter_map(|column| {
        let name = fields.name(column);
        let mut others = fields.names.iter();
        let beside = others.find(|it| !name.is_empty() && is_numbered(it, name))?;
        Some((column, name, beside))
    });
    // One alone is another count of the same, such as of a week.
    let beside: Vec<_> = beside.collect();
    match beside.as_slice() {
        [(column, name, beside), _, ..] => Err(InputError(format!(
            "it has {name:?} and {beside:?}, and others in the same way: do campaigns stand side by side? Each needs rows of its own; else give --column \"{column}={name}\" and so on"
        ))),
        _ => Ok(()),
    }
}

/// True for `name` with a number or something in brackets behind it.
fn is_numbered(field: &str, name: &str) -> bool {
    let rest = plain(field);
    let rest = rest
        .strip_prefix(&plain(name))
        .and_then(|rest| rest.chars().next());
    rest.is_some_and(|next| next.is_ascii_digit() || ".([{:/".contains(next))
}
