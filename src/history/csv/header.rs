//! The header of a CSV file: its columns found by their names.

use super::suggestions::{hint, listed};
use crate::base::input::InputError;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{COLUMNS, Column, PerColumn, is_unused, missing, plain};
use crate::history::file_fields::FileFields;

/// Columns of a CSV file.
#[derive(Debug)]
pub(in crate::history) struct Header {
    pub(in crate::history) fields: FileFields,
    /// Name that the file has for each column; of a time in two columns, both.
    pub(super) names: PerColumn<String>,
    /// True where the header says that the answer rate is a percentage.
    pub(super) is_percent: bool,
}

impl Header {
    /// Finds the columns in the fields of the header, and refuses a file that lacks a needed one.
    pub(super) fn new(header: &[String], names: &ColumnNames) -> Result<Self, InputError> {
        let places = Places::find(header, names)?;
        if let Some(missing) = missing(&|column| places.0[column].is_some()) {
            let hint = hint(header);
            return Err(InputError(format!("its header has {missing}; {hint}")));
        }
        // Empty names at the end are those of no column, and their fields are empty.
        let last = header.iter().rposition(|name| !name.is_empty());
        let taken = COLUMNS.into_iter().filter_map(|column| places.0[column]);
        let count = taken.chain(last).max().map_or(0, |last| last + 1);
        let mut found = Self {
            fields: FileFields {
                names: header.to_vec(),
                columns: vec![None; count],
            },
            names: PerColumn::new(|column| column.to_string()),
            is_percent: false,
        };
        for column in COLUMNS {
            let place = places.0[column];
            let slot = place.and_then(|place| found.fields.columns.get_mut(place));
            if let (Some(slot), Some(name)) = (slot, place.and_then(|place| header.get(place))) {
                *slot = Some(column);
                found.names[column].clone_from(name);
            }
        }
        if !found.names[Column::TimeOfDay].is_empty() {
            let time = format!("+{}", found.names[Column::TimeOfDay]);
            found.names[Column::Timestamp].push_str(&time);
        }
        let rate = plain(&found.names[Column::AnswerRate]);
        found.is_percent = ["%", "percent", "pct"].iter().any(|it| rate.contains(it));
        Ok(found)
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.fields.has(column)
    }

    /// Fields of the header that are the name of a column.
    pub(super) fn known(header: &[String], names: &ColumnNames) -> usize {
        let is_given = |field: &str| {
            let mut given = COLUMNS.into_iter().filter_map(|column| names.given(column));
            given.any(|given| plain(given) == plain(field))
        };
        let is_known = |field: &&String| Column::of_name(field).is_some() || is_given(field);
        header.iter().filter(is_known).count()
    }
}

/// The place of each column in the header, if it is there.
struct Places(PerColumn<Option<usize>>);

impl Places {
    fn find(header: &[String], names: &ColumnNames) -> Result<Self, InputError> {
        let mut places = Self(PerColumn::default());
        for column in COLUMNS {
            if let Some(name) = names.given(column) {
                places.0[column] = Some(place_of_given(column, name, header)?);
            }
        }
        let is_looked_for = |column: &Column| names.is_free(*column);
        let taken: Vec<usize> = COLUMNS.into_iter().filter_map(|it| places.0[it]).collect();
        let mut found: PerColumn<Vec<usize>> = PerColumn::default();
        for column in COLUMNS.into_iter().filter(is_looked_for) {
            let of_kind = |kind| {
                let fields = header.iter().enumerate();
                let fields = fields.filter(|(place, field)| {
                    !taken.contains(place) && Column::of_name(field) == Some((column, kind))
                });
                fields.map(|(place, _)| place).collect::<Vec<_>>()
            };
            let kinds = (0..3).map(of_kind);
            found[column] = kinds
                .into_iter()
                .find(|it| !it.is_empty())
                .unwrap_or_default();
            places.0[column] = found[column].first().copied();
        }
        places.drop_unused();
        for column in COLUMNS {
            if let ([first, second, ..], Some(_)) = (found[column].as_slice(), places.0[column]) {
                return Err(twice(column, header, [*first, *second]));
            }
        }
        Ok(places)
    }

    /// Forgets the columns in whose stead others are read.
    fn drop_unused(&mut self) {
        let has = |column| self.0[column].is_some();
        let unused = COLUMNS.into_iter().filter(|it| is_unused(*it, &has));
        let unused: Vec<Column> = unused.collect();
        for column in unused {
            self.0[column] = None;
        }
    }
}

/// The place of the column that `--column` names: as it is spelled, else in any spelling.
fn place_of_given(column: Column, name: &str, header: &[String]) -> Result<usize, InputError> {
    let places = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let fields = header.iter().enumerate();
        let fields = fields.filter(|(_, field)| is(field));
        fields.map(|(place, _)| place).collect()
    };
    let mut found = places(&|field| field == name.trim());
    if found.is_empty() {
        found = places(&|field| plain(field) == plain(name));
    }
    let shown = match column {
        Column::TimeOfDay => Column::Timestamp.name(),
        column => column.name(),
    };
    match found.as_slice() {
        [place] => Ok(*place),
        [] => place_of_number(name, header).ok_or_else(|| {
            InputError(format!(
                "--column {shown}={name}: its header has no such column; it has {}",
                listed(header)
            ))
        }),
        [first, second, ..] => Err(twice(column, header, [*first, *second])),
    }
}

/// The place of `#1` and the like, which are the columns by their numbers.
fn place_of_number(name: &str, header: &[String]) -> Option<usize> {
    let number: usize = name.trim().strip_prefix('#')?.parse().ok()?;
    number.checked_sub(1).filter(|place| *place < header.len())
}

fn twice(column: Column, header: &[String], [first, second]: [usize; 2]) -> InputError {
    let name = |place: usize| header.get(place).map_or("", String::as_str);
    InputError(if name(first) == name(second) {
        format!(
            "its header has two columns {:?}; give the right one by its number, --column {column}=#{} or --column {column}=#{}",
            name(first),
            first + 1,
            second + 1
        )
    } else {
        format!(
            "its header has two columns for {column}, {:?} and {:?}; name one with --column {column}=HEADER",
            name(first),
            name(second)
        )
    })
}
