//! Scenario files: TOML in, TOML out, and errors that name file, line and key.

use std::fs;
use std::path::Path;

use crate::base::input::InputError;
use crate::sim::Scenario;

/// Reads a scenario and checks it.
pub fn read_checked(path: &Path) -> Result<Scenario, InputError> {
    let scenario = read(path)?;
    check(&scenario, Some(path))?;
    Ok(scenario)
}

/// Checks a scenario; the error names the file that it came from.
pub fn check(scenario: &Scenario, path: Option<&Path>) -> Result<(), InputError> {
    let place = path.map(|path| format!("{}: ", path.display()));
    scenario
        .check()
        .map_err(|error| InputError(format!("{}{error}", place.unwrap_or_default())))
}

/// Reads a scenario. It is not yet checked.
pub fn read(path: &Path) -> Result<Scenario, InputError> {
    let name = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| InputError(format!("scenario {name} cannot be read: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or(&text).matches('\n').count() + 1;
        InputError(format!("{name}:{line}: {}", with_nearest(error.message())))
    })
}

/// The scenario with every default, as a file to start from.
pub fn text(scenario: &Scenario) -> Result<String, toml::ser::Error> {
    toml::to_string(scenario)
}

/// "unknown field `x`, expected one of …" with the most likely of them instead of all.
fn with_nearest(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let (true, Some(unknown)) = (message.starts_with("unknown field"), names.next()) else {
        return message.to_owned();
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
