//! A value as it was given, and the source that gave it.

use std::fmt;
use std::path::PathBuf;

/// A value and the source that gave it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) source: Source,
}

/// The source of a value, the strongest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A flag, as it is typed.
    Flag(String),
    /// A name in the environment.
    Environment(&'static str),
    /// A name in a `.env` file.
    DotEnv(&'static str, PathBuf),
    /// A key in the configuration file, and its line.
    File(&'static str, PathBuf, usize),
    /// No source: the default of a key.
    Default(&'static str),
}

impl Source {
    /// 0 for the strongest.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 0,
            Self::Environment(_) => 1,
            Self::DotEnv(..) => 2,
            Self::File(..) => 3,
            Self::Default(_) => 4,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::DotEnv(name, path) => write!(f, "{name} in {}", path.display()),
            Self::File(key, path, line) => write!(f, "{key} at {}:{line}", path.display()),
            Self::Default(key) => write!(f, "{key} (its default)"),
        }
    }
}
