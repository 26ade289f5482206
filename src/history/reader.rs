//! The rows of a file of history, in their order.

use std::collections::VecDeque;
use std::io::Read;

use super::chunk::{Chunk, Event, Fault, ParsedRow, Seen};
use super::error::{BadRow, RowError};
use super::feed::Feed;
use super::later::Later;
use super::opening::{Opened, open};
use super::options::ReadingOptions;
use super::row::HistoryRow;
use super::sequence::Sequence;
use super::sorted::Sorted;
use crate::base::input::InputError;

/// Reads a file of history row by row. Memory does not grow with the rows, unless they are sorted.
pub struct HistoryReader {
    feed: Feed,
    chunk: Chunk,
    /// Place of the next event of the chunk.
    place: usize,
    /// Lines before the chunk.
    lines_before: u64,
    /// The number of each campaign of the chunk, once a row of it came.
    numbers: Vec<Option<usize>>,
    /// Rows without a time after which no other row came yet.
    footers: VecDeque<BadRow>,
    sorted: Option<Sorted>,
    /// Lines that are the header once more.
    headers_again: u64,
    sequence: Sequence,
    seen: Seen,
    later: Later,
    zone: Option<String>,
    told: Vec<String>,
    warnings: Vec<String>,
}

impl HistoryReader {
    /// Opens a file, and finds its format in its beginning.
    pub fn open(file: Box<dyn Read + Send>, options: &ReadingOptions) -> Result<Self, InputError> {
        let Opened {
            feed,
            lines_before,
            campaign_column,
            total_campaign,
            told,
            warnings,
            later,
        } = open(file, options)?;
        Ok(Self {
            feed,
            chunk: Chunk::default(),
            place: 0,
            lines_before,
            numbers: Vec::new(),
            footers: VecDeque::new(),
            headers_again: 0,
            sorted: options.sorts.then(|| Sorted::new(options)),
            sequence: Sequence::new(options, campaign_column, total_campaign),
            seen: Seen::default(),
            later,
            zone: options.time_zone.as_ref().map(|(name, _)| name.clone()),
            told,
            warnings,
        })
    }

    /// The next row, or `None` at the end of the file. The rows of a campaign come in the order of time.
    #[inline]
    pub fn next_row(&mut self) -> Result<Option<HistoryRow<'_>>, RowError> {
        if self.sorted.is_some() {
            return self.next_sorted();
        }
        if !self.is_at_row() && !self.find_row()? {
            self.sequence.end()?;
            return Ok(None);
        }
        let Some(Event::Row(row)) = self.chunk.events.get_mut(self.place) else {
            return Ok(None);
        };
        self.place += 1;
        let line = self.lines_before + u64::from(row.line);
        let place = row.campaign as usize;
        let campaign = if let Some(Some(number)) = self.numbers.get(place) {
            *number
        } else {
            let number = self.sequence.number_of(self.chunk.ids.text(place), line)?;
            if let Some(slot) = self.numbers.get_mut(place) {
                *slot = Some(number);
            }
            number
        };
        self.sequence.advance(campaign, line, row)?;
        Ok(Some(row.placed(line, campaign, &self.sequence)))
    }

    /// Bytes read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.feed.bytes()
    }

    /// What was found in the file and could have been otherwise, in words. Complete after the last row.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let mut told = self.told.clone();
        let mut tell = |is_so: bool, text: String| told.extend(is_so.then_some(text));
        tell(self.seen.percent, "31% is 0.31".to_owned());
        if let Some(zone) = &self.zone {
            let text = format!("times without an offset are in {zone}");
            tell(self.seen.zone, text);
        }
        let again = self.headers_again;
        let text = match again {
            1 => "the header comes once more".to_owned(),
            more => format!("the header comes {more} more times"),
        };
        tell(again > 0, text);
        let repeated = self.sequence.repeated_hour_rows;
        let text = format!(
            "rows in an hour that a clock change repeats, {repeated} of them, are taken in their order"
        );
        tell(repeated > 0, text);
        if let Some(first) = self.footers.front() {
            let text = match self.footers.len() {
                1 => format!(
                    "the last row, at line {}, has no time and is left out",
                    first.line
                ),
                n => format!(
                    "the last {n} rows, from line {}, have no time and are left out",
                    first.line
                ),
            };
            told.push(text);
        }
        told
    }

    /// What may be a mistake, in words. Complete after the last row.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        warnings.extend(self.later.warnings());
        if self.seen.january_1970 {
            warnings.push("it has times in January 1970: they are simulated, or numbers that do not count from 1970".to_owned());
        }
        let Seen {
            compared,
            contradicted,
            ..
        } = self.seen;
        if contradicted > 0 && contradicted * 10 >= compared {
            warnings.push(format!("its answerRate is another than totalCallsAnswered ÷ totalCallsDialed in {contradicted} of {compared} rows, and is taken as it is: is it in per cent (--answer-rates percent), rounded, or of another time? Without that column it is computed from the totals"));
        }
        if let Some((one, other)) = &self.sequence.alike {
            warnings.push(format!("campaigns {one:?} and {other:?} differ in capital letters only, and are paced apart; if they are one, spell them alike"));
        }
        if self.sequence.seems_swapped() {
            warnings.push("its days are a month apart each: were day and month taken for each other? --time-format gives their order, such as --time-format '%Y-%d-%m %H:%M:%S'".to_owned());
        }
        if self.sequence.seems_cumulative() {
            warnings.push("its totals only grow, as if they counted since midnight, and are taken as those of each interval; if they count on, give --totals cumulative, else --totals interval".to_owned());
        }
        warnings
    }

    #[cold]
    fn next_sorted(&mut self) -> Result<Option<HistoryRow<'_>>, RowError> {
        while let Some(mut sorted) = self.sorted.take_if(|sorted| !sorted.is_complete()) {
            let added = self.collect(&mut sorted);
            self.sorted = Some(sorted);
            added?;
        }
        let Some((row, line, id)) = self.sorted.as_mut().and_then(Sorted::next) else {
            self.sequence.end()?;
            return Ok(None);
        };
        let campaign = self.sequence.number_of(id, line)?;
        self.sequence.advance(campaign, line, row)?;
        Ok(Some(row.placed(line, campaign, &self.sequence)))
    }

    /// Adds every row to `sorted`, and sorts them. A bad row is an error, after which it goes on.
    fn collect(&mut self, sorted: &mut Sorted) -> Result<(), RowError> {
        while self.find_row()? {
            if let Some(Event::Row(row)) = self.chunk.events.get(self.place) {
                self.place += 1;
                let line = self.lines_before + u64::from(row.line);
                sorted.add(*row, line, self.chunk.ids.text(row.campaign as usize))?;
            }
        }
        sorted.sort()
    }

    /// True where a row that can be used comes next.
    #[inline]
    fn is_at_row(&self) -> bool {
        let is_row = matches!(self.chunk.events.get(self.place), Some(Event::Row(_)));
        is_row && self.footers.is_empty()
    }

    /// Goes to the next row that can be used: false at the end of the file.
    #[cold]
    fn find_row(&mut self) -> Result<bool, RowError> {
        while !self.is_at_row() {
            if !self.next_chunk_or_fault()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Keeps a row that may be a total at the end of the file, of which there are `most` at most.
    fn add_footer(&mut self, bad: BadRow, most: usize) -> Result<bool, RowError> {
        self.footers.push_back(bad);
        if self.footers.len() <= most {
            return Ok(true);
        }
        let bad = self.footers.pop_front();
        bad.map_or(Ok(true), |bad| Err(RowError::Bad(Box::new(bad))))
    }

    /// Goes on where no row comes next: false at the end of the file.
    fn next_chunk_or_fault(&mut self) -> Result<bool, RowError> {
        match self.chunk.events.get(self.place) {
            Some(Event::Row(_)) => {
                // Rows without a time that are not the last are bad.
                let bad = self.footers.pop_front();
                bad.map_or(Ok(true), |bad| Err(RowError::Bad(Box::new(bad))))
            }
            Some(Event::Fault(fault)) => {
                self.place += 1;
                let before = self.lines_before;
                match &**fault {
                    Fault::Bad(bad) => Err(RowError::Bad(Box::new(bad.after(before)))),
                    Fault::Footer(bad) => {
                        let bad = bad.after(before);
                        self.add_footer(bad, FOOTERS_MAX)
                    }
                    Fault::BareFooter(bad) => {
                        let bad = bad.after(before);
                        self.add_footer(bad, 1)
                    }
                    Fault::Ruler => Ok(true),
                    Fault::HeaderAgain => {
                        self.headers_again += 1;
                        Ok(true)
                    }
                    Fault::UnclosedQuote(line) => Err(RowError::unclosed_quote(before + line)),
                    Fault::OtherHeader(line) => Err(RowError::unreadable(format!(
                        "line {} is a header with other columns: are several files put together? Read each for itself",
                        before + line
                    ))),
                }
            }
            None => {
                let used = std::mem::take(&mut self.chunk);
                self.lines_before += used.lines;
                let Some(chunk) = self.feed.next(used, self.lines_before + 1)? else {
                    return Ok(false);
                };
                self.chunk = chunk;
                self.place = 0;
                self.numbers.clear();
                self.numbers.resize(self.chunk.ids.len(), None);
                self.later
                    .add(self.chunk.without_metrics, self.lines_before);
                let seen = self.chunk.seen;
                self.seen.january_1970 |= seen.january_1970;
                self.seen.zone |= seen.zone;
                self.seen.percent |= seen.percent;
                self.seen.compared += seen.compared;
                self.seen.contradicted += seen.contradicted;
                Ok(true)
            }
        }
    }
}

impl ParsedRow {
    #[inline]
    fn placed<'a>(&'a self, line: u64, campaign: usize, sequence: &'a Sequence) -> HistoryRow<'a> {
        HistoryRow {
            line,
            campaign,
            campaign_id: sequence.id(campaign),
            values: &self.values,
        }
    }
}

/// Rows without a time at the end of a file that are left out: a total of each campaign, and of all.
const FOOTERS_MAX: usize = 20;
