//! Which objects of a file are its rows, found in its beginning.

use super::beginning::{Beginning, Candidate};
use super::lines::{RowsPlace, two_arrays};
use super::tables;
use super::walk::dotted;
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;

/// Where the rows of a file are.
pub(super) struct Found {
    pub(super) place: RowsPlace,
    /// Each row is a line of the file.
    pub(super) is_lines: bool,
    /// What to do where the rows lack a column, in words that follow others.
    pub(super) hint: String,
}

/// Finds the rows in `probe`, the beginning of a file.
pub(super) fn find(probe: &[u8], columns: &ColumnNames) -> Result<Found, InputError> {
    let beginning = Beginning::of(probe);
    let lines = Found {
        place: RowsPlace::default(),
        is_lines: true,
        hint: String::new(),
    };
    let Some(outermost) = beginning.candidates.first() else {
        return match tables::refusal(&beginning) {
            Some(refusal) => Err(InputError(refusal)),
            None if probe.trim_ascii_start().starts_with(b"[") => {
                Err(InputError("its array is empty: it has no rows".to_owned()))
            }
            None => Ok(lines),
        };
    };
    if let Some(refusal) = tables::with_a_member_for_each_row(outermost) {
        return Err(InputError(refusal));
    }
    let rows = rows(&beginning, outermost, columns)?;
    if rows.has_missing(columns)
        && let Some(refusal) = tables::refusal(&beginning)
    {
        return Err(InputError(refusal));
    }
    let place = RowsPlace {
        around: rows.around.clone(),
        outermost: outermost.around.len(),
    };
    Ok(Found {
        is_lines: place.around.is_empty() && beginning.has_lines,
        hint: rows.hint(outermost),
        place,
    })
}

/// Of the objects of a file those that are rows: the outermost, or those in the one array that each of them has.
fn rows<'b>(
    beginning: &'b Beginning,
    outermost: &'b Candidate,
    columns: &ColumnNames,
) -> Result<&'b Candidate, InputError> {
    let (mut at, mut best) = (outermost, outermost);
    while at.has_missing(columns) {
        let inner = |it: &&Candidate| it.is_inside(at);
        let mut inner = beginning.candidates.iter().filter(inner);
        let Some(first) = inner.next() else {
            break;
        };
        if let Some(second) = inner.next() {
            if at.count > 1 || at.known(columns) > 0 {
                break;
            }
            let (first, second) = (dotted(&first.around), dotted(&second.around));
            return Err(InputError(two_arrays(&first, &second)));
        }
        let (known, most) = (first.known(columns), best.known(columns));
        if known > most || (known == most && outermost.count == 1) {
            best = first;
        }
        at = first;
    }
    Ok(if at.has_missing(columns) { best } else { at })
}
