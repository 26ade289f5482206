//! The text of JSON byte by byte: which arrays and objects are open, and what begins.

/// Follows a text that is any number of values one after another. Names and values are not checked: a row is
/// read for itself.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Open arrays and objects, the outermost first.
    levels: Vec<Level>,
    state: State,
}

/// An array, or an object at one of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Array,
    /// The member that was named last, as it is written.
    Member(Vec<u8>),
}

/// What a byte begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An object begins, which is now the last level.
    Object,
    /// An array begins, which is now the last level.
    Array,
    ObjectEnd,
    ArrayEnd,
    /// A text, a number, `true`, `false` or `null` begins.
    Value,
    /// None of these.
    Inside,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before a value.
    #[default]
    Value,
    /// Before a name, or the end of an object.
    Name,
    /// Between a name and its value.
    Colon,
    /// After a value.
    After,
    Text(Role),
    /// In text, after a backslash.
    Escape(Role),
    /// In a number or a word.
    Word,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Name,
    Value,
}

impl Walk {
    /// Open arrays and objects, the outermost first.
    pub(super) fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// True between two values that are in nothing else.
    pub(super) fn is_outside(&self) -> bool {
        self.levels.is_empty() && matches!(self.state, State::Value | State::Word)
    }

    /// Leaves the object that began last, whose bytes were read in another way.
    pub(super) fn leave(&mut self) {
        self.levels.pop();
        self.ended();
    }

    /// Takes the next byte. The error says where it stands.
    pub(super) fn step(&mut self, byte: u8) -> Result<Step, String> {
        if self.state == State::Word {
            if !byte.is_ascii_whitespace() && !matches!(byte, b',' | b']' | b'}') {
                return Ok(Step::Inside);
            }
            self.ended();
        }
        match (self.state, byte) {
            (State::Text(_) | State::Escape(_), _) => self.step_in_text(byte)?,
            (_, byte) if byte.is_ascii_whitespace() => {}
            (State::Value, _) => return self.begin_value(byte),
            (State::Name, b'"') => {
                if let Some(Level::Member(name)) = self.levels.last_mut() {
                    name.clear();
                }
                self.state = State::Text(Role::Name);
            }
            (State::Colon, b':') => self.state = State::Value,
            (State::After, b',') => {
                let is_array = self.levels.last() == Some(&Level::Array);
                self.state = if is_array { State::Value } else { State::Name };
            }
            (State::Name | State::After, b'}') if self.is_in_object() => {
                self.leave();
                return Ok(Step::ObjectEnd);
            }
            (State::After, b']') if !self.is_in_object() => {
                self.leave();
                return Ok(Step::ArrayEnd);
            }
            _ => return Err(self.misplaced(byte)),
        }
        Ok(Step::Inside)
    }

    fn step_in_text(&mut self, byte: u8) -> Result<(), String> {
        let (State::Text(role) | State::Escape(role)) = self.state else {
            return Ok(());
        };
        if byte == b'\n' {
            return Err(TEXT_BREAK.to_owned());
        }
        let is_escaped = matches!(self.state, State::Escape(_));
        self.state = match byte {
            b'"' if !is_escaped => match role {
                Role::Name => State::Colon,
                Role::Value => State::After,
            },
            b'\\' if !is_escaped => State::Escape(role),
            _ => State::Text(role),
        };
        match (self.state, role) {
            (State::After, _) => self.ended(),
            (State::Text(_) | State::Escape(_), Role::Name) => {
                if let Some(Level::Member(name)) = self.levels.last_mut()
                    && name.len() < NAME_BYTES_MAX
                {
                    name.push(byte);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_value(&mut self, byte: u8) -> Result<Step, String> {
        let (level, state, step) = match byte {
            b'"' => (None, State::Text(Role::Value), Step::Value),
            b'{' => {
                let level = Level::Member(Vec::new());
                (Some(level), State::Name, Step::Object)
            }
            b'[' => (Some(Level::Array), State::Value, Step::Array),
            // A comma before it means nothing else.
            b']' if self.levels.last() == Some(&Level::Array) => {
                self.leave();
                return Ok(Step::ArrayEnd);
            }
            b',' | RECORD_SEPARATOR if self.levels.is_empty() => return Ok(Step::Inside),
            b'-' | b'+' | b'.' => (None, State::Word, Step::Value),
            _ if byte.is_ascii_alphanumeric() => (None, State::Word, Step::Value),
            _ => return Err(self.misplaced(byte)),
        };
        self.levels.extend(level);
        if self.levels.len() > DEPTH_MAX {
            return Err(format!("there are more than {DEPTH_MAX} brackets open"));
        }
        self.state = state;
        Ok(step)
    }

    fn ended(&mut self) {
        self.state = if self.levels.is_empty() {
            State::Value
        } else {
            State::After
        };
    }

    fn is_in_object(&self) -> bool {
        matches!(self.levels.last(), Some(Level::Member(_)))
    }

    fn misplaced(&self, byte: u8) -> String {
        let place = match (self.state, self.levels.last()) {
            (State::After, Some(Level::Array)) => "between two objects of the array",
            (State::After, _) => "between two members of an object",
            (State::Name, _) => "where a name in quotes should begin",
            (State::Colon, _) => "between a name and its value",
            (_, None) => "outside of any object",
            _ => "where a value should begin",
        };
        format!("{place} stands {:?}", char::from(byte))
    }
}

/// A path to objects as people write it: `data`, `hits.hits`; empty for those that are in no object.
pub(super) fn dotted(path: &[Level]) -> String {
    let names = path.iter().filter_map(|level| match level {
        Level::Array => None,
        Level::Member(name) => Some(String::from_utf8_lossy(name).into_owned()),
    });
    names.collect::<Vec<_>>().join(".")
}

/// The path as `jq` has it: each array of it is gone through, but not one at its end.
pub(super) fn jq_path(path: &[Level]) -> String {
    let path = match path {
        [before @ .., Level::Array] => before,
        path => path,
    };
    let part = |level: &Level| match level {
        Level::Array => "[]".to_owned(),
        Level::Member(name) => {
            let name = String::from_utf8_lossy(name);
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit()) {
                format!(".{name}")
            } else {
                format!(".{name:?}")
            }
        }
    };
    let parts: String = path.iter().map(part).collect();
    if parts.starts_with('.') {
        parts
    } else {
        format!(".{parts}")
    }
}

/// The problem of a text that goes over two lines.
pub(super) const TEXT_BREAK: &str = "a text has a line break: does its quote not end?";
/// Stands before each value of a sequence of JSON texts (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1E;
/// Bytes of a name that are kept.
const NAME_BYTES_MAX: usize = 200;
/// Arrays and objects within each other, as many as the library takes.
const DEPTH_MAX: usize = 128;
