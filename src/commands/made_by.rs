//! The command line for the foot of a report.

use std::path::Path;

use crate::report::MadeBy;

/// What made a report: the words of the command line. `file` is what it reads, of which only the name
/// is kept.
pub(super) fn made_by(words: &[String], file: Option<&Path>) -> MadeBy {
    MadeBy {
        command: kept(words, file),
        ..MadeBy::default()
    }
}

fn kept(words: &[String], file: Option<&Path>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut is_value_of_left_out = false;
    for word in words {
        if std::mem::take(&mut is_value_of_left_out) || NO_VALUE_LEFT_OUT.contains(&word.as_str()) {
            continue;
        }
        let (option, has_value) = match word.split_once('=') {
            Some((option, _)) => (option, true),
            None => (word.as_str(), false),
        };
        if LEFT_OUT.contains(&option) {
            is_value_of_left_out = !has_value;
            continue;
        }
        let name = file
            .filter(|file| *file == Path::new(word))
            .and_then(Path::file_name);
        kept.push(name.map_or_else(|| word.clone(), |name| name.to_string_lossy().into_owned()));
    }
    kept
}

/// Options with a value that change nothing on the page, or that name files of settings.
const LEFT_OUT: [&str; 9] = [
    "--config",
    "--env-file",
    "--format",
    "--jobs",
    "--log-format",
    "--output",
    "--report",
    "--samples",
    "--trace",
];
const NO_VALUE_LEFT_OUT: [&str; 2] = ["--quiet", "-q"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_nothing_and_what_names_settings_is_left_out() {
        let line = "simulate /a/b/mine.toml --config /secret/x.toml --env-file=/secret/.env -q --hours 3 --jobs=2 --report r.html --policy=a,b";
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert_eq!(
            kept(&words, Some(Path::new("/a/b/mine.toml"))).join(" "),
            "simulate mine.toml --hours 3 --policy=a,b"
        );
    }
}
