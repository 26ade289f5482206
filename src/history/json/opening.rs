//! A file of JSON before its first row: where its objects stand, and which of their members are columns.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::first_rows::{FirstObjects, first_rows};
use super::lines::{ObjectLines, RowsPlace};
use super::names::Reading;
use super::objects::Objects;
use super::place;
use super::rows::JsonParser;
use super::sources::Sources;
use crate::base::input::InputError;
use crate::history::chunk::Chunk;
use crate::history::columns::{Column, missing};
use crate::history::decimal_proofs::COMMAS;
use crate::history::error::unreadable;
use crate::history::feed::{Blocks, ParseChunk};
use crate::history::format::Format;
use crate::history::later::Later;
use crate::history::options::{Decimal, ReadingOptions};
use crate::history::row_parser::RowRules;
use crate::history::unread::mapping_hint;

/// Opens a text of JSON: objects in lines, in arrays, in a member of another object, or one after another.
pub(in crate::history) fn open(
    mut blocks: Blocks,
    options: &ReadingOptions,
) -> Result<Format, InputError> {
    let columns = &options.columns;
    let (probe, _) = blocks.probe().map_err(|error| unreadable(&error))?;
    let found = place::find(probe, columns)?;
    let has_next_page = Arc::new(AtomicBool::new(false));
    let mut told = Vec::new();
    if !found.is_lines {
        told.push(told_of(&found.place));
        let (rest, carry) = blocks.into_parts();
        let text = io::Cursor::new(carry).chain(rest);
        let lines = ObjectLines::new(text, found.place, Arc::clone(&has_next_page));
        blocks = Blocks::new(Box::new(lines), Vec::new());
    }
    let (probe, is_whole) = blocks.probe().map_err(|error| unreadable(&error))?;
    let objects = Objects::of(whole_lines(probe, is_whole));
    let sources = Sources::find(&objects, columns)?;
    let reading = Arc::new(Reading {
        given: columns.clone(),
        are_paths_given: sources.are_paths_given,
        inner: sources.inner(),
    });
    let has = |column| {
        let mut leaves = objects.leaves.iter();
        leaves.any(|leaf| sources.column_of(leaf, columns) == Some(column))
    };
    if let Some(missing) = missing(&has).filter(|_| !objects.leaves.is_empty()) {
        let names: Vec<String> = objects.leaves.iter().map(|leaf| leaf.join(".")).collect();
        return Err(InputError(format!(
            "its objects have {missing}; they have {}; map them with --column NAME=MEMBER{}{}",
            objects.listed(),
            mapping_hint(&names),
            found.hint
        )));
    }
    let FirstObjects {
        fields,
        rows,
        decimal,
    } = first_rows(&objects, &reading);
    let decimal = match options.decimal {
        Some(given) => Some(given),
        None => decimal.decide()?,
    };
    let has_commas = decimal == Some(Decimal::Comma) && options.decimal.is_none();
    told.extend(sources.told());
    told.extend(has_commas.then(|| COMMAS.to_owned()));
    let agents = match fields.name(Column::AvailableAgents) {
        "" => fields.name(Column::AvailabilityMean),
        name => name,
    };
    let agents = agents.rsplit('.').next().unwrap_or(agents).to_owned();
    let later = Later::new(has_next_page, Some(agents).filter(|_| found.is_lines));
    let parser = move |mut rules: RowRules| -> Box<dyn ParseChunk> {
        rules.decimal = decimal;
        Box::new(JsonParser::new(Arc::clone(&reading), rules))
    };
    Ok(Format {
        blocks,
        lines_before: 0,
        fields,
        first_rows: rows,
        parser: Box::new(parser),
        told,
        warnings: sources.warnings,
        later,
    })
}

/// Where the rows are that are not each a line, in words.
fn told_of(place: &RowsPlace) -> String {
    match place.member().as_str() {
        "" if place.around.is_empty() => {
            "objects are not each in a line; line N is object N".to_owned()
        }
        "" => "it is a JSON array, of which line N is object N".to_owned(),
        member => {
            format!("rows are the objects of its member {member}, of which line N is object N")
        }
    }
}

/// The whole lines of `probe`.
fn whole_lines(probe: &[u8], is_whole: bool) -> &[u8] {
    let end = memchr::memrchr(b'\n', probe).filter(|_| !is_whole);
    probe.get(..end.unwrap_or(probe.len())).unwrap_or_default()
}

impl ParseChunk for JsonParser {
    fn parse(&mut self, chunk: &mut Chunk) {
        self.parse(chunk);
    }
}
