//! Times of which a part is in a field that is not read.

use jiff::civil::Time;

use super::found::FirstRows;
use crate::base::input::InputError;
use crate::history::civil_time::civil_time;
use crate::history::column_names::ColumnNames;
use crate::history::columns::Column;
use crate::history::file_fields::{FileFields, is_one_of};

/// Refuses dates without a time of day, or times of day alone, beside a field of the other.
pub(in crate::history) fn refuse_apart(
    fields: &FileFields,
    rows: &FirstRows,
    names: &ColumnNames,
) -> Result<(), InputError> {
    if fields.has(Column::TimeOfDay) || rows.times.len() < 2 {
        return Ok(());
    }
    let own = fields.name(Column::Timestamp);
    let unread = |list: &[&str]| fields.unread().find(|(_, name)| is_one_of(name, list));
    let (date, time) = if rows.times.iter().all(|it| is_midnight(it)) {
        let is_said = names.given(Column::Timestamp).is_some();
        let has_clocks = |(place, _): &(usize, &String)| {
            let values = rows.unread(*place).map(|it| it.values.as_slice());
            values.is_some_and(|it| it.len() > 1 && it.iter().all(|it| is_clock(it)))
        };
        let clock = unread(&TIME_NAMES).filter(has_clocks);
        (Some(own), clock.filter(|_| !is_said).map(|(_, name)| name))
    } else if rows.times.iter().all(|it| is_clock(it)) {
        (
            unread(&DATE_NAMES).map(|(_, name)| name.as_str()),
            fields
                .names
                .get(fields.place(Column::Timestamp).unwrap_or_default()),
        )
    } else {
        return Ok(());
    };
    let (Some(date), Some(time)) = (date, time) else {
        return Ok(());
    };
    Err(InputError(format!(
        "date and time are apart: give --column \"timestamp={date}+{time}\"; if {time:?} is no time of the row, --column \"timestamp={date}\""
    )))
}

fn is_midnight(text: &str) -> bool {
    civil_time(text).is_some_and(|time| time.local.time() == Time::midnight())
}

/// True for a time of day, or an hour of one.
fn is_clock(text: &str) -> bool {
    let hour: Option<u8> = text.parse().ok();
    hour.is_some_and(|hour| hour <= 24) || civil_time(&format!("2000-01-01 {text}")).is_some()
}

/// Refuses times without an offset beside a field with several zones, which would not be read.
pub(in crate::history) fn refuse_several_zones(
    fields: &FileFields,
    rows: &FirstRows,
) -> Result<(), InputError> {
    let is_zone = |(place, name): &(usize, &String)| {
        is_one_of(name, &ZONE_NAMES) && rows.unread(*place).is_some_and(|it| it.is_varying)
    };
    let first = rows.times.first().and_then(|it| civil_time(it));
    let has_offset = first.is_some_and(|it| it.offset.is_some());
    let zones = fields.unread().find(is_zone);
    match zones.filter(|_| !has_offset && !fields.has(Column::TimeOfDay)) {
        None => Ok(()),
        Some((_, zones)) => Err(InputError(format!(
            "column {zones:?} has several values, and times are without an offset: give --column \"timestamp={}+{zones}\"",
            fields.name(Column::Timestamp)
        ))),
    }
}

/// Names that exports have for a time of day and a date, as they are compared.
const TIME_NAMES: [&str; 11] = [
    "time",
    "timeofday",
    "clock",
    "hour",
    "uhrzeit",
    "zeit",
    "interval",
    "intervalstart",
    "starttime",
    "polltime",
    "calltime",
];
const DATE_NAMES: [&str; 6] = ["date", "day", "datum", "tag", "calldate", "reportdate"];
/// Names that exports have for the zone of a row, as they are compared.
const ZONE_NAMES: [&str; 6] = [
    "timezone",
    "timezonename",
    "tz",
    "zone",
    "utcoffset",
    "offset",
];
