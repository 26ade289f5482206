//! Manual pages and completion scripts, as they are printed. `scripts/manual` has real readers check
//! them.

mod common;

use common::{Folder, Run as _};

const COMMANDS: [&str; 11] = [
    "tick",
    "watch",
    "stop",
    "resume",
    "check",
    "simulate",
    "backtest",
    "fit",
    "completions",
    "man",
    "",
];

fn page(command: &str) -> String {
    let folder = Folder::new();
    let args = ["man", command];
    let args = if command.is_empty() {
        &args[..1]
    } else {
        &args
    };
    folder.dialpace(args).finish().expect(0).stdout
}

fn section<'a>(page: &'a str, name: &str) -> &'a str {
    let begin = page.split(&format!("\n.SH {name}\n")).nth(1);
    begin
        .and_then(|rest| rest.split("\n.SH ").next())
        .unwrap_or_default()
}

#[test]
fn a_page_has_what_a_reader_looks_for() {
    let page = page("tick");
    let exit = section(&page, "\"EXIT STATUS\"");
    for code in ["0", "1", "2", "3", "4", "5", "6", "75", "130/143"] {
        assert!(exit.contains(&format!("\\fB{code}\\fR")), "{code}: {exit}");
    }
    let environment = section(&page, "ENVIRONMENT");
    for name in ["CXONE_SITE", "CXONE_CLIENT_SECRET", "SLA_THRESHOLD"] {
        assert!(environment.contains(name), "{name}: {environment}");
    }
    assert!(section(&page, "FILES").contains("STATE.hold"));
    let examples = section(&page, "EXAMPLES");
    let first = examples.lines().nth(1).unwrap_or_default();
    assert!(
        first.starts_with("dialpace tick \\-\\-sandbox "),
        "{examples}"
    );
}

#[test]
fn a_page_is_plain_roff() {
    for command in COMMANDS {
        let page = page(command);
        assert!(page.contains(".SH NAME"), "{page}");
        let mut is_filled = true;
        for line in page.lines() {
            assert_eq!(line, line.trim_end(), "{command}");
            is_filled = match line {
                ".EX" => false,
                ".EE" => true,
                _ => is_filled,
            };
            let is_text = is_filled && !line.starts_with('.');
            // mandoc counts a letter outside ASCII as the escape that it is read as.
            let length: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 8 }).sum();
            assert!(!is_text || length <= 80, "{command}: {line}");
        }
    }
}

#[test]
fn a_shell_completes_the_values_of_a_setting() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = folder
            .dialpace(&["completions", shell])
            .finish()
            .expect(0)
            .stdout;
        // Of `tick`, and of `simulate`, where they may be a list.
        for name in ["predictive", "vicidial-available", "skills", "etag"] {
            assert!(script.contains(name), "{shell}: {name}");
        }
    }
}
