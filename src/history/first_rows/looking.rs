//! The first rows while they are looked at.

use super::found::FirstRows;
use super::table::Table;
use crate::history::columns::Column;
use crate::history::file_fields::FileFields;
use crate::history::number_form::is_nothing;
use crate::history::timestamps::has_time_of_day;
use crate::history::total_words::says_total;

/// The first rows while they are looked at.
pub(in crate::history) struct Looking {
    found: FirstRows,
    places: [Option<usize>; 2],
    table: Table,
}

impl Looking {
    pub(in crate::history) fn new(fields: &FileFields) -> Self {
        Self {
            found: FirstRows {
                has_times_of_day: fields.has(Column::TimeOfDay),
                ..FirstRows::default()
            },
            places: [Column::Timestamp, Column::TimeOfDay].map(|it| fields.place(it)),
            table: Table::new(fields),
        }
    }

    /// Adds a row, whose trimmed fields `text` gives by their places.
    pub(in crate::history) fn add<'r>(&mut self, text: &dyn Fn(usize) -> &'r [u8]) {
        let [date, time] = self.places.map(|place| place.map_or(&b""[..], text));
        let joined = [date, time].join(&b' ');
        let joined = joined.trim_ascii();
        if !is_nothing(date) && !says_total(date) {
            let has_times = self.found.has_times_of_day;
            self.found.has_times_of_day = has_times || has_time_of_day(date);
            if self.found.times.len() < TIMES_MAX {
                let shown = String::from_utf8_lossy(joined).into_owned();
                self.found.times.push(shown);
            }
        }
        self.table.add(joined, text);
    }

    pub(in crate::history) fn end(self) -> FirstRows {
        FirstRows {
            tells_apart: self.table.tells_apart(),
            unread: self.table.unread(),
            total_campaign: self.table.total_campaign(),
            ..self.found
        }
    }
}

/// Times that are looked at, to find their form.
const TIMES_MAX: usize = 500;
