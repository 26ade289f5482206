//! What the sandbox's campaign reports.

use std::path::Path;
use std::{fmt, fs};

use serde::Deserialize;

/// The campaign behind the sandbox, as its API shows it.
///
/// This is the seam between the API and whatever produces the figures.
pub trait World: Send {
    /// What the API reports now.
    fn interval(&self) -> Interval;
}

/// What a campaign reports of the interval that just ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Agents ready to take a call now.
    pub available_agents: u32,
    /// Attempts that ended in the interval.
    pub calls_dialed: u32,
    /// Of these, answered by a person.
    pub calls_answered: u32,
}

impl Interval {
    /// Answered ÷ dialed; 0 when nothing was dialed.
    #[must_use]
    pub fn answer_rate(&self) -> f64 {
        f64::from(self.calls_answered) / f64::from(self.calls_dialed.max(1))
    }
}

/// One entry of a fixed series of intervals.
#[derive(Clone, Debug)]
pub struct Series {
    intervals: Vec<Interval>,
    position: usize,
}

/// A scenario file that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file, with the line where one is known.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    interval: Vec<Interval>,
}

impl Series {
    /// The series in `path`, or the built-in one, from its entry number `position`; after the
    /// last entry it starts over.
    pub fn load(path: Option<&Path>, position: usize) -> Result<Self, ScenarioError> {
        let Some(path) = path else {
            return Self::parse(BUILT_IN, "built-in scenario", position);
        };
        let text = fs::read_to_string(path).map_err(|error| ScenarioError {
            place: format!("scenario {}", path.display()),
            problem: format!("cannot be read: {error}"),
        })?;
        Self::parse(&text, &path.display().to_string(), position)
    }

    fn parse(text: &str, name: &str, position: usize) -> Result<Self, ScenarioError> {
        let Scenario {
            interval: intervals,
        } = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
            ScenarioError {
                place: format!("{name}:{line}"),
                problem: format!("{}; {SHAPE}", error.message()),
            }
        })?;
        let bad =
            |i: &Interval| i.calls_answered > i.calls_dialed || i.available_agents > AGENTS_MAX;
        let problem = match intervals.iter().position(bad) {
            Some(at) => format!(
                "interval {}: calls_answered is above calls_dialed, or available_agents above {AGENTS_MAX}",
                at + 1
            ),
            None if intervals.is_empty() => format!("it has no interval; {SHAPE}"),
            None => {
                return Ok(Self {
                    intervals,
                    position,
                });
            }
        };
        Err(ScenarioError {
            place: name.to_owned(),
            problem,
        })
    }
}

impl World for Series {
    fn interval(&self) -> Interval {
        let at = self.position % self.intervals.len().max(1);
        self.intervals.get(at).copied().unwrap_or(Interval {
            available_agents: 0,
            calls_dialed: 0,
            calls_answered: 0,
        })
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for ScenarioError {}

const BUILT_IN: &str = include_str!("../../../fixtures/sandbox/morning.toml");
/// What a scenario looks like, for those whose file does not.
const SHAPE: &str = "a scenario is a list of [[interval]] entries, each with available_agents, calls_dialed and calls_answered, whole numbers of at least 0";
/// More agents than any site has; keeps the pages of the API within reason.
const AGENTS_MAX: u32 = 10_000;
