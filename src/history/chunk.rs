//! A part of a file: whole rows as text, and what they were parsed to.

use super::error::BadRow;
use super::ids::Ids;
use super::row::RowValues;

/// A part of a file. Its vectors are used again for later parts.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Its place in the file, from 0.
    pub(super) number: u64,
    pub(super) text: Vec<u8>,
    pub(super) events: Vec<Event>,
    /// Ids of the campaigns in it.
    pub(super) ids: Ids,
    /// Lines in it.
    pub(super) lines: u64,
    pub(super) seen: Seen,
    pub(super) without_metrics: WithoutMetrics,
}

/// Objects of JSON that have none of the metrics, not even as null.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WithoutMetrics {
    pub(super) count: u64,
    /// Line of the first, counted from the beginning of the chunk.
    pub(super) first_line: u32,
    /// Other objects have some.
    pub(super) has_others: bool,
}

impl WithoutMetrics {
    /// Counts the one at `line`.
    pub(super) fn add(&mut self, line: u32) {
        if self.count == 0 {
            self.first_line = line;
        }
        self.count += 1;
    }
}

/// What was met in the rows and is told at the end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) january_1970: bool,
    pub(super) zone: bool,
    pub(super) percent: bool,
    /// Rows whose answer rate can be compared with their totals.
    pub(super) compared: u64,
    /// Of these, rows whose answer rate is another than that of their totals.
    pub(super) contradicted: u64,
}

impl Chunk {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.events.clear();
        self.ids.clear();
        self.lines = 0;
        self.seen = Seen::default();
        self.without_metrics = WithoutMetrics::default();
    }
}

/// A row, or what stands in its place. Lines are counted from the beginning of the chunk.
#[derive(Debug)]
pub(super) enum Event {
    Row(ParsedRow),
    Fault(Box<Fault>),
}

#[derive(Debug)]
pub(super) enum Fault {
    /// A row that cannot be used.
    Bad(BadRow),
    /// A row without a time that may be the totals at the end; else it is this bad row.
    Footer(BadRow),
    /// The same without a word for it, which only one row may be.
    BareFooter(BadRow),
    /// A line that is drawn between the rows of a table.
    Ruler,
    /// The header once more, as where files are put together.
    HeaderAgain,
    /// A row with a line break inside a field that cannot hold one.
    UnclosedQuote(u64),
    /// A header with other columns than that of the file.
    OtherHeader(u64),
}

/// A row whose place in its campaign is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct ParsedRow {
    pub(super) line: u32,
    /// Number of its campaign among the ids of the chunk.
    pub(super) campaign: u32,
    /// Where a clock change repeats the hour: how much later the second one is. Else 0.
    pub(super) again_millis: u32,
    pub(super) values: RowValues,
}
