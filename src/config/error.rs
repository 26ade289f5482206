//! The error of a setting: its place, its value, and what to do.

use std::fmt;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The place at which it was given, and the problem with its value.
    Value(String, String),
    /// A setting that is needed and that no source gives: how to set it.
    Missing(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(place, problem) => write!(f, "{place}: {problem}"),
            Self::Missing(how_to_set) => write!(f, "needed and not set: {how_to_set}"),
        }
    }
}

impl std::error::Error for ConfigError {}
