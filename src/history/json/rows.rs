//! The rows of a chunk of NDJSON: one object per line; members that are no column are skipped.

use std::sync::Arc;

use memchr::memchr_iter;

use super::members::Members;
use super::names::{MemberNames, Reading};
use super::values::INFINITE;
use crate::base::plain_words::json_problem;
use crate::history::chunk::{Chunk, Event, Fault};
use crate::history::error::BadRow;
use crate::history::numbers::WrongField;
use crate::history::row_parser::{RowParser, RowRules};

/// Parses chunks of NDJSON.
pub(super) struct JsonParser {
    names: MemberNames,
    members: Members,
    rows: RowParser,
}

impl JsonParser {
    pub(super) fn new(reading: Arc<Reading>, rules: RowRules) -> Self {
        Self {
            names: MemberNames::new(reading),
            members: Members::default(),
            rows: RowParser::new(rules),
        }
    }

    /// Parses the text of a chunk, which is whole lines.
    pub(super) fn parse(&mut self, chunk: &mut Chunk) {
        let text = std::mem::take(&mut chunk.text);
        let mut begin = 0;
        let mut number = 0;
        let ends = memchr_iter(b'\n', &text).chain((!text.ends_with(b"\n")).then_some(text.len()));
        for end in ends {
            number += 1;
            let line = text.get(begin..end).unwrap_or_default().trim_ascii();
            begin = end + 1;
            if !line.is_empty() {
                let parsed = self.parse_line(number, line, chunk);
                chunk.events.push(parsed);
            }
        }
        chunk.lines = u64::from(number);
        chunk.text = text;
        chunk.seen = self.rows.seen();
    }

    fn parse_line(&mut self, number: u32, line: &[u8], chunk: &mut Chunk) -> Event {
        if let Err(error) = self.members.read(line, &mut self.names) {
            return bad(bad_line(number, line, &error));
        }
        let fields = self.members.fields();
        match self.rows.parse(number, &fields, &mut chunk.ids) {
            Ok(row) => {
                if row.values.poll.is_none() && self.members.has_no_metrics() {
                    chunk.without_metrics.add(number);
                } else {
                    chunk.without_metrics.has_others = true;
                }
                Event::Row(row)
            }
            Err(WrongField { column, expected }) => {
                let name = match self.members.names[column].as_str() {
                    "" => column.name(),
                    name => name,
                };
                let value = fields.text(column).unwrap_or_default();
                let is_infinite = INFINITE.iter().any(|it| it.as_bytes() == value);
                let value = if is_infinite { b"Infinity" } else { value };
                bad(BadRow::field(u64::from(number), name, value, expected))
            }
        }
    }
}

fn bad(row: BadRow) -> Event {
    Event::Fault(Box::new(Fault::Bad(row)))
}

#[cold]
fn bad_line(number: u32, line: &[u8], error: &serde_json::Error) -> BadRow {
    let (problem, column) = (json_problem(error), error.column());
    let quotes = if line.starts_with(b"{'") {
        "; as Python shows an object it is no JSON: write it with json.dumps"
    } else {
        ""
    };
    BadRow::whole(
        u64::from(number),
        format!("the line is not one JSON object: {problem}, at character {column}{quotes}"),
    )
}
