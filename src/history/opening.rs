//! A file of history before its first row: its encoding, its format, and what is found in its
//! beginning.

use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use super::chunk::Chunk;
use super::cr_lines::CrLines;
use super::csv::{self, CsvParser, Layout};
use super::error::unreadable;
use super::feed::{Blocks, Feed, ParseChunk};
use super::file_kind::{is_utf16, refuse_other_kinds};
use super::first_rows::{campaign_column, campaign_warning, refuse_apart, refuse_several_zones};
use super::format::Format;
use super::json;
use super::later::Later;
use super::options::{ReadingOptions, Totals};
use super::quoted_lines::QuotedLines;
use super::row_parser::RowRules;
use super::sequence::CampaignColumn;
use super::side_by_side::refuse_side_by_side;
use super::time_forms::likely_forms;
use super::timestamps::TimeRules;
use super::unread::Untaken;
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
    /// What may be a mistake and is known after the last row only.
    pub(super) later: Later,
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
    if csv::has_quoted_lines(probe) {
        told.push("each line is in quotes as a whole, which are taken away".to_owned());
        let (rest, carry) = blocks.into_parts();
        let lines = QuotedLines::new(io::Cursor::new(carry).chain(rest));
        blocks = Blocks::new(Box::new(lines), Vec::new());
    }
    let (probe, _) = blocks.probe().map_err(|error| unreadable(&error))?;
    let text = probe.trim_ascii_start();
    let format = match text.first() {
        None => return Err(InputError("it is empty; expected CSV or NDJSON".to_owned())),
        Some(_) if json::is_json(text) => json::open(blocks, options)?,
        Some(_) => match json::refusal_of_text_around(text) {
            Some(refusal) => return Err(InputError(refusal)),
            None => csv_format(blocks, options)?,
        },
    };
    opened(format, told, options)
}

fn csv_format(mut blocks: Blocks, options: &ReadingOptions) -> Result<Format, InputError> {
    let (probe, is_whole) = blocks.probe().map_err(|error| unreadable(&error))?;
    let mut layout = Layout::find(probe, is_whole, options)?;
    blocks.skip(layout.data_offset);
    blocks.delimiter = Some(layout.delimiter);
    let told = std::mem::take(&mut layout.told);
    let first_rows = std::mem::take(&mut layout.first_rows);
    let layout = Arc::new(layout);
    let fields = layout.header.fields.clone();
    let lines_before = layout.lines_before;
    let parser = move |mut rules: RowRules| -> Box<dyn ParseChunk> {
        rules.decimal = layout.decimal;
        rules.is_percent_header = layout.is_percent_header();
        Box::new(CsvParser::new(Arc::clone(&layout), rules))
    };
    Ok(Format {
        blocks,
        lines_before,
        fields,
        first_rows,
        parser: Box::new(parser),
        told,
        warnings: Vec::new(),
        later: Later::default(),
    })
}

/// What is found in the fields and first rows of a file of any format, or the refusal of what could mean two things.
fn opened(
    format: Format,
    mut told: Vec<String>,
    options: &ReadingOptions,
) -> Result<Opened, InputError> {
    let Format {
        fields,
        first_rows,
        mut warnings,
        ..
    } = format;
    refuse_side_by_side(&fields, &options.columns)?;
    let untaken = Untaken::of(&fields);
    let names = &options.columns;
    refuse_apart(&fields, &first_rows, names)?;
    refuse_several_zones(&fields, &first_rows)?;
    let campaign_column = campaign_column(&fields, &first_rows, &untaken, names)?;
    warnings.extend(untaken.warnings(&fields));
    warnings.extend(campaign_warning(&fields, &first_rows, &untaken, names));
    told.extend(format.told);
    let mut rules = rules(options);
    rules.times.has_times_of_day = first_rows.has_times_of_day;
    rules.times.likely_forms = likely_forms(&first_rows.times);
    let parser = || (format.parser)(rules.clone());
    Ok(Opened {
        feed: start(format.blocks, options, &parser)?,
        lines_before: format.lines_before,
        campaign_column,
        total_campaign: first_rows.total_campaign,
        told,
        warnings,
        later: format.later,
    })
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

/// Bytes that tell the kind of a file: the names of the first files of an archive are in them.
const START_BYTES: u64 = 4_096;
const DAY_MILLIS: i64 = 86_400_000;
/// More threads than this only wait for each other.
const JOBS_MAX: usize = 64;
