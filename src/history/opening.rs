//! A file of history before its first row: its encoding, its format, and what is found in its
//! beginning.

use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use serde_json::{Map, Value};

use super::chunk::Chunk;
use super::column_names::ColumnNames;
use super::columns::{COLUMNS, Column};
use super::cr_lines::CrLines;
use super::csv::{CsvParser, Layout, near_column};
use super::error::unreadable;
use super::feed::{Blocks, Feed, ParseChunk};
use super::file_kind::{is_utf16, refuse_other_kinds};
use super::json_array::ArrayLines;
use super::json_rows::JsonParser;
use super::options::{ReadingOptions, Totals};
use super::row_parser::RowRules;
use super::sequence::CampaignColumn;
use super::time_forms::likely_forms;
use super::timestamps::{TimeRules, has_time_of_day};
use super::utf16::Utf16;
use crate::base::input::InputError;

/// A file whose rows can be read.
pub(super) struct Opened {
    pub(super) feed: Feed,
    /// Lines before the first row.
    pub(super) lines_before: u64,
    pub(super) campaign_column: CampaignColumn,
    /// The campaign that is the total of the others.
    pub(super) total_campaign: Option<String>,
    /// What was found and could have been otherwise, in words.
    pub(super) told: Vec<String>,
    /// What may be a mistake, in words.
    pub(super) warnings: Vec<String>,
}

/// Opens a file: CSV, NDJSON or a JSON array of objects.
pub(super) fn open(
    mut file: Box<dyn Read + Send>,
    options: &ReadingOptions,
) -> Result<Opened, InputError> {
    let mut start = Vec::new();
    let read = (&mut file).take(START_BYTES).read_to_end(&mut start);
    read.map_err(|error| unreadable(&error))?;
    refuse_other_kinds(&start)?;
    let mut told = Vec::new();
    let mut blocks = if is_utf16(&start) {
        told.push("text is UTF-16".to_owned());
        let is_big_endian = start.starts_with(b"\xFE\xFF");
        let bytes = io::Cursor::new(start).chain(file);
        Blocks::new(Box::new(Utf16::new(bytes, is_big_endian)), Vec::new())
    } else {
        if start.starts_with(b"\xEF\xBB\xBF") {
            start.drain(..3);
        }
        Blocks::new(file, start)
    };
    let (probe, _) = blocks.probe().map_err(|error| unreadable(&error))?;
    if !probe.contains(&b'\n') && probe.contains(&b'\r') {
        told.push("lines end in CR".to_owned());
        let (rest, carry) = blocks.into_parts();
        let lines = CrLines(io::Cursor::new(carry).chain(rest));
        blocks = Blocks::new(Box::new(lines), Vec::new());
    }
    let (probe, _) = blocks.probe().map_err(|error| unreadable(&error))?;
    let text = probe.trim_ascii_start();
    let opened = match text.first() {
        None => return Err(InputError("it is empty; expected CSV or NDJSON".to_owned())),
        Some(b'{') => open_json(blocks, options),
        Some(b'[') if is_array_of_objects(text) => {
            told.push("it is a JSON array, of which line N is object N".to_owned());
            let place = probe.len() - text.len() + 1;
            blocks.skip(place);
            let (rest, carry) = blocks.into_parts();
            let lines = ArrayLines::new(io::Cursor::new(carry).chain(rest));
            open_json(Blocks::new(Box::new(lines), Vec::new()), options)
        }
        Some(_) => open_csv(blocks, options),
    };
    let mut opened = opened?;
    told.append(&mut opened.told);
    opened.told = told;
    Ok(opened)
}

fn is_array_of_objects(text: &[u8]) -> bool {
    let inner = text.get(1..).unwrap_or_default().trim_ascii_start();
    matches!(inner.first(), Some(b'{' | b']'))
}

fn open_csv(mut blocks: Blocks, options: &ReadingOptions) -> Result<Opened, InputError> {
    let (probe, is_whole) = blocks.probe().map_err(|error| unreadable(&error))?;
    let mut layout = Layout::find(probe, is_whole, options)?;
    blocks.skip(layout.data_offset);
    blocks.delimiter = Some(layout.delimiter);
    let told = std::mem::take(&mut layout.told);
    let untaken = &layout.header.untaken;
    let warnings = untaken
        .near
        .iter()
        .map(|(name, column)| not_read(name, *column));
    let mut warnings: Vec<String> = warnings.collect();
    if let Some(name) = layout.likely_campaigns()
        && !untaken.near.iter().any(|(near, _)| near == name)
    {
        warnings.push(format!(
            "column {name:?} has several values and is not read, so that all rows are one campaign; if it tells campaigns apart, give --column \"campaignId={name}\""
        ));
    }
    let mut rules = rules(options);
    rules.decimal = layout.decimal;
    rules.is_percent_header = layout.is_percent_header();
    rules.times.has_times_of_day = layout.first_rows.has_times_of_day;
    rules.times.likely_forms = likely_forms(&layout.first_rows.times);
    let campaign_column = layout.campaign_column.clone();
    let total_campaign = layout.first_rows.total_campaign.take();
    let lines_before = layout.lines_before;
    let layout = Arc::new(layout);
    let parser =
        || -> Box<dyn ParseChunk> { Box::new(CsvParser::new(Arc::clone(&layout), rules.clone())) };
    Ok(Opened {
        feed: start(blocks, options, &parser)?,
        lines_before,
        campaign_column,
        total_campaign,
        told,
        warnings,
    })
}

fn open_json(mut blocks: Blocks, options: &ReadingOptions) -> Result<Opened, InputError> {
    let (probe, is_whole) = blocks.probe().map_err(|error| unreadable(&error))?;
    let objects = Objects::of(probe, is_whole);
    let names = &objects.names;
    let columns = &options.columns;
    for column in COLUMNS {
        if let Some(given) = columns.given(column)
            && !names.is_empty()
            && !names
                .iter()
                .any(|name| super::columns::plain(name) == super::columns::plain(given))
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
    if let Some(missing) = super::columns::missing(&has).filter(|_| !names.is_empty()) {
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
        CampaignColumn::Present(None)
    } else {
        CampaignColumn::Absent(None)
    };
    let given = Arc::new(options.columns.clone());
    let mut rules = rules(options);
    rules.times.has_times_of_day = objects.has_times_of_day(columns);
    let parser =
        || -> Box<dyn ParseChunk> { Box::new(JsonParser::new(Arc::clone(&given), rules.clone())) };
    Ok(Opened {
        feed: start(blocks, options, &parser)?,
        lines_before: 0,
        campaign_column,
        total_campaign: None,
        told: Vec::new(),
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
            Some(given) => super::columns::plain(given) == super::columns::plain(name),
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

fn not_read(name: &str, column: Column) -> String {
    match column {
        Column::AgentsLoggedIn => format!(
            "column {name:?} is not read: it counts agents on a break, too, and no column agentsUnavailable says how many"
        ),
        Column::AgentsUnavailable => {
            format!("column {name:?} is not read: there is no column agentsLoggedIn")
        }
        _ => format!(
            "column {name:?} is not read; if it is {column}, give --column \"{column}={name}\""
        ),
    }
}

fn rules(options: &ReadingOptions) -> RowRules {
    let now = options.now.map_or(i64::MAX - DAY_MILLIS, |now| now.0);
    RowRules {
        times: TimeRules {
            zone: options.time_zone.as_ref().map(|(_, zone)| zone.clone()),
            format: options.time_format.clone(),
            likely_forms: None,
            latest_millis: now.saturating_add(DAY_MILLIS),
            has_times_of_day: false,
        },
        decimal: options.decimal,
        is_percent_header: false,
        answer_rates: options.answer_rates,
        no_values: options.no_values.clone(),
        has_cumulative_totals: options.totals == Some(Totals::Cumulative),
    }
}

fn start(
    blocks: Blocks,
    options: &ReadingOptions,
    parser: &dyn Fn() -> Box<dyn ParseChunk>,
) -> Result<Feed, InputError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = match options.jobs {
        0 => cores,
        jobs => jobs,
    };
    let parsers = (0..jobs.min(JOBS_MAX)).map(|_| parser()).collect();
    Feed::start(blocks, parsers).ok_or_else(|| InputError("it has no reader".to_owned()))
}

impl ParseChunk for CsvParser {
    fn parse(&mut self, chunk: &mut Chunk) {
        Self::parse(self, chunk);
    }
}

impl ParseChunk for JsonParser {
    fn parse(&mut self, chunk: &mut Chunk) {
        self.parse(chunk);
    }
}

/// Bytes that tell the kind of a file: the names of the first files of an archive are in them.
const START_BYTES: u64 = 4_096;
const DAY_MILLIS: i64 = 86_400_000;
/// Names that are looked at.
const NAMES_MAX: usize = 200;
/// More threads than this only wait for each other.
const JOBS_MAX: usize = 64;
