//! The pages, held against the program: every command in them is run, and every list in them that
//! the code has too is compared with it.
//!
//! `DIALPACE_WRITE_DOCS=1 cargo test --test pages` writes what the commands print now into the
//! pages, instead of failing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;
#[path = "pages/page.rs"]
mod page;
#[path = "pages/program.rs"]
mod program;
#[path = "pages/session.rs"]
mod session;

use std::collections::BTreeSet;
use std::fs;
use std::thread;

use page::{Page, quoted, root, slug};
use session::Difference;

#[test]
fn every_command_is_run_and_prints_what_its_page_shows() {
    let pages = page::all();
    let found: Vec<Vec<Difference>> = thread::scope(|scope| {
        let run = |page| scope.spawn(move || session::differences(page));
        let runs: Vec<_> = pages.iter().map(run).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    #[expect(
        clippy::disallowed_methods,
        reason = "asked for by whoever runs the tests"
    )]
    let rewrites = std::env::var_os("DIALPACE_WRITE_DOCS").is_some();
    let mut told = Vec::new();
    for (page, differences) in pages.iter().zip(&found) {
        if rewrites {
            rewrite(page, differences);
        }
        let is_left = |difference: &&Difference| !rewrites || difference.rewrite.is_none();
        for left in differences.iter().filter(is_left) {
            let (line, command, problem) = (left.line, &left.command, &left.problem);
            told.push(format!("{}:{line}: {command}\n  {problem}\n", page.name));
        }
    }
    assert!(
        told.is_empty(),
        "\n{}\nDIALPACE_WRITE_DOCS=1 cargo test --test pages writes what is printed now\n",
        told.join("\n")
    );
}

#[test]
fn the_readme_fits_on_a_few_screens() {
    let lines = Page::read("README.md").lines.len();
    assert!(lines <= README_LINES_MAX, "README.md has {lines} lines");
}

#[test]
fn every_link_leads_somewhere() {
    let mut lost = Vec::new();
    for page in page::all() {
        for (line, target) in page.links() {
            let path = page.path_of(&target);
            let leads = match target.split_once('#') {
                _ if !path.exists() => false,
                None => true,
                Some((_, fragment)) => {
                    let text = fs::read_to_string(&path).unwrap_or_default();
                    let headings = text.lines().filter(|line| line.starts_with('#'));
                    headings.map(slug).any(|slug| slug == fragment)
                }
            };
            if !leads {
                lost.push(format!("{}:{line}: {target}", page.name));
            }
        }
    }
    assert!(lost.is_empty(), "links that lead nowhere: {lost:#?}");
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let rows = Page::read("README.md").table("Exit codes");
    let of_page: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| row[0].split(", ").map(str::to_owned))
        .collect();
    assert_eq!(of_page, program::exit_codes_of_help());
    assert_eq!(of_page, program::exit_codes_of_code());
    for row in Page::read("docs/FAULTS.md").table("Faults") {
        let numbers = row[2].split(|c: char| !c.is_ascii_digit());
        for code in numbers.filter(|code| !code.is_empty()) {
            assert!(of_page.contains(code), "docs/FAULTS.md: exit {code}");
        }
    }
}

#[test]
fn policies_are_those_of_the_program() {
    let of_every_command = names(&Page::read("docs/POLICIES.md").table("The policies"));
    assert_eq!(of_every_command, program::policies_of_tick());
    let only_simulated = names(&Page::read("docs/SIMULATION.md").table("What to compare"));
    let all = of_every_command.union(&only_simulated).cloned().collect();
    assert_eq!(program::policies_of_simulate(), all);
}

#[test]
fn fields_metrics_keys_and_reasons_are_those_of_the_program() {
    let contract = Page::read("docs/CONTRACT.md");
    let record = contract.table("The record");
    let in_order: Vec<&str> = record.iter().flat_map(|row| quoted(&row[0])).collect();
    assert_eq!(in_order, program::fields_of_record());
    let json = names(&contract.table("The lines of --json"));
    assert_eq!(json, program::fields_of_json());
    let metrics = names(&Page::read("docs/OPERATIONS.md").table("Metrics"));
    assert_eq!(metrics, program::metrics());
    let reasons = names(&Page::read("docs/POLICIES.md").table("Reasons"));
    assert_eq!(reasons, program::reasons());
    let scenario = Page::read("docs/SIMULATION.md").text();
    let known = quoted(&scenario);
    let untold = |key: &String| !known.iter().any(|words| words.contains(key.as_str()));
    let untold: Vec<String> = program::scenario_keys()
        .into_iter()
        .filter(untold)
        .collect();
    assert!(untold.is_empty(), "docs/SIMULATION.md lacks {untold:?}");
}

#[test]
fn options_are_those_of_the_program() {
    let help = program::help();
    let known: BTreeSet<&str> = words(&help).collect();
    let mut unknown = Vec::new();
    for page in page::all() {
        for (at, line) in page.lines.iter().enumerate() {
            for word in words(line) {
                let is_option = word
                    .strip_prefix("--")
                    .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
                let is_name = word.starts_with("DIALPACE_") || word.starts_with("CXONE_");
                let is_known = FOREIGN_OPTIONS.contains(&word) || known.contains(word);
                if (is_option || is_name) && !is_known {
                    unknown.push(format!("{}:{}: {word}", page.name, at + 1));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "the program does not have {unknown:#?}");
}

/// Options, environment names and the like.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))
}

/// Every message that a page quotes is in the code, up to the figures and names for which a page
/// writes `…`.
#[test]
fn messages_are_those_of_the_program() {
    let code = program::code();
    let faults = Page::read("docs/FAULTS.md").table("Faults");
    let lines = Page::read("docs/OPERATIONS.md").table("When a line appears");
    let seen = faults.iter().map(|row| ("FAULTS", &row[1]));
    let appear = lines.iter().map(|row| ("OPERATIONS", &row[0]));
    let mut unknown = Vec::new();
    for (page, cell) in seen.chain(appear) {
        let messages = quoted(cell).into_iter().filter(|text| text.contains(' '));
        for message in messages {
            let mut fragments = message.split('…').map(str::trim);
            if !fragments.all(|fragment| code.contains(fragment)) {
                unknown.push(format!("docs/{page}.md: {message}"));
            }
        }
    }
    // The block that `watch` draws on a terminal: its labels, each as wide as the widest.
    let operations = Page::read("docs/OPERATIONS.md");
    let blocks = operations.blocks();
    let drawn = blocks
        .iter()
        .find(|block| block.language == "text")
        .unwrap();
    for line in &operations.lines[drawn.first..drawn.end] {
        let label = line.get(..WATCH_LABEL).unwrap_or(line);
        if !code.contains(label) {
            unknown.push(format!("docs/OPERATIONS.md: {label}"));
        }
    }
    assert!(unknown.is_empty(), "the program never says {unknown:#?}");
}

/// Every test that a page names exists.
#[test]
fn tests_that_are_named_exist() {
    let mut tests = String::new();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        tests.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap_or_default());
    }
    for row in Page::read("docs/FAULTS.md").table("Faults") {
        for name in quoted(&row[3]) {
            let exists = root().join(name).exists() || tests.contains(&format!("fn {name}("));
            assert!(exists, "docs/FAULTS.md names {name}");
        }
    }
}

/// Every command in the files for cron and systemd runs.
#[test]
fn deployed_commands_run() {
    let mut commands = Vec::new();
    for name in [
        "crontab",
        "dialpace.service",
        "dialpace-watch.service",
        "dialpace@.service",
    ] {
        let text = fs::read_to_string(root().join("scripts/deploy").join(name)).unwrap();
        for line in text.lines() {
            let command = match line.strip_prefix("ExecStart=") {
                None if line.starts_with("* ") => line.split_once("/usr").map(|(_, rest)| rest),
                command => command.and_then(|command| command.strip_prefix("/usr")),
            };
            // What is wrong goes on to the system's log, which is not tried here.
            let command = command.map(|rest| rest.split(" 2>&1 | ").next().unwrap_or(rest));
            commands.extend(command.map(|rest| format!("/usr{rest}")));
        }
    }
    assert_eq!(commands.len(), 5, "{commands:?}");
    for command in commands.iter_mut().filter(|c| c.contains(" watch ")) {
        command.push_str(" --cycles 1");
    }
    for (command, (code, printed)) in commands.iter().zip(session::deployed(&commands)) {
        assert_eq!(code, 0, "{command}:\n{printed}");
    }
}

/// What stands between back quotes in the first cells of a table.
fn names(rows: &[Vec<String>]) -> BTreeSet<String> {
    let cells = rows.iter().flat_map(|row| quoted(&row[0]));
    cells.map(str::to_owned).collect()
}

/// Writes what was printed in the place of what the page shows.
fn rewrite(page: &Page, differences: &[Difference]) {
    let mut lines = page.lines.clone();
    for rewrite in differences.iter().rev().filter_map(|d| d.rewrite.as_ref()) {
        lines.splice(rewrite.first..rewrite.end, rewrite.lines.iter().cloned());
    }
    if lines != page.lines {
        #[expect(
            clippy::disallowed_methods,
            reason = "a page, not a file of the program's"
        )]
        fs::write(root().join(&page.name), lines.join("\n") + "\n").unwrap();
    }
}

/// Lines of README.md: what a newcomer reads.
const README_LINES_MAX: usize = 200;
/// Bytes before the values of the block that `watch` draws.
const WATCH_LABEL: usize = "last error  ".len();
/// Options on the pages that are of other programs.
const FOREIGN_OPTIONS: &[&str] = &[
    "DIALPACE_WRITE_DOCS",
    "--factors",
    "--locked",
    "--nocapture",
    "--open",
    "--path",
    "--release",
    "--replace",
    "--source_format",
    "--strip-components",
    "--test",
    "--use_legacy_sql",
];
