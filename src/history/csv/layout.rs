//! The layout of a CSV file, found in its beginning: delimiter, header, decimal sign.

use super::finding::{DELIMITERS, find_header};
use super::header::Header;
use super::records::{Records, first_record, is_ruler};
use super::signs::Signs;
use crate::base::input::InputError;
use crate::history::columns::Column;
use crate::history::decimal_proofs::COMMAS;
use crate::history::first_rows::{FirstRows, Looking};
use crate::history::number_form::trimmed;
use crate::history::options::{Decimal, ReadingOptions};

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
        Ok(layout)
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
        let mut records = Records::new(rows, self.delimiter);
        let mut looking = Looking::new(&self.header.fields);
        let mut signs = Signs::default();
        while let Some((record, _, _)) = records.next() {
            if record.get(0).is_some_and(is_ruler) {
                continue;
            }
            signs.look_at(record, &self.header.fields.columns);
            looking.add(&|place| trimmed(record.get(place).unwrap_or_default()));
        }
        self.first_rows = looking.end();
        self.extras = signs.extras;
        if self.extras > 0
            && self.delimiter == b','
            && self.header.has(Column::AnswerRate)
            && !signs.has_fractions
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
        if self.decimal.is_none() {
            self.decimal = signs.decimal.decide()?;
            let has_commas = self.decimal == Some(Decimal::Comma);
            self.told.extend(has_commas.then(|| COMMAS.to_owned()));
        }
        Ok(())
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

/// Lines in which a header is looked for: titles and filters stand above it in reports.
const HEADER_TRIES: usize = 40;
