//! Scenario files: TOML in, TOML out, and errors that name file, line and key.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, Deserializer, Error};

use super::expectation::Expectation;
use crate::base::files;
use crate::base::input::InputError;
use crate::base::plain_words::{Format, plain};
use crate::base::shell;
use crate::sim::Scenario;

/// The content of a scenario file.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFile {
    /// The world.
    pub scenario: Scenario,
    /// The expectations of it.
    pub expectations: Vec<Expectation>,
}

/// Reads a file and checks its scenario. A pipe has to end within `patience`.
pub fn read_checked(path: &Path, patience: Duration) -> Result<ScenarioFile, InputError> {
    let file = read(path, patience)?;
    check(&file.scenario, Some(path))?;
    Ok(file)
}

/// Checks a scenario; the error names the file that it came from.
pub fn check(scenario: &Scenario, path: Option<&Path>) -> Result<(), InputError> {
    let place = path.map(|path| format!("{}: ", path.display()));
    scenario
        .check()
        .map_err(|error| InputError(format!("{}{error}", place.unwrap_or_default())))
}

/// Reads a file. Its expectations are checked, its scenario is not yet.
pub fn read(path: &Path, patience: Duration) -> Result<ScenarioFile, InputError> {
    let name = path.display();
    let cannot_read =
        |problem: &dyn Display| InputError(format!("scenario {name} cannot be read: {problem}"));
    let read = files::read_bytes(path, SCENARIO_BYTES_MAX, patience);
    let bytes = read.map_err(|error| match beginning(path) {
        Some(bytes) if is_history(&bytes) => history_instead(path),
        _ => cannot_read(&error),
    })?;
    if is_history(&bytes) {
        return Err(history_instead(path));
    }
    let text = String::from_utf8(bytes).map_err(|_| cannot_read(&"it is not UTF-8 text"))?;
    if text.trim().is_empty() {
        return Err(InputError(format!(
            "{name}: it is empty; `dialpace simulate --print-scenario` prints a scenario to start from"
        )));
    }
    let line_of = |start: usize| {
        let before = text.get(..start).unwrap_or(&text);
        before.matches('\n').count() + 1
    };
    let ending = path.extension().and_then(OsStr::to_str);
    let is_named_history = ending.is_some_and(|ending| HISTORY.contains(&ending));
    let refuse = |error: Error| {
        if is_named_history {
            return history_instead(path);
        }
        let line = line_of(error.span().map_or(0, |span| span.start));
        InputError(format!("{name}:{line}: {}", with_nearest(error.message())))
    };
    let (scenario, spanned) = parse(&text).map_err(refuse)?;
    let mut expectations = Vec::new();
    for (n, expectation) in spanned.into_iter().enumerate() {
        let line = line_of(expectation.span().start);
        let expectation = expectation.into_inner();
        expectation
            .check(&scenario)
            .map_err(|error| InputError(format!("{name}:{line}: expect[{n}].{error}")))?;
        expectations.push(expectation);
    }
    Ok(ScenarioFile {
        scenario,
        expectations,
    })
}

/// The scenario with every default, as a file to start from.
pub fn text(scenario: &Scenario) -> Result<String, toml::ser::Error> {
    toml::to_string(scenario)
}

/// Parses the `[[expect]]` tables apart from the scenario.
fn parse(text: &str) -> Result<(Scenario, Vec<Spanned<Expectation>>), Error> {
    let mut table = DeTable::parse(text)?;
    let expectations = match table.get_mut().remove("expect") {
        Some(tables) => Vec::deserialize(tables.into_deserializer())?,
        None => Vec::new(),
    };
    let scenario = Scenario::deserialize(Deserializer::from(table))?;
    Ok((scenario, expectations))
}

/// True where the beginning is that of exported history in any form, and never that of TOML: packed
/// files, web pages, JSON, and rows of columns.
fn is_history(bytes: &[u8]) -> bool {
    let is_packed = PACKED.iter().any(|magic| bytes.starts_with(magic));
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = text.trim_ascii_start();
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_array = line
        .strip_prefix(b"[")
        .is_some_and(|rest| matches!(rest.trim_ascii_start().first(), None | Some(b'{')));
    let has = |byte| line.contains(&byte);
    // A key of TOML has none of these outside quotes, and its value stands behind a =.
    let is_columns = !has(b'=') && !line.starts_with(b"[") && !line.starts_with(b"#");
    let is_columns = is_columns && [b',', b';', b'\t'].into_iter().any(has);
    is_packed || is_array || is_columns || text.starts_with(b"{") || text.starts_with(b"<")
}

/// The first bytes of a regular file, which may be too large to be a scenario.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(BEGINNING_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn history_instead(path: &Path) -> InputError {
    let name = path.display().to_string();
    let scenario = path.with_extension("toml").display().to_string();
    InputError(format!(
        "{name} is not a scenario but looks like exported history: make a scenario with `dialpace fit {} --output {}`",
        shell::word(&name),
        shell::word(&scenario)
    ))
}

/// Shortens "unknown field `x`, expected one of …" to the most similar name.
fn with_nearest(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let (true, Some(unknown)) = (message.starts_with("unknown field"), names.next()) else {
        return plain(message, Format::Toml);
    };
    let nearest = names.max_by(|a, b| {
        let likeness = |name| strsim::jaro_winkler(name, unknown);
        likeness(a).total_cmp(&likeness(b))
    });
    match nearest {
        Some(nearest) => {
            format!("unknown key {unknown:?}; did you mean {nearest}? (--print-scenario shows all)")
        }
        None => format!("unknown key {unknown:?}; --print-scenario shows those that exist"),
    }
}

/// Largest file, bytes: a roster with a shift for every minute of a month has half of it.
const SCENARIO_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// First bytes of packed files and of UTF-16, in which tables are exported: zip (Excel), gzip, bzip2,
/// xz, zstd, old Excel.
const PACKED: [&[u8]; 8] = [
    b"PK\x03\x04",
    b"\x1F\x8B",
    b"BZh",
    b"\xFD7zXZ\0",
    b"\x28\xB5\x2F\xFD",
    b"\xD0\xCF\x11\xE0",
    b"\xFF\xFE",
    b"\xFE\xFF",
];
/// Endings of names that rows of history have.
const HISTORY: [&str; 4] = ["csv", "tsv", "ndjson", "jsonl"];
/// As much of a large file as has its first line.
const BEGINNING_BYTES: u64 = 64 * 1024;
