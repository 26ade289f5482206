//! CSV: the header found; rows read as plain lines up to the first quote, and from there by a
//! reader that knows quotes.

use std::io::{self, BufRead, BufReader, Read};
use std::mem;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use memchr::memchr;

use super::columns::{COLUMNS, Column, Fields, Headers, Names};
use super::plain::{Next, PlainLines, split};
use super::{BUFFER, BadRow, RECORD_MAX, RowError, left_open, shown, too_long, unreadable};
use crate::base::input::InputError;

pub(super) struct CsvRows {
    rows: Rows,
    /// The column that each field of a row is, if any.
    slots: Vec<Option<u8>>,
    /// What the file calls each column.
    headers: Headers,
}

enum Rows {
    Plain(PlainLines),
    Quoted(Box<Quoted>),
}

impl CsvRows {
    pub(super) fn new(
        mut reader: BufReader<Box<dyn Read>>,
        names: &Names,
    ) -> Result<Self, InputError> {
        let block = reader.fill_buf().map_err(|error| unreadable(&error))?;
        let first = block
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        if first.trim_ascii().contains(&b'\r') {
            return Err(InputError(
                "its lines end in CR alone; save it with LF or CR LF".to_owned(),
            ));
        }
        let (rows, header) = if memchr(b'"', block).is_none() {
            let lines = PlainLines::new(reader);
            let header = plain_header(lines)?;
            (Rows::Plain(header.0), header.1)
        } else {
            let (quoted, header) = Quoted::with_header(reader)?;
            (Rows::Quoted(Box::new(quoted)), header)
        };
        let (slots, headers) = columns(&header, names)?;
        Ok(Self {
            rows,
            slots,
            headers,
        })
    }

    pub(super) fn bytes(&self) -> u64 {
        match &self.rows {
            Rows::Plain(lines) => lines.bytes,
            Rows::Quoted(quoted) => quoted.reader.get_ref().bytes,
        }
    }

    pub(super) fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Goes to the next row and says at which line it begins.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, RowError> {
        while let Rows::Plain(lines) = &mut self.rows {
            let next = lines.advance(RECORD_MAX);
            match next.map_err(|error| RowError::Unreadable(unreadable(&error)))? {
                Next::Line if lines.current().is_empty() => {}
                Next::Line => return Ok(Some(lines.line)),
                Next::End => return Ok(None),
                Next::TooLong => return Err(too_long(lines.line + 1)),
                Next::Quote => {
                    let nothing = PlainLines::new(BufReader::new(Box::new(io::empty())));
                    let lines = mem::replace(lines, nothing);
                    self.rows = Rows::Quoted(Box::new(Quoted::after(lines)));
                }
            }
        }
        match &mut self.rows {
            Rows::Plain(_) => Ok(None),
            Rows::Quoted(quoted) => quoted.advance(),
        }
    }

    /// The fields of the row, which begins at `line`.
    pub(super) fn fields(&self, line: u64) -> Result<Fields<'_>, RowError> {
        let fields = match &self.rows {
            Rows::Plain(lines) => split(lines.current(), &self.slots),
            Rows::Quoted(quoted) => quoted.fields(&self.slots),
        };
        fields.map_err(|count| match &self.rows {
            Rows::Quoted(quoted) if quoted.spans_lines() => left_open(line),
            _ => wrong_width(line, count, self.slots.len()),
        })
    }
}

/// Records, any field of which may be quoted.
struct Quoted {
    reader: Reader<Metered>,
    record: ByteRecord,
    /// Lines of the file before those that the reader counts.
    lines_before: u64,
}

impl Quoted {
    fn new(reader: impl Read + 'static, lines_before: u64, bytes: u64) -> Self {
        let metered = Metered {
            inner: Box::new(reader),
            bytes,
            bytes_max: bytes + RECORD_MAX,
        };
        let reader = ReaderBuilder::new()
            .buffer_capacity(BUFFER)
            .has_headers(false)
            .flexible(true)
            // Else a CR LF would count as no line at the record that it ends.
            .terminator(Terminator::Any(b'\n'))
            .from_reader(metered);
        Self {
            reader,
            record: ByteRecord::new(),
            lines_before,
        }
    }

    fn after(lines: PlainLines) -> Self {
        let (line, bytes) = (lines.line, lines.bytes);
        Self::new(lines.into_rest(), line, bytes)
    }

    fn with_header(reader: BufReader<Box<dyn Read>>) -> Result<(Self, Vec<String>), InputError> {
        let mut quoted = Self::new(reader, 0, 0);
        match quoted.advance() {
            Ok(_) => {}
            Err(RowError::Unreadable(error)) => return Err(error),
            Err(RowError::Bad(bad)) => return Err(InputError(bad.to_string())),
        }
        let header = quoted.record.iter().map(header_name).collect();
        Ok((quoted, header))
    }

    /// Goes to the next record and says at which line it begins.
    fn advance(&mut self) -> Result<Option<u64>, RowError> {
        loop {
            let metered = self.reader.get_mut();
            metered.bytes_max = metered.bytes + RECORD_MAX;
            let before = self.reader.position().line();
            match self.reader.read_byte_record(&mut self.record) {
                // A blank line with the CR of its CR LF.
                Ok(true) if self.record.as_slice() == b"\r" => {}
                Ok(true) => return Ok(Some(self.line_of_record(before))),
                Ok(false) => return Ok(None),
                Err(_) if self.reader.get_ref().is_spent() => {
                    return Err(too_long(self.lines_before + before));
                }
                Err(error) => return Err(RowError::Unreadable(unreadable(&error.into()))),
            }
        }
    }

    /// The line at which the record begins. The reader knows where it was before the record and
    /// where it is after it; blank lines may lie before the record, and line breaks within.
    fn line_of_record(&self, before: u64) -> u64 {
        let after = self.reader.position().line();
        let begins = match after - before {
            0 | 1 => before,
            _ => {
                let breaks = self.record.as_slice().iter().filter(|byte| **byte == b'\n');
                // The last record of a file may lack the line break that ends it.
                before.max(after.saturating_sub(1 + breaks.count() as u64))
            }
        };
        self.lines_before + begins
    }

    /// The fields of the record, as [`split`] has those of a line.
    fn fields(&self, slots: &[Option<u8>]) -> Result<Fields<'_>, usize> {
        let mut fields = [None; COLUMNS.len()];
        for (slot, text) in slots.iter().zip(&self.record) {
            if let Some(field) = slot.and_then(|slot| fields.get_mut(usize::from(slot))) {
                *field = Some(text);
            }
        }
        if self.record.len() == slots.len() {
            Ok(Fields(fields))
        } else {
            Err(self.record.len())
        }
    }

    /// Whether a field of the record has a line break.
    fn spans_lines(&self) -> bool {
        self.record.iter().any(|field| field.contains(&b'\n'))
    }
}

fn plain_header(mut lines: PlainLines) -> Result<(PlainLines, Vec<String>), InputError> {
    loop {
        let next = lines.advance(RECORD_MAX);
        let next = next.map_err(|error| unreadable(&error))?;
        if next != Next::Line || !lines.current().is_empty() {
            break;
        }
    }
    let line = lines.current();
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let header = line.split(|byte| *byte == b',').map(header_name).collect();
    Ok((lines, header))
}

fn header_name(text: &[u8]) -> String {
    String::from_utf8_lossy(text).trim().to_owned()
}

fn wrong_width(line: u64, count: usize, wanted: usize) -> RowError {
    RowError::Bad(Box::new(BadRow {
        line,
        field: None,
        expected: format!(
            "the row has {count} fields and the header {wanted}; a field that holds a comma needs quotes around it"
        ),
    }))
}

/// Which column each field is, and what the header calls each column.
fn columns(header: &[String], names: &Names) -> Result<(Vec<Option<u8>>, Headers), InputError> {
    let mut slots = vec![None; header.len()];
    let mut found = COLUMNS.map(|column| column.to_string());
    let mut has = [false; COLUMNS.len()];
    for (number, column) in (0..).zip(COLUMNS) {
        let Some(place) = find(column, names, header)? else {
            continue;
        };
        let slot = usize::from(number);
        if let (Some(taken), Some(called), Some(name), Some(has)) = (
            slots.get_mut(place),
            header.get(place),
            found.get_mut(slot),
            has.get_mut(slot),
        ) {
            *taken = Some(number);
            *has = true;
            name.clone_from(called);
        }
    }
    check_needed(has, header)?;
    Ok((slots, found))
}

/// Where `column` is among the headers.
fn find(column: Column, names: &Names, header: &[String]) -> Result<Option<usize>, InputError> {
    for name in names.of(column) {
        let places = header.iter().enumerate().filter(|(_, h)| *h == name);
        let mut places = places.map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => return Ok(Some(place)),
            (Some(_), Some(_)) => {
                return Err(InputError(format!(
                    "its header names {name:?} twice; name the columns apart"
                )));
            }
            (None, _) => {}
        }
    }
    if names.is_given(column) {
        let wanted = names.of(column).next().unwrap_or_default();
        return Err(InputError(format!(
            "--column {column}={wanted}: its header has no such column; it has {}",
            listed(header)
        )));
    }
    Ok(None)
}

fn check_needed(has: [bool; COLUMNS.len()], header: &[String]) -> Result<(), InputError> {
    let has = |column: Column| has.get(column as usize) == Some(&true);
    let has_rate =
        has(Column::AnswerRate) || has(Column::CallsDialed) && has(Column::CallsAnswered);
    let missing = if !has(Column::Timestamp) {
        "timestamp"
    } else if !has(Column::AvailableAgents) && !has(Column::AvailabilityMean) {
        "availableAgents"
    } else if !has_rate {
        "answerRate, nor totalCallsDialed with totalCallsAnswered"
    } else {
        return Ok(());
    };
    let only = header.first().filter(|_| header.len() == 1);
    let hint = match only.and_then(|only| only.chars().find(|c| ";\t|".contains(*c))) {
        Some(separator) => {
            format!("its columns are separated by {separator:?}: export it with commas")
        }
        None => format!(
            "it has {}; map them with --column NAME=HEADER",
            listed(header)
        ),
    };
    Err(InputError(format!("its header has no {missing}; {hint}")))
}

fn listed(header: &[String]) -> String {
    let first = header.iter().take(LISTED_MAX);
    let mut names: Vec<String> = first
        .map(|name| match shown(name.as_bytes()) {
            name if name.is_empty() => "\"\"".to_owned(),
            name => name,
        })
        .collect();
    if header.len() > LISTED_MAX {
        names.push(format!("{} more", header.len() - LISTED_MAX));
    }
    names.join(", ")
}

/// Counts what is read, and ends a record that has no end.
struct Metered {
    inner: Box<dyn Read>,
    bytes: u64,
    bytes_max: u64,
}

impl Metered {
    fn is_spent(&self) -> bool {
        self.bytes >= self.bytes_max
    }
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_spent() {
            return Err(io::Error::other("the record has no end"));
        }
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Headers that are named in an error.
const LISTED_MAX: usize = 20;
