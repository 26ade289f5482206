//! The first rows of a text of JSON as fields: one for each column, and one for each member that is not read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::members::Members;
use super::names::{MemberNames, Reading};
use super::objects::{Objects, Path, for_each_leaf};
use super::values::field_text;
use crate::history::columns::{COLUMNS, Column, PerColumn, is_unused};
use crate::history::decimal_proofs::DecimalProofs;
use crate::history::file_fields::FileFields;
use crate::history::first_rows::{FirstRows, Looking};
use crate::history::number_form::trimmed;

/// What the first objects tell.
pub(super) struct FirstObjects {
    pub(super) fields: FileFields,
    pub(super) rows: FirstRows,
    /// The decimal sign of numbers in texts.
    pub(super) decimal: DecimalProofs,
}

/// The fields of `objects`, and what their values tell.
pub(super) fn first_rows(objects: &Objects, reading: &Arc<Reading>) -> FirstObjects {
    let mut member_names = MemberNames::new(Arc::clone(reading));
    let mut read_names: PerColumn<Vec<String>> = PerColumn::default();
    let mut rows = Vec::new();
    for object in &objects.objects {
        let mut members = Members::default();
        // A line that cannot be read is a bad row, and one without metrics may be another event of a log.
        let read = members.read(object.line, &mut member_names);
        if read.is_err() || members.has_no_metrics() {
            continue;
        }
        let fields = members.fields();
        for column in COLUMNS.into_iter().filter(|it| fields.text(*it).is_some()) {
            let name = &members.names[column];
            if !read_names[column].contains(name) {
                read_names[column].push(name.clone());
            }
        }
        rows.push((object, members));
    }
    let has = |column| !read_names[column].is_empty();
    let read = COLUMNS
        .into_iter()
        .filter(|it| has(*it) && !is_unused(*it, &has));
    let mut fields = FileFields::default();
    for column in read.clone() {
        fields.names.extend(read_names[column].first().cloned());
        fields.columns.push(Some(column));
    }
    let of_columns = fields.columns.clone();
    let read: HashSet<&String> = read.flat_map(|it| &read_names[it]).collect();
    let mut unread: HashMap<&Path, usize> = HashMap::new();
    for leaf in &objects.leaves {
        let name = leaf.join(".");
        if !read.contains(&name) {
            unread.insert(leaf, fields.names.len());
            fields.names.push(name);
            fields.columns.push(None);
        }
    }
    let mut looking = Looking::new(&fields);
    let mut decimal = DecimalProofs::default();
    for (object, members) in &rows {
        let mut texts: Vec<Vec<u8>> = vec![Vec::new(); fields.names.len()];
        for_each_leaf(&object.members, &mut Vec::new(), &mut |path, value| {
            let place = unread.get(&path.to_vec());
            if let Some(text) = place.and_then(|place| texts.get_mut(*place)) {
                *text = text_of(value);
            }
        });
        let read = members.fields();
        for column in COLUMNS.into_iter().filter(|it| it.is_number()) {
            decimal.look_at(trimmed(read.text(column).unwrap_or_default()), column);
        }
        looking.add(&|place| {
            let column: Option<&Option<Column>> = of_columns.get(place);
            let text = match column {
                Some(Some(column)) => read.text(*column),
                _ => texts.get(place).map(Vec::as_slice),
            };
            trimmed(text.unwrap_or_default())
        });
    }
    FirstObjects {
        fields,
        rows: looking.end(),
        decimal,
    }
}

/// The text of a value as a CSV field would have it.
fn text_of(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        value => {
            let raw = value.to_string();
            field_text(&raw).map_or_else(|_| raw.into_bytes(), |(text, _)| text)
        }
    }
}
