//! A file of JSON before its first row: where its objects stand, and which of their members are columns.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::lines::{ObjectLines, RowsPlace};
use super::names::Reading;
use super::place;
use super::rows::JsonParser;
use super::sources::{Objects, Sources, for_each_leaf};
use super::values::object;
use crate::base::input::InputError;
use crate::history::chunk::Chunk;
use crate::history::column_names::ColumnNames;
use crate::history::columns::{Column, missing};
use crate::history::csv::{Untaken, untaken};
use crate::history::error::unreadable;
use crate::history::feed::{Blocks, ParseChunk};
use crate::history::later::Later;
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
    /// What is known after the last row only.
    pub(in crate::history) later: Later,
}

/// Opens a text of JSON: objects in lines, in arrays, in a member of another object, or one after another.
pub(in crate::history) fn open(
    mut blocks: Blocks,
    columns: &ColumnNames,
    mut rules: RowRules,
) -> Result<OpenedJson, InputError> {
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
    let objects = objects(probe, is_whole);
    let sources = Sources::find(&objects, columns)?;
    let used = |leaf: &Vec<String>| sources.column_of(leaf, columns);
    let used: Vec<Option<Column>> = objects.leaves.iter().map(used).collect();
    let has = |column| used.contains(&Some(column));
    if let Some(missing) = missing(&has).filter(|_| !objects.leaves.is_empty()) {
        return Err(InputError(format!(
            "its objects have {missing}; they have {}; map them with --column NAME=MEMBER{}",
            objects.listed(),
            found.hint
        )));
    }
    told.extend(sources.told());
    let names: Vec<String> = objects.leaves.iter().map(|leaf| leaf.join(".")).collect();
    let Untaken {
        near,
        likely_campaign,
        ..
    } = untaken(&names, &used);
    let near = near
        .iter()
        .filter(|(name, _)| Column::of_name(name).is_none());
    let mut warnings: Vec<String> = near
        .map(|(name, column)| not_read(name, *column, &has))
        .collect();
    warnings.extend_from_slice(&sources.warnings);
    let is_agents = |column: &Option<Column>| {
        matches!(
            column,
            Some(Column::AvailableAgents | Column::AvailabilityMean)
        )
    };
    let agents = used.iter().position(is_agents);
    let agents = agents.and_then(|place| objects.leaves.get(place)?.last().cloned());
    rules.times.has_times_of_day = has_times_of_day(&objects, &sources, columns);
    let reading = Arc::new(Reading {
        given: columns.clone(),
        are_paths_given: sources.are_paths_given,
        inner: sources.inner(),
    });
    let parser = move || -> Box<dyn ParseChunk> {
        Box::new(JsonParser::new(Arc::clone(&reading), rules.clone()))
    };
    Ok(OpenedJson {
        blocks,
        parser: Box::new(parser),
        campaign_column: if has(Column::CampaignId) {
            CampaignColumn::Present(None)
        } else {
            CampaignColumn::Absent(likely_campaign)
        },
        told,
        warnings,
        later: Later::new(has_next_page, agents.filter(|_| found.is_lines)),
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

/// The objects in the whole lines of `probe`.
fn objects(probe: &[u8], is_whole: bool) -> Objects {
    let end = memchr::memrchr(b'\n', probe).filter(|_| !is_whole);
    let lines = probe.get(..end.unwrap_or(probe.len())).unwrap_or_default();
    let lines = lines.split(|byte| *byte == b'\n');
    Objects::new(lines.filter_map(object).collect())
}

fn has_times_of_day(objects: &Objects, sources: &Sources, columns: &ColumnNames) -> bool {
    let mut has = false;
    for object in &objects.objects {
        for_each_leaf(object, &mut Vec::new(), &mut |path, value| {
            has |= sources.column_of(path, columns) == Some(Column::Timestamp)
                && value
                    .as_str()
                    .is_some_and(|text| has_time_of_day(text.as_bytes()));
        });
        if has {
            break;
        }
    }
    has
}

impl ParseChunk for JsonParser {
    fn parse(&mut self, chunk: &mut Chunk) {
        self.parse(chunk);
    }
}
