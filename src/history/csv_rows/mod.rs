//! Rows of a CSV file: plain lines up to the first quote, and from there on records whose fields
//! may be quoted.

mod header;
mod plain;
mod quoted;
mod split;

use std::io::{self, BufRead, BufReader, Read};
use std::mem;

use memchr::memchr;

use super::columns::{ColumnNames, Fields, PerColumn};
use super::error::{RowError, unreadable};
use crate::base::input::InputError;
use header::Header;
use plain::{NextLine, PlainLines};
use quoted::QuotedRecords;
use split::{WrongCount, split};

pub(super) struct CsvRows {
    source: RowSource,
    header: Header,
}

enum RowSource {
    Plain(PlainLines),
    Quoted(Box<QuotedRecords>),
}

impl CsvRows {
    pub(super) fn new(
        mut file: BufReader<Box<dyn Read + Send>>,
        names: &ColumnNames,
    ) -> Result<Self, InputError> {
        let block = file.fill_buf().map_err(|error| unreadable(&error))?;
        let first_line = block.split(|byte| *byte == b'\n').next();
        if first_line.is_some_and(|line| line.trim_ascii().contains(&b'\r')) {
            return Err(InputError(
                "its lines end in CR alone; save it with LF or CR LF".to_owned(),
            ));
        }
        let (source, header) = if memchr(b'"', block).is_none() {
            let mut lines = PlainLines::new(file);
            let header = lines.header().map_err(|error| unreadable(&error))?;
            (RowSource::Plain(lines), header)
        } else {
            let mut records = QuotedRecords::new(file, 0, 0);
            let header = records.header()?;
            (RowSource::Quoted(Box::new(records)), header)
        };
        Ok(Self {
            source,
            header: Header::new(&header, names)?,
        })
    }

    pub(super) fn bytes(&self) -> u64 {
        match &self.source {
            RowSource::Plain(lines) => lines.bytes(),
            RowSource::Quoted(records) => records.bytes(),
        }
    }

    /// The name that the file has for each column.
    pub(super) fn names(&self) -> &PerColumn<String> {
        &self.header.names
    }

    /// Goes to the next row and returns the line at which it begins.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, RowError> {
        while let RowSource::Plain(lines) = &mut self.source {
            match lines.advance()? {
                NextLine::Line if lines.current().is_empty() => {}
                NextLine::Line => return Ok(Some(lines.line())),
                NextLine::End => return Ok(None),
                NextLine::TooLong => return Err(RowError::too_long(lines.line() + 1)),
                NextLine::Quote => {
                    let empty = PlainLines::new(BufReader::new(Box::new(io::empty())));
                    let lines = mem::replace(lines, empty);
                    let (line, bytes) = (lines.line(), lines.bytes());
                    let records = QuotedRecords::new(lines.into_rest(), line, bytes);
                    self.source = RowSource::Quoted(Box::new(records));
                }
            }
        }
        match &mut self.source {
            RowSource::Plain(_) => Ok(None),
            RowSource::Quoted(records) => records.advance(),
        }
    }

    /// The fields of the row, which begins at `line`.
    pub(super) fn fields(&self, line: u64) -> Result<Fields<'_>, RowError> {
        let columns = &self.header.columns;
        let fields = match &self.source {
            RowSource::Plain(lines) => split(lines.current(), columns),
            RowSource::Quoted(records) => records.fields(columns),
        };
        fields.map_err(|WrongCount(count)| match &self.source {
            RowSource::Quoted(records) if records.has_line_break() => RowError::unclosed_quote(line),
            _ => RowError::bad_row(
                line,
                format!(
                    "expected {} fields, as in the header, and found {count}; a field that holds a comma needs quotes",
                    columns.len()
                ),
            ),
        })
    }
}
