//! The layout of a CSV file, found in its beginning: delimiter, header, decimal sign.

use jiff::civil::Time;

use super::campaigns::{campaign_column, likely_campaigns};
use super::finding::find_header;
use super::first_rows::FirstRows;
use super::header::Header;
use super::records::first_record;
use crate::base::input::InputError;
use crate::history::civil_time::civil_time;
use crate::history::columns::{Column, plain};
use crate::history::options::{Decimal, ReadingOptions};
use crate::history::sequence::CampaignColumn;

/// How a CSV file is laid out.
#[derive(Debug)]
pub(in crate::history) struct Layout {
    pub(in crate::history) delimiter: u8,
    pub(in crate::history) header: Header,
    /// Empty fields after the last column that every row has.
    pub(super) extras: usize,
    /// The decimal sign, where something tells it.
    pub(in crate::history) decimal: Option<Decimal>,
    /// What the first rows tell.
    pub(in crate::history) first_rows: FirstRows,
    /// What tells campaigns apart.
    pub(in crate::history) campaign_column: CampaignColumn,
    /// Bytes before the first row.
    pub(in crate::history) data_offset: usize,
    /// Lines before the first row.
    pub(in crate::history) lines_before: u64,
    /// What was found and could have been otherwise, in words.
    pub(in crate::history) told: Vec<String>,
}

impl Layout {
    /// Finds the layout in `probe`, the beginning of the file; `is_whole` where it is all of it.
    pub(in crate::history) fn find(
        probe: &[u8],
        is_whole: bool,
        options: &ReadingOptions,
    ) -> Result<Self, InputError> {
        let (mut start, separator) = separator_line(probe);
        if let Some(skipped) = options.skip_lines {
            start = after_lines(probe, skipped);
        }
        let given = options.delimiter.or(separator);
        let delimiters = given.map_or(DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        let tries = if options.skip_lines.is_some() {
            1
        } else {
            HEADER_TRIES
        };
        let (candidate, header) = find_header(probe, start, &delimiters, tries, options)?;
        if candidate.end == probe.len() && !is_whole {
            return Err(InputError(format!(
                "its header is longer than {} KiB",
                probe.len() >> 10
            )));
        }
        let lines = |end: usize| {
            let text = probe.get(..end).unwrap_or_default();
            memchr::memchr_iter(b'\n', text).count() as u64
        };
        let mut layout = Self {
            delimiter: candidate.delimiter,
            header,
            extras: 0,
            decimal: options.decimal,
            first_rows: FirstRows::default(),
            campaign_column: CampaignColumn::Present(None),
            data_offset: candidate.end,
            lines_before: lines(candidate.end),
            told: Vec::new(),
        };
        if candidate.delimiter != b',' && options.delimiter.is_none() {
            let delimiter = char::from(candidate.delimiter);
            layout
                .told
                .push(format!("columns are separated by {delimiter:?}"));
        }
        let is_first = candidate.begin == first_record(probe, start);
        if options.skip_lines.is_none() && !is_first {
            let line = lines(candidate.begin) + 1;
            layout.told.push(format!("the header is line {line}"));
        }
        layout.look_at_rows(probe, is_whole)?;
        layout.campaign_column =
            campaign_column(&layout.header, &layout.first_rows, &options.columns)?;
        Ok(layout)
    }

    /// The column that may be one of campaigns, is not read, and has several values.
    pub(in crate::history) fn likely_campaigns(&self) -> Option<&str> {
        likely_campaigns(&self.header, &self.first_rows)
    }

    pub(in crate::history) fn is_percent_header(&self) -> bool {
        self.header.is_percent
    }

    /// Finds what the rows tell: empty fields at their ends, the decimal sign, and campaigns.
    fn look_at_rows(&mut self, probe: &[u8], is_whole: bool) -> Result<(), InputError> {
        let rows = probe.get(self.data_offset..).unwrap_or_default();
        let end = if is_whole {
            Some(rows.len())
        } else {
            memchr::memrchr(b'\n', rows)
        };
        let rows = rows.get(..end.unwrap_or(0)).unwrap_or_default();
        let found = FirstRows::look_at(rows, self.delimiter, &self.header);
        self.extras = found.extras;
        if self.extras > 0
            && self.delimiter == b','
            && self.header.has(Column::AnswerRate)
            && !found.has_fractions
        {
            return Err(InputError(format!(
                "its rows have more fields than its header, and {} is never a fraction: are there decimal commas without quotes? Export it with another delimiter than the comma",
                self.header.names[Column::AnswerRate]
            )));
        }
        if self.extras > 0 {
            self.told
                .push("the empty field at the end of rows is left out".to_owned());
        }
        self.decide_decimal(&found.proved)?;
        self.first_rows = found;
        self.refuse_times_apart()?;
        self.refuse_several_zones()
    }

    /// Refuses dates without a time of day, or times of day alone, beside a column of the other.
    fn refuse_times_apart(&self) -> Result<(), InputError> {
        let times = &self.first_rows.times;
        if self.has(Column::TimeOfDay) || times.len() < 2 {
            return Ok(());
        }
        let unread = self.header.fields.iter().zip(&self.header.columns);
        let unread = unread
            .filter(|(_, column)| column.is_none())
            .map(|(name, _)| name);
        let own = &self.header.names[Column::Timestamp];
        let midnight = |time: &String| {
            civil_time(time).is_some_and(|time| time.local.time() == Time::midnight())
        };
        let clock = |time: &String| civil_time(&format!("2000-01-01 {time}")).is_some();
        let (date, time) = if times.iter().all(midnight) {
            (
                Some(own),
                unread
                    .clone()
                    .find(|name| TIME_NAMES.contains(&plain(name).as_str())),
            )
        } else if times.iter().all(clock) {
            (
                unread
                    .clone()
                    .find(|name| DATE_NAMES.contains(&plain(name).as_str())),
                Some(own),
            )
        } else {
            return Ok(());
        };
        let (Some(date), Some(time)) = (date, time) else {
            return Ok(());
        };
        Err(InputError(format!(
            "date and time are apart: give --column \"timestamp={date}+{time}\""
        )))
    }

    /// Refuses times without an offset beside a column with several zones, which would not be read.
    fn refuse_several_zones(&self) -> Result<(), InputError> {
        let name = |place: &usize| self.header.fields.get(*place);
        let is_zone = |name: &&String| ZONE_NAMES.contains(&plain(name).as_str());
        let zones = self
            .first_rows
            .varying
            .iter()
            .filter_map(name)
            .find(is_zone);
        let first = self.first_rows.times.first();
        let has_offset = first
            .and_then(|it| civil_time(it))
            .is_some_and(|it| it.offset.is_some());
        match zones.filter(|_| !has_offset && !self.has(Column::TimeOfDay)) {
            None => Ok(()),
            Some(zones) => Err(InputError(format!(
                "column {zones:?} has several values, and times are without an offset: give --column \"timestamp={}+{zones}\"",
                self.header.names[Column::Timestamp]
            ))),
        }
    }

    pub(in crate::history) fn has(&self, column: Column) -> bool {
        self.header.has(column)
    }

    fn decide_decimal(&mut self, proved: &[Option<String>; 2]) -> Result<(), InputError> {
        if self.decimal.is_some() {
            return Ok(());
        }
        match proved {
            [Some(point), Some(comma)] => Err(InputError(format!(
                "its numbers have decimal points, such as {point:?}, and decimal commas, such as {comma:?}; give the right one with --decimal . or --decimal ,"
            ))),
            [None, Some(_)] => {
                self.decimal = Some(Decimal::Comma);
                self.told.push("numbers have decimal commas".to_owned());
                Ok(())
            }
            [Some(_), None] => {
                self.decimal = Some(Decimal::Point);
                Ok(())
            }
            [None, None] => Ok(()),
        }
    }
}

/// Excel's `sep=;` line, if the file begins with one: the bytes of it, and the delimiter.
fn separator_line(probe: &[u8]) -> (usize, Option<u8>) {
    let line = probe
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let text = line.trim_ascii_start();
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    match text.split_first_chunk::<4>() {
        Some((name, [delimiter])) if name.eq_ignore_ascii_case(b"sep=") => {
            ((line.len() + 1).min(probe.len()), Some(*delimiter))
        }
        _ => (0, None),
    }
}

/// Bytes of so many lines.
fn after_lines(probe: &[u8], lines: u64) -> usize {
    let Some(last) = usize::try_from(lines).ok().and_then(|it| it.checked_sub(1)) else {
        return 0;
    };
    let end = memchr::memchr_iter(b'\n', probe).nth(last);
    end.map_or(probe.len(), |end| end + 1)
}

/// Delimiters that are looked for; of two in the same line, the earlier here.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Names that exports have for a time of day and a date, as they are compared.
const TIME_NAMES: [&str; 7] = [
    "time",
    "timeofday",
    "clock",
    "hour",
    "uhrzeit",
    "zeit",
    "interval",
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
/// Lines in which a header is looked for: titles and filters stand above it in reports.
const HEADER_TRIES: usize = 40;
