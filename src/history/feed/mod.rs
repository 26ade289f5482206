//! A file as parsed chunks in their order, on as many threads as there are cores.
//!
//! A chunk is read under one lock and parsed outside of it. Whoever needs the next chunk parses one
//! itself while it waits, so one thread alone does everything.

mod blocks;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::chunk::Chunk;
use super::error::RowError;
use blocks::BlockError;

pub(super) use blocks::Blocks;

/// Parses the text of a chunk into its events. Each thread has one of its own.
pub(super) trait ParseChunk: Send {
    /// Parses one chunk.
    fn parse(&mut self, chunk: &mut Chunk);
}

/// Chunks of a file in their order.
pub(super) struct Feed {
    shared: Arc<Shared>,
    parser: Box<dyn ParseChunk>,
    next: u64,
}

struct Shared {
    blocks: Mutex<Blocks>,
    state: Mutex<State>,
    /// Told when a chunk is parsed, or there is room for another.
    changed: Condvar,
    chunks_max: usize,
}

#[derive(Default)]
struct State {
    parsed: BTreeMap<u64, Chunk>,
    /// Chunks to be used again.
    spare: Vec<Chunk>,
    /// Chunks that are being parsed, or are parsed and not taken yet.
    in_flight: usize,
    /// The end of the file was reached, in good order or not.
    end: Option<Result<(), BlockError>>,
    is_closed: bool,
    bytes: u64,
}

impl Feed {
    /// Begins to parse with `parsers`, of which all but the last get a thread.
    pub(super) fn start(blocks: Blocks, mut parsers: Vec<Box<dyn ParseChunk>>) -> Option<Self> {
        let parser = parsers.pop()?;
        let shared = Arc::new(Shared {
            blocks: Mutex::new(blocks),
            state: Mutex::default(),
            changed: Condvar::new(),
            chunks_max: 4 * (parsers.len() + 1),
        });
        for mut parser in parsers {
            let shared = Arc::clone(&shared);
            let work = move || while shared.parse_one(&mut *parser, true) {};
            // Without another thread this one does its work.
            let _ = thread::Builder::new().spawn(work);
        }
        Some(Self {
            shared,
            parser,
            next: 0,
        })
    }

    /// The next chunk in place of `used`; `None` at the end. `line` is the line after the last chunk.
    pub(super) fn next(&mut self, used: Chunk, line: u64) -> Result<Option<Chunk>, RowError> {
        self.shared.state().spare.push(used);
        loop {
            let mut state = self.shared.state();
            if let Some(chunk) = state.parsed.remove(&self.next) {
                state.in_flight -= 1;
                self.next += 1;
                self.shared.changed.notify_all();
                return Ok(Some(chunk));
            }
            if state.in_flight == 0 && state.end.is_some() {
                return match state.end.replace(Ok(())) {
                    Some(Err(error)) => Err(error.at(line)),
                    _ => Ok(None),
                };
            }
            if state.end.is_some() || state.in_flight >= self.shared.chunks_max {
                drop(self.shared.wait(state));
                continue;
            }
            drop(state);
            self.shared.parse_one(&mut *self.parser, false);
        }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.shared.state().bytes
    }
}

impl Drop for Feed {
    /// Lets the threads end by themselves: one may wait for a pipe.
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// Reads and parses one chunk; false when there is nothing more to do. With `waits`, it waits for
    /// room.
    fn parse_one(&self, parser: &mut dyn ParseChunk, waits: bool) -> bool {
        let mut state = self.state();
        while waits && state.in_flight >= self.chunks_max && !state.is_closed {
            state = self.wait(state);
        }
        if state.is_closed || state.end.is_some() {
            return false;
        }
        state.in_flight += 1;
        let mut chunk = state.spare.pop().unwrap_or_default();
        drop(state);
        let mut blocks = lock(&self.blocks);
        let read = blocks.next(&mut chunk);
        let bytes = blocks.bytes();
        drop(blocks);
        let is_read = matches!(read, Ok(true));
        if is_read {
            parser.parse(&mut chunk);
        }
        let mut state = self.state();
        state.bytes = state.bytes.max(bytes);
        match read {
            Ok(true) => {
                state.parsed.insert(chunk.number, chunk);
            }
            Ok(false) => {
                state.in_flight -= 1;
                state.end.get_or_insert(Ok(()));
            }
            Err(error) => {
                state.in_flight -= 1;
                state.end = Some(Err(error));
            }
        }
        self.changed.notify_all();
        is_read
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let waited = self.changed.wait(state);
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
