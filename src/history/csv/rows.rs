//! The rows of a chunk of CSV: plain lines where it has no quotes, else records whose fields may be
//! quoted. Lines without quotes, as most lines of every export, are read several times faster.

use std::sync::Arc;

use csv::ByteRecord;
use memchr::{memchr, memchr_iter};

use super::layout::Layout;
use super::records::{is_ruler, record_reader};
use super::split::{Splitting, WrongCount};
use crate::history::chunk::{Chunk, Event, Fault};
use crate::history::columns::{COLUMNS, Column, Fields, plain};
use crate::history::error::BadRow;
use crate::history::ids::Ids;
use crate::history::number_form::{is_nothing, trimmed};
use crate::history::numbers::WrongField;
use crate::history::row_parser::{RowParser, RowRules};
use crate::history::total_words::says_total;

/// Parses chunks of a CSV file.
pub(in crate::history) struct CsvParser {
    layout: Arc<Layout>,
    rows: RowParser,
}

impl CsvParser {
    pub(in crate::history) fn new(layout: Arc<Layout>, rules: RowRules) -> Self {
        Self {
            layout,
            rows: RowParser::new(rules),
        }
    }

    /// Parses the text of a chunk, which is whole rows.
    pub(in crate::history) fn parse(&mut self, chunk: &mut Chunk) {
        let text = std::mem::take(&mut chunk.text);
        if memchr(b'"', &text).is_none() {
            self.parse_lines(&text, chunk);
        } else {
            self.parse_records(&text, chunk);
        }
        chunk.text = text;
        chunk.seen = self.rows.seen();
    }

    fn parse_lines(&mut self, text: &[u8], chunk: &mut Chunk) {
        let layout = Arc::clone(&self.layout);
        let splitting = layout.splitting();
        let mut fields = Fields::default();
        let mut number = 0;
        let mut rest = text;
        while !rest.is_empty() {
            number += 1;
            let (line, after, split) = splitting.split(rest, &mut fields);
            rest = after;
            if line.is_empty() {
                continue;
            }
            let event = match split {
                Ok(()) => {
                    let first = || line.split(|byte| *byte == splitting.delimiter).next();
                    self.event(number, &fields, &mut chunk.ids, first)
                }
                Err(count) => fault(layout.wrong_count(number, &count, line)),
            };
            chunk.events.push(event);
        }
        chunk.lines = u64::from(number);
    }

    fn parse_records(&mut self, text: &[u8], chunk: &mut Chunk) {
        let layout = Arc::clone(&self.layout);
        let splitting = layout.splitting();
        let mut reader = record_reader(text, layout.delimiter);
        let mut record = ByteRecord::new();
        let mut before = reader.position().line();
        // Reading from memory cannot fail, and there is no UTF-8 to check.
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let after = reader.position().line();
            let number = line_of_record(before, after, &record);
            before = after;
            // An empty line that ends in CR LF.
            if record.as_slice() == b"\r" {
                continue;
            }
            let has_line_break = || record.iter().any(|field| field.contains(&b'\n'));
            let event = match fields_of(&record, &splitting) {
                Ok(fields) => {
                    let first = || record.get(0);
                    self.event(number, &fields, &mut chunk.ids, first)
                }
                Err(_)
                    if record.len() == 1
                        && is_text_of_lines(record.as_slice(), layout.delimiter) =>
                {
                    fault(footer_of_lines(number))
                }
                Err(_) if has_line_break() => fault(Fault::UnclosedQuote(u64::from(number))),
                Err(count) => {
                    let first = record.get(0).unwrap_or_default();
                    fault(layout.wrong_count(number, &count, first))
                }
            };
            chunk.events.push(event);
        }
        chunk.lines = memchr_iter(b'\n', text).count() as u64;
        if !text.ends_with(b"\n") {
            chunk.lines += 1;
        }
    }

    #[inline]
    fn event<'a>(
        &mut self,
        line: u32,
        fields: &Fields,
        ids: &mut Ids,
        first_cell: impl Fn() -> Option<&'a [u8]>,
    ) -> Event {
        match self.rows.parse(line, fields, ids) {
            Ok(row) => Event::Row(row),
            Err(wrong) => {
                let first = first_cell().unwrap_or_default();
                fault(self.layout.wrong_field(line, wrong, fields, first))
            }
        }
    }
}

impl Layout {
    fn splitting(&self) -> Splitting<'_> {
        Splitting {
            delimiter: self.delimiter,
            columns: &self.header.fields.columns,
            extras: self.extras,
        }
    }

    #[cold]
    fn wrong_count(&self, line: u32, WrongCount(count): &WrongCount, row: &[u8]) -> Fault {
        if is_ruler(row) {
            return Fault::Ruler;
        }
        let delimiter = match self.delimiter {
            b',' => "a comma".to_owned(),
            other => format!("{:?}", char::from(other)),
        };
        let columns = self.header.fields.columns.len() + self.extras;
        // As R writes row names.
        let unnamed = if *count == columns + 1 && line == 1 {
            "; where rows have a field that the header does not name, give all names with --header, and --skip-lines 1"
        } else {
            ""
        };
        let bad = BadRow::whole(
            u64::from(line),
            format!(
                "expected {columns} fields, as in the header, and found {count}; a field that holds {delimiter} needs quotes{unnamed}"
            ),
        );
        // A line of text at the end, such as "Total: 120 rows", or only empty fields.
        let is_empty = row
            .iter()
            .all(|byte| *byte == self.delimiter || byte.is_ascii_whitespace());
        if self.is_header(row.split(|byte| *byte == self.delimiter)) {
            Fault::OtherHeader(u64::from(line))
        } else if is_empty || says_total(row) {
            Fault::Footer(bad)
        } else {
            Fault::Bad(bad)
        }
    }

    #[cold]
    fn wrong_field(&self, line: u32, wrong: WrongField, fields: &Fields, first: &[u8]) -> Fault {
        let value = fields.text(wrong.column).unwrap_or_default();
        if value.contains(&b'\n') {
            let mut texts = COLUMNS.into_iter().filter_map(|it| fields.text(it));
            let is_alone = texts.all(|text| text == value || is_nothing(trimmed(text)));
            return if is_alone && is_text_of_lines(value, self.delimiter) {
                footer_of_lines(line)
            } else {
                Fault::UnclosedQuote(u64::from(line))
            };
        }
        if is_ruler(value) {
            return Fault::Ruler;
        }
        let cells = COLUMNS.into_iter().filter_map(|it| fields.text(it));
        if self.is_header(cells) {
            return if self.is_header_again(fields) {
                Fault::HeaderAgain
            } else {
                Fault::OtherHeader(u64::from(line))
            };
        }
        let is_time = wrong.column == Column::Timestamp;
        let shown = match fields.text(Column::TimeOfDay) {
            Some(time) if is_time => [value, time].join(&b' '),
            _ => value.to_vec(),
        };
        let name = &self.header.names[wrong.column];
        let bad = BadRow::field(u64::from(line), name, &shown, wrong.expected);
        let first = trimmed(first);
        let campaign = fields
            .text(Column::CampaignId)
            .map(trimmed)
            .unwrap_or_default();
        let has_no_time = is_nothing(trimmed(value)) || says_total(value);
        let has_word = says_total(first) || says_total(value) || says_total(campaign);
        let has_campaign = !is_nothing(campaign) && !says_total(campaign);
        match is_time && has_no_time {
            true if has_word || Self::is_empty(fields) => Fault::Footer(bad),
            // One row without a word is a total of all, at most.
            true if is_nothing(first) && !has_campaign => Fault::BareFooter(bad),
            _ => Fault::Bad(bad),
        }
    }

    /// True for a row without any value that is read.
    fn is_empty(fields: &Fields) -> bool {
        let mut texts = COLUMNS.into_iter().filter_map(|column| fields.text(column));
        texts.all(|text| is_nothing(trimmed(text)))
    }
}

fn fault(fault: Fault) -> Event {
    Event::Fault(Box::new(fault))
}

impl Layout {
    /// True for a row that has the names of columns, as this file calls them or others: no value is one.
    fn is_header<'a>(&self, cells: impl Iterator<Item = &'a [u8]>) -> bool {
        let is_name = |cell: &&[u8]| {
            let name = String::from_utf8_lossy(trimmed(cell));
            let name = name.trim_matches('"');
            let is_own = || {
                self.header
                    .fields
                    .names
                    .iter()
                    .any(|own| !own.is_empty() && own == name)
            };
            Column::of_name(name).is_some() || is_own()
        };
        cells.filter(is_name).nth(1).is_some()
    }

    /// True where each field has the name of its own column, as where files are put together.
    fn is_header_again(&self, fields: &Fields) -> bool {
        let times = [Column::Timestamp, Column::TimeOfDay];
        let others = COLUMNS.into_iter().filter(|it| !times.contains(it));
        let mut texts = others.filter_map(|it| Some((it, fields.text(it)?)));
        texts.all(|(column, text)| {
            let text = String::from_utf8_lossy(trimmed(text));
            plain(&self.header.names[column]) == plain(&text)
        })
    }
}

/// True for text over several lines, as Power BI ends a file with the filters that were applied. Rows after an
/// opening quote that is not closed have delimiters.
fn is_text_of_lines(text: &[u8], delimiter: u8) -> bool {
    text.contains(&b'\n') && !text.contains(&delimiter)
}

fn footer_of_lines(line: u32) -> Fault {
    let expected = "it is text over several lines".to_owned();
    Fault::Footer(BadRow::whole(u64::from(line), expected))
}

/// The fields of a record, as [`Splitting::split`] returns those of a line.
fn fields_of<'a>(record: &'a ByteRecord, splitting: &Splitting) -> Result<Fields<'a>, WrongCount> {
    let mut fields = Fields::default();
    for (column, text) in splitting.columns.iter().zip(record) {
        if let Some(column) = column {
            fields.texts[*column] = Some(text);
        }
    }
    let mut extras = record.iter().skip(splitting.columns.len());
    let are_empty = extras.all(|field| field.trim_ascii().is_empty());
    splitting.check(record.len(), are_empty)?;
    Ok(fields)
}

/// The line at which a record begins. The reader was at line `before` and is now after the record; in
/// between may be empty lines before it and line breaks within it.
fn line_of_record(before: u64, after: u64, record: &ByteRecord) -> u32 {
    let begins = match after - before {
        0 | 1 => before,
        _ => {
            let breaks = memchr_iter(b'\n', record.as_slice()).count() as u64;
            // The last record of a file may lack the line break that ends it.
            before.max(after.saturating_sub(1 + breaks))
        }
    };
    u32::try_from(begins).unwrap_or(u32::MAX)
}
