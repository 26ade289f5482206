//! A file of history, open for reading.

use std::io::{BufRead, BufReader, Read};

use super::bounds::BUFFER_BYTES;
use super::columns::{Fields, PerColumn};
use super::csv_rows::CsvRows;
use super::error::{RowError, unreadable};
use super::ndjson_rows::NdjsonRows;
use super::numbers::WrongField;
use super::options::ReadingOptions;
use super::row::HistoryRow;
use super::row_parser::RowParser;
use super::sequence::Sequence;
use crate::base::input::InputError;

/// Reads a file of history row by row. Memory does not grow with the rows.
pub struct HistoryReader {
    rows: TextRows,
    parser: RowParser,
    sequence: Sequence,
}

/// Rows as text, in one of the formats.
enum TextRows {
    Csv(Box<CsvRows>),
    Ndjson(Box<NdjsonRows>),
}

impl HistoryReader {
    /// Opens a file. The first character tells the format: `{` begins NDJSON.
    pub fn open(file: Box<dyn Read + Send>, options: &ReadingOptions) -> Result<Self, InputError> {
        let names = &options.columns;
        let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
        let start = file.fill_buf().map_err(|error| unreadable(&error))?;
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        if matches!(start, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
            return Err(InputError(
                "it is UTF-16 text; save it as CSV in UTF-8".to_owned(),
            ));
        }
        if start.starts_with(&[0x1F, 0x8B]) {
            return Err(InputError(
                "it is compressed; unpack it first, such as zcat FILE | dialpace backtest -"
                    .to_owned(),
            ));
        }
        let rows = match start.trim_ascii_start().first() {
            None => return Err(InputError("it is empty; expected CSV or NDJSON".to_owned())),
            Some(b'{') => TextRows::Ndjson(Box::new(NdjsonRows::new(file, names.clone()))),
            Some(_) => TextRows::Csv(Box::new(CsvRows::new(file, names)?)),
        };
        Ok(Self {
            rows,
            parser: RowParser::default(),
            sequence: Sequence::default(),
        })
    }

    /// The next row, or `None` at the end of the file. The rows of a campaign come in the order of time.
    pub fn next_row(&mut self) -> Result<Option<HistoryRow<'_>>, RowError> {
        let line = match &mut self.rows {
            TextRows::Csv(rows) => rows.advance()?,
            TextRows::Ndjson(rows) => rows.advance()?,
        };
        let Some(line) = line else {
            return Ok(None);
        };
        let fields = match &self.rows {
            TextRows::Csv(rows) => rows.fields(line)?,
            TextRows::Ndjson(rows) => rows.fields(),
        };
        match self.parser.parse(line, &fields) {
            Ok(mut row) => {
                row.campaign = self.sequence.number_of(row.campaign_id);
                let advanced = self.sequence.advance(row.campaign, line, row.at);
                advanced.map_err(RowError::Bad)?;
                Ok(Some(row))
            }
            Err(wrong) => Err(bad_field(line, wrong, &fields, self.rows.names())),
        }
    }

    /// Bytes read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.rows {
            TextRows::Csv(rows) => rows.bytes(),
            TextRows::Ndjson(rows) => rows.bytes(),
        }
    }
}

impl TextRows {
    /// The name that the file has for each column.
    fn names(&self) -> &PerColumn<String> {
        match self {
            Self::Csv(rows) => rows.names(),
            Self::Ndjson(rows) => rows.names(),
        }
    }
}

#[cold]
fn bad_field(line: u64, wrong: WrongField, fields: &Fields, names: &PerColumn<String>) -> RowError {
    let value = fields[wrong.column].unwrap_or_default();
    if value.contains(&b'\n') {
        return RowError::unclosed_quote(line);
    }
    RowError::bad_field(line, &names[wrong.column], value, wrong.expected)
}
