//! A JSON array of objects as lines of one object each.

use std::io::{self, Read};

/// Reads an array as NDJSON: objects stand on lines of their own, and line breaks within them become
/// blanks. The bytes before the array's `[` are read already.
pub(super) struct ArrayLines<R> {
    inner: R,
    block: Vec<u8>,
    /// Bytes of the block that are read.
    used: usize,
    state: State,
    depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before an object, or before the end where none has come yet.
    First,
    /// After an object.
    After,
    /// After a comma.
    Next,
    /// In an object, outside of text.
    Object,
    Text,
    /// In text, after a backslash.
    Escape,
    End,
}

impl<R: Read> ArrayLines<R> {
    /// Begins after the `[`.
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            block: Vec::new(),
            used: 0,
            state: State::First,
            depth: 0,
        }
    }

    /// The byte that `byte` becomes, if any.
    fn take(&mut self, byte: u8) -> io::Result<Option<u8>> {
        let is_blank = byte.is_ascii_whitespace();
        let (state, out) = match (self.state, byte) {
            (State::Text, b'"') => (State::Object, Some(byte)),
            (State::Text, b'\\') => (State::Escape, Some(byte)),
            (State::Escape, _) | (State::Object, b'"') => (State::Text, Some(byte)),
            (State::Object, b'{' | b'[') => {
                self.depth += 1;
                (State::Object, Some(byte))
            }
            (State::Object, b'}' | b']') => {
                self.depth -= 1;
                let is_over = self.depth == 0;
                (
                    if is_over { State::After } else { State::Object },
                    Some(byte),
                )
            }
            (State::Object, b'\n' | b'\r') => (State::Object, Some(b' ')),
            (State::Object | State::Text, _) => (self.state, Some(byte)),
            (state, _) if is_blank => (state, None),
            (State::First | State::Next, b'{') => {
                self.depth = 1;
                (State::Object, Some(byte))
            }
            (State::After, b',') => (State::Next, Some(b'\n')),
            (State::First | State::After, b']') => (State::End, None),
            _ => return Err(self.broken(byte)),
        };
        self.state = state;
        Ok(out)
    }

    fn broken(&self, byte: u8) -> io::Error {
        let place = match self.state {
            State::End => "after the array",
            State::After => "between two objects of the array",
            _ => "where an object of the array should begin",
        };
        invalid(format!("{place} stands {:?}", char::from(byte)))
    }
}

impl<R: Read> Read for ArrayLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count == 0 && !buffer.is_empty() {
            if self.used == self.block.len() {
                self.block.clear();
                self.used = 0;
                let read = (&mut self.inner)
                    .take(BLOCK_BYTES)
                    .read_to_end(&mut self.block)?;
                if read == 0 {
                    return match self.state {
                        State::End => Ok(0),
                        _ => Err(invalid(
                            "the array does not end; is the file cut off?".to_owned(),
                        )),
                    };
                }
            }
            for slot in buffer.iter_mut() {
                let mut out = None;
                while out.is_none()
                    && let Some(byte) = self.block.get(self.used)
                {
                    out = self.take(*byte)?;
                    self.used += 1;
                }
                let Some(byte) = out else {
                    break;
                };
                *slot = byte;
                count += 1;
            }
        }
        Ok(count)
    }
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Bytes read at once.
const BLOCK_BYTES: u64 = 1 << 16;
