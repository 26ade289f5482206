//! A version has its heading in CHANGELOG.md, and the manual its date. `scripts/package` has the files of
//! the package, and `scripts/release` the release.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{Folder, Run as _};

/// The date of the newest version in CHANGELOG.md, which is that of Cargo.toml.
fn date_of_this_version() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md");
    let text = fs::read_to_string(path).unwrap();
    let mut headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    assert_eq!(headings.next(), Some("Unreleased"), "the first heading");
    let newest = headings.next().unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    let Some((_, date)) = newest
        .split_once(" - ")
        .filter(|(heading, _)| *heading == version)
    else {
        panic!("CHANGELOG.md needs the heading \"## {version} - DATE\", and has \"## {newest}\"");
    };
    date.to_owned()
}

#[test]
fn the_version_has_its_heading_in_the_changelog() {
    let date = date_of_this_version();
    let day = jiff::civil::Date::strptime("%Y-%m-%d", &date);
    assert!(day.is_ok(), "{date:?} is no date");
}

#[test]
fn the_manual_has_the_version_and_its_date() {
    let page = Folder::new().dialpace(&["man"]).finish().expect(0).stdout;
    let title = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let wanted = format!(
        ".TH DIALPACE 1 {} \"dialpace {version}\" \"dialpace manual\"",
        date_of_this_version()
    );
    assert_eq!(title, wanted, "src/commands/manual.rs has the date");
}
