//! Which objects of a file are its rows, found in its beginning.

use super::beginning::{Beginning, Candidate, is_column};
use super::lines::{RowsPlace, two_arrays};
use super::tables;
use super::walk::jq_path;
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;
use crate::history::columns::Column;
use crate::history::first_rows::is_campaign_name;

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
    refuse_outer_campaigns(rows, &beginning, columns)?;
    if rows.has_missing(columns)
        && let Some(refusal) = tables::refusal(&beginning)
    {
        return Err(InputError(refusal));
    }
    let others = beginning.candidates.iter();
    let others =
        others.filter(|it| !rows.around.starts_with(&it.around) && it.has_missing(columns));
    let place = RowsPlace {
        around: rows.around.clone(),
        outermost: outermost.around.len(),
        others: others.map(|it| it.around.clone()).collect(),
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
        let inner = || beginning.candidates.iter().filter(inner);
        let mut whole = inner().filter(|it| !it.has_missing(columns));
        if let (Some(one), None) = (whole.next(), whole.next()) {
            return Ok(one);
        }
        let mut inner = inner();
        let Some(first) = inner.next() else {
            break;
        };
        if let Some(second) = inner.next() {
            if at.count > 1 || at.known(columns) > 0 {
                break;
            }
            return Err(InputError(two_arrays(&first.around, &second.around)));
        }
        let (known, most) = (first.known(columns), best.known(columns));
        if known > most || (known == most && outermost.count == 1) {
            best = first;
        }
        at = first;
    }
    Ok(if at.has_missing(columns) { best } else { at })
}

/// Refuses rows whose campaign only an object around them tells.
fn refuse_outer_campaigns(
    rows: &Candidate,
    beginning: &Beginning,
    columns: &ColumnNames,
) -> Result<(), InputError> {
    let is_told = rows.has(Column::CampaignId, columns) || !columns.is_free(Column::CampaignId);
    if is_told || rows.has_missing(columns) {
        return Ok(());
    }
    let around = beginning.candidates.iter().filter(|it| rows.is_inside(it));
    let mut told = around.filter_map(|outer| {
        let is_campaign = |leaf: &&Vec<String>| {
            is_column(leaf, Column::CampaignId)
                || leaf.last().is_some_and(|it| is_campaign_name(it))
                // Of several objects, each may be a campaign.
                || outer.count > 1 && matches!(leaf.as_slice(), [one] if one == "name" || one == "id")
        };
        Some((outer, outer.leaves.iter().find(is_campaign)?))
    });
    let Some((outer, leaf)) = told.next_back() else {
        return Ok(());
    };
    let name = leaf.join(".");
    let member = if name == Column::CampaignId.name() {
        name.clone()
    } else {
        format!("campaignId: .{name}")
    };
    let to_outer = match jq_path(&outer.around).as_str() {
        "." if outer.around.is_empty() => String::new(),
        path => format!("{path}[] | "),
    };
    let rest = rows.around.get(outer.around.len()..).unwrap_or_default();
    Err(InputError(format!(
        "its rows have no campaignId, and the object around them has {name}: join them, such as with jq -c '{to_outer}{{{member}}} + {}[]' FILE | dialpace backtest -; where all rows are of one campaign, give --column campaignId=",
        jq_path(rest)
    )))
}
