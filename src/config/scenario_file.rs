//! Scenario files: TOML in, TOML out, and errors that name file, line and key.

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
    let text = files::read_text(path, SCENARIO_BYTES_MAX, patience)
        .map_err(|error| InputError(format!("scenario {name} cannot be read: {error}")))?;
    let line_of = |start: usize| {
        let before = text.get(..start).unwrap_or(&text);
        before.matches('\n').count() + 1
    };
    let refuse = |error: Error| {
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
