//! A file of JSON before its first row: where its objects stand, and which of their members are columns.

use std::io::{self, Read as _};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::array::ArrayLines;
use super::rows::JsonParser;
use crate::base::input::InputError;
use crate::history::chunk::Chunk;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{COLUMNS, Column, missing, plain};
use crate::history::csv::near_column;
use crate::history::error::unreadable;
use crate::history::feed::{Blocks, ParseChunk};
use crate::history::row_parser::RowRules;
use crate::history::sequence::CampaignColumn;
use crate::history::timestamps::has_time_of_day;
use crate::history::unread::not_read;

/// A file of JSON whose objects can be read.
pub(in crate::history) struct OpenedJson {
    /// Lines of one object each.
    pub(in crate::history) blocks: Blocks,
    pub(in crate::history) parser: Box<dyn Fn() -> Box<dyn ParseChunk>>,
    pub(in crate::history) campaign_column: CampaignColumn,
    /// What was found and could have been otherwise, in words.
    pub(in crate::history) told: Vec<String>,
    /// What may be a mistake, in words.
    pub(in crate::history) warnings: Vec<String>,
}

/// True where the beginning of a file, without the blanks before it, is that of JSON.
pub(in crate::history) fn is_json(text: &[u8]) -> bool {
    match text.first() {
        Some(b'{') => true,
        Some(b'[') => {
            let inner = text.get(1..).unwrap_or_default().trim_ascii_start();
            matches!(inner.first(), Some(b'{' | b']'))
        }
        _ => false,
    }
}

/// Opens NDJSON or a JSON array of objects.
pub(in crate::history) fn open(
    mut blocks: Blocks,
    columns: &ColumnNames,
    mut rules: RowRules,
) -> Result<OpenedJson, InputError> {
    let mut told = Vec::new();
    let (probe, _) = blocks.probe().map_err(|error| unreadable(&error))?;
    let text = probe.trim_ascii_start();
    if text.starts_with(b"[") {
        told.push("it is a JSON array, of which line N is object N".to_owned());
        let place = probe.len() - text.len() + 1;
        blocks.skip(place);
        let (rest, carry) = blocks.into_parts();
        let lines = ArrayLines::new(io::Cursor::new(carry).chain(rest));
        blocks = Blocks::new(Box::new(lines), Vec::new());
    }
    let (probe, is_whole) = blocks.probe().map_err(|error| unreadable(&error))?;
    let objects = Objects::of(probe, is_whole);
    let names = &objects.names;
    for column in COLUMNS {
        if let Some(given) = columns.given(column)
            && !names.is_empty()
            && !names.iter().any(|name| plain(name) == plain(given))
        {
            return Err(InputError(format!(
                "--column {column}={given}: its first rows have no such member; they have {}",
                objects.listed()
            )));
        }
    }
    let has = |column: Column| {
        let is_it = |name: &String| Column::of_name(name).is_some_and(|(it, _)| it == column);
        columns.given(column).is_some() || names.iter().any(is_it)
    };
    if let Some(missing) = missing(&has).filter(|_| !names.is_empty()) {
        return Err(InputError(format!(
            "its objects have {missing}; they have {}; map them with --column NAME=MEMBER",
            objects.listed()
        )));
    }
    let is_given = |name: &str| COLUMNS.iter().any(|it| columns.given(*it) == Some(name));
    let near = names
        .iter()
        .filter(|name| !is_given(name))
        .filter_map(|name| {
            let column = near_column(name, &has)?;
            Column::of_name(name)
                .is_none()
                .then(|| not_read(name, column))
        });
    let warnings = near.collect();
    let campaign_column = if has(Column::CampaignId) {
        CampaignColumn::Present
    } else {
        CampaignColumn::Absent(None)
    };
    let given = Arc::new(columns.clone());
    rules.times.has_times_of_day = objects.has_times_of_day(columns);
    let parser = move || -> Box<dyn ParseChunk> {
        Box::new(JsonParser::new(Arc::clone(&given), rules.clone()))
    };
    Ok(OpenedJson {
        blocks,
        parser: Box::new(parser),
        campaign_column,
        told,
        warnings,
    })
}

/// The objects at the beginning of a file.
struct Objects {
    objects: Vec<Map<String, Value>>,
    /// Names of their members.
    names: Vec<String>,
}

impl Objects {
    /// Those of the whole lines of `probe`.
    fn of(probe: &[u8], is_whole: bool) -> Self {
        let end = memchr::memrchr(b'\n', probe).filter(|_| !is_whole);
        let lines = probe.get(..end.unwrap_or(probe.len())).unwrap_or_default();
        let lines = lines.split(|byte| *byte == b'\n');
        let objects: Vec<Map<String, Value>> = lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect();
        let mut names: Vec<String> = Vec::new();
        for name in objects.iter().flat_map(Map::keys) {
            if !names.contains(name) && names.len() < NAMES_MAX {
                names.push(name.clone());
            }
        }
        Self { objects, names }
    }

    /// The names, and that members of members are not read, where there are some.
    fn listed(&self) -> String {
        let inner = self.objects.iter().flat_map(Map::iter);
        let mut inner =
            inner.filter_map(|(name, value)| Some((name, value.as_object()?.keys().next()?)));
        let nested = inner.next().map_or(String::new(), |(outer, inner)| {
            format!(" (members of members, such as {outer}.{inner}, are not read: flatten them, such as with jq -c '. + .{outer}')")
        });
        self.names.join(", ") + &nested
    }

    fn has_times_of_day(&self, columns: &ColumnNames) -> bool {
        let is_time = |name: &str| match columns.given(Column::Timestamp) {
            Some(given) => plain(given) == plain(name),
            None => Column::of_name(name).is_some_and(|(it, _)| it == Column::Timestamp),
        };
        let mut members = self.objects.iter().flat_map(Map::iter);
        members.any(|(name, value)| {
            is_time(name)
                && value
                    .as_str()
                    .is_some_and(|text| has_time_of_day(text.as_bytes()))
        })
    }
}

impl ParseChunk for JsonParser {
    fn parse(&mut self, chunk: &mut Chunk) {
        self.parse(chunk);
    }
}

/// Names that are looked at.
const NAMES_MAX: usize = 200;
