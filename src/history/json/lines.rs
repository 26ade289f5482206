//! The objects that are rows as lines of one object each, wherever in a text of JSON they stand.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::memchr3;

use super::next_page::is_next_page;
use super::walk::{Level, Step, TEXT_BREAK, Walk, dotted, jq_path};

/// Reads the objects of a text as NDJSON. Line breaks within them become blanks, and what is around them is
/// checked and left out.
pub(super) struct ObjectLines<R> {
    inner: R,
    place: RowsPlace,
    walk: Walk,
    /// The row that is being read.
    row: Option<Row>,
    block: Vec<u8>,
    out: Vec<u8>,
    /// Bytes of `out` that were handed out.
    used: usize,
    line: u64,
    /// The object around the rows has had its array of them.
    has_had_rows: bool,
    /// The value of a member that names the next page has begun, and may be empty.
    may_be_next: bool,
    has_next: bool,
    /// Set at the end where the last object around rows names a next page.
    has_next_page: Arc<AtomicBool>,
}

/// Where in a text the objects stand that are rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowsPlace {
    /// What is open around a row.
    pub(super) around: Vec<Level>,
    /// How much of it is around the outermost objects: less than all where rows are in members.
    pub(super) outermost: usize,
    /// What is open around other objects in arrays, which are not read.
    pub(super) others: Vec<Vec<Level>>,
}

/// An object that is being read.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    depth: usize,
    is_in_text: bool,
    is_escaped: bool,
}

impl RowsPlace {
    fn is_in_members(&self) -> bool {
        self.outermost < self.around.len()
    }

    /// True within objects that are not read.
    fn is_other(&self, around: &[Level]) -> bool {
        self.others.iter().any(|other| around.starts_with(other))
    }

    /// The member whose array the rows are in, as people write it.
    pub(super) fn member(&self) -> String {
        dotted(&self.around)
    }
}

impl<R: Read> ObjectLines<R> {
    pub(super) fn new(inner: R, place: RowsPlace, has_next_page: Arc<AtomicBool>) -> Self {
        Self {
            inner,
            place,
            walk: Walk::default(),
            row: None,
            block: Vec::new(),
            out: Vec::new(),
            used: 0,
            line: 1,
            has_had_rows: false,
            may_be_next: false,
            has_next: false,
            has_next_page,
        }
    }

    /// Reads a block of the text: false at its end.
    fn advance(&mut self) -> io::Result<bool> {
        let mut block = std::mem::take(&mut self.block);
        block.clear();
        let read = (&mut self.inner)
            .take(BLOCK_BYTES)
            .read_to_end(&mut block)?;
        let mut rest = block.as_slice();
        while let Some((byte, after)) = rest.split_first() {
            if let Some(row) = self.row.take() {
                rest = self.read_row(row, rest)?;
                continue;
            }
            self.step(*byte).map_err(|problem| self.broken(&problem))?;
            self.line += u64::from(*byte == b'\n');
            rest = after;
        }
        self.block = block;
        if read == 0 {
            self.end()?;
        }
        Ok(read > 0)
    }

    /// Reads on in a row, and gives what follows it.
    fn read_row<'t>(&mut self, mut row: Row, text: &'t [u8]) -> io::Result<&'t [u8]> {
        let mut rest = text;
        while let Some((byte, after)) = rest.split_first() {
            let plain = if row.is_in_text && !row.is_escaped {
                memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len())
            } else {
                0
            };
            if plain > 0 {
                let (text, after) = rest.split_at(plain);
                self.out.extend_from_slice(text);
                rest = after;
                continue;
            }
            rest = after;
            let is_break = matches!(byte, b'\n' | b'\r');
            if *byte == b'\n' {
                if row.is_in_text {
                    return Err(self.broken(TEXT_BREAK));
                }
                self.line += 1;
            }
            self.out.push(if is_break { b' ' } else { *byte });
            match byte {
                _ if row.is_escaped => row.is_escaped = false,
                b'\\' if row.is_in_text => row.is_escaped = true,
                b'"' => row.is_in_text = !row.is_in_text,
                b'{' | b'[' if !row.is_in_text => row.depth += 1,
                b'}' | b']' if !row.is_in_text => {
                    row.depth = row.depth.saturating_sub(1);
                    if row.depth == 0 {
                        self.out.push(b'\n');
                        self.walk.leave();
                        return Ok(rest);
                    }
                }
                _ => {}
            }
        }
        self.row = Some(row);
        Ok(rest)
    }

    /// Takes a byte that is in no row.
    fn step(&mut self, byte: u8) -> Result<(), String> {
        // A value that begins with a quote is empty where the next byte is one, too.
        if std::mem::take(&mut self.may_be_next) && byte != b'"' {
            self.has_next = true;
        }
        let step = self.walk.step(byte)?;
        let levels = self.walk.levels();
        let around = match step {
            Step::Object | Step::Array => levels.split_last().map_or(levels, |(_, around)| around),
            _ => levels,
        };
        let place = &self.place;
        let is_outermost = around.len() == place.outermost;
        match step {
            Step::Object if around == place.around => {
                self.out.push(b'{');
                self.row = Some(Row {
                    depth: 1,
                    ..Row::default()
                });
            }
            Step::Object if is_outermost => {
                self.has_had_rows = false;
                self.has_next = false;
            }
            Step::Object if around.len() < place.outermost => {
                return Err("outside of the array of objects stands an object".to_owned());
            }
            Step::Object
                if around.last() == Some(&Level::Array)
                    && !place.around.starts_with(around)
                    && !place.is_other(around) =>
            {
                return Err(two_arrays(&place.around, around));
            }
            Step::Array if levels == place.around => self.has_had_rows = true,
            Step::Array | Step::Value if is_outermost || around == place.around => {
                return Err(not_an_object(byte, around));
            }
            Step::Value if around.len() < place.outermost => {
                return Err(not_an_object(byte, around));
            }
            Step::Value => {
                self.may_be_next = byte == b'"' && is_next_page(levels);
                self.has_next |= matches!(byte, b't' | b'1'..=b'9') && is_next_page(levels);
            }
            Step::ObjectEnd if is_outermost && !self.has_had_rows => {
                return Err(format!(
                    "the object that ends here has no array of objects {}, as the first one has",
                    place.member()
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks that the text may end here.
    fn end(&mut self) -> io::Result<()> {
        if self.row.take().is_some() && self.place.around.is_empty() {
            // It is a bad row, which can be skipped.
            self.walk.leave();
            self.out.push(b'\n');
            return Ok(());
        }
        if self.walk.is_outside() {
            let is_next = self.has_next && self.place.is_in_members();
            self.has_next_page.store(is_next, Ordering::Release);
            return Ok(());
        }
        let is_in_array = self.walk.levels().contains(&Level::Array);
        let what = if is_in_array { "array" } else { "object" };
        Err(invalid(format!(
            "the {what} does not end; is the file cut off?"
        )))
    }

    #[cold]
    fn broken(&self, problem: &str) -> io::Error {
        invalid(format!("line {}: {problem}", self.line))
    }
}

impl<R: Read> Read for ObjectLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used == self.out.len() {
            self.out.clear();
            self.used = 0;
            if !self.advance()? && self.out.is_empty() {
                return Ok(0);
            }
        }
        let ready = self.out.get(self.used..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.used += count;
        Ok(count)
    }
}

/// The refusal of a file with two arrays of objects.
pub(super) fn two_arrays(first: &[Level], second: &[Level]) -> String {
    let (one, other, first) = (dotted(first), dotted(second), jq_path(first));
    format!(
        "it has two arrays of objects, {one} and {other}; take one, such as with jq -c '{first}[]' FILE | dialpace backtest -"
    )
}

fn not_an_object(byte: u8, around: &[Level]) -> String {
    let place = match around {
        [] => "outside of any object",
        _ => "where an object of the array should begin",
    };
    format!("{place} stands {:?}", char::from(byte))
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Bytes read at once.
const BLOCK_BYTES: u64 = 1 << 16;
