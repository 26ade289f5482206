//! A command as text, with the flags that were given, for a person to paste.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::setting_flags;
use crate::base::shell;
use crate::config::Sources;

/// `dialpace stop` for the same campaigns, but for the option that names them.
pub(super) fn stop(sources: &Sources) -> String {
    with_flags("dialpace stop", sources, setting_flags::is_of_stop)
}

/// `dialpace resume` for the campaign that was stopped, of this name where there are several.
pub(super) fn resume(
    sources: &Sources,
    sandbox: Option<&Option<PathBuf>>,
    name: Option<&str>,
) -> String {
    let mut text = with_flags("dialpace resume", sources, setting_flags::is_of_resume);
    // Writing to a String cannot fail.
    match sandbox {
        Some(Some(path)) => {
            let _ = write!(text, " --sandbox {}", quoted(path));
        }
        Some(None) => text.push_str(" --sandbox"),
        None => {}
    }
    if let Some(name) = name {
        let _ = write!(text, " --only {name}");
    }
    text
}

fn quoted(path: &Path) -> String {
    shell::word(&path.display().to_string()).into_owned()
}

fn with_flags(command: &str, sources: &Sources, has: fn(&str) -> bool) -> String {
    let mut text = command.to_owned();
    for (key, value) in sources.flags.iter().filter(|(key, _)| has(key)) {
        let _ = write!(text, " --{} {}", key.replace('_', "-"), shell::word(value));
    }
    text
}
