//! Manual pages, made from the command line, the table of settings and the help.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::config::SETTINGS;

/// The page of a subcommand, or of the program itself, in roff.
pub(super) fn page(command: &Command) -> io::Result<Vec<u8>> {
    let help = command
        .get_after_long_help()
        .or_else(|| command.get_after_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let help = Help::of(&help);
    let name = command.get_display_name().unwrap_or(command.get_name());
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .date(VERSION_DATE)
        .source(concat!("dialpace ", env!("CARGO_PKG_VERSION")))
        .manual("dialpace manual");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut roff = Roff::new();
    if !help.notes.is_empty() {
        roff.control("SH", ["NOTES"]);
        for (n, paragraph) in help.notes.iter().enumerate() {
            if n > 0 {
                roff.control("PP", []);
            }
            roff.text([roman(paragraph)]);
        }
    }
    entries(&mut roff, "EXIT STATUS", &help.exit_codes);
    entries(&mut roff, "ENVIRONMENT", &environment(command));
    if command.get_arguments().any(|arg| arg.get_id() == "state") {
        let files = FILES.map(|(name, meaning)| (name.to_owned(), meaning.to_owned()));
        entries(&mut roff, "FILES", &files);
    }
    if !help.examples.is_empty() {
        roff.control("SH", ["EXAMPLES"]);
        roff.control("EX", []);
        for line in &help.examples {
            roff.text([roman(line)]);
        }
        roff.control("EE", []);
    }
    roff.to_writer(&mut page)?;
    Ok(tidy(&String::from_utf8_lossy(&page)).into_bytes())
}

/// Filled text in lines that are not too long, and no request that has no effect.
fn tidy(page: &str) -> String {
    let mut tidy = String::new();
    let mut is_filled = true;
    let mut lines = page.lines().peekable();
    let mut before = "text";
    while let Some(line) = lines.next() {
        let is_request = line.starts_with('.');
        let next = lines.peek().copied().unwrap_or_default();
        match line {
            ".EX" => is_filled = false,
            ".EE" => is_filled = true,
            _ => {}
        }
        let is_space = |line| matches!(line, "" | ".sp");
        let is_idle = (line == ".br" && (is_space(before) || is_space(next)))
            || (APOSTROPHE.contains(&line) && tidy.contains(line));
        if !is_idle {
            if is_request || !is_filled {
                tidy.push_str(line.trim_end());
            } else {
                tidy.push_str(&filled(line));
            }
            tidy.push('\n');
            before = line;
        }
    }
    tidy
}

/// A line of filled text, broken at blanks.
fn filled(line: &str) -> String {
    let mut filled = String::new();
    let mut width = 0;
    for word in line.split_whitespace() {
        // Readers of manuals take a letter outside ASCII as an escape such as \[u00F7].
        let length_of = |letter: char| if letter.is_ascii() { 1 } else { 8 };
        let length = word.chars().map(length_of).sum::<usize>() + 1;
        if width > 0 && width + length > WIDTH {
            filled.push('\n');
            width = 0;
            // At the beginning of a line these would be a request.
            if word.starts_with(['.', '\'']) {
                filled.push_str("\\&");
            }
        } else if width > 0 {
            filled.push(' ');
        }
        filled.push_str(word);
        width += length;
    }
    filled
}

fn entries(roff: &mut Roff, section: &str, entries: &[(String, String)]) {
    if entries.is_empty() {
        return;
    }
    roff.control("SH", [section]);
    for (name, meaning) in entries {
        roff.control("TP", []);
        roff.text([bold(name)]);
        roff.text([roman(meaning)]);
    }
}

/// The names in the environment that the command reads, with the meaning of each.
fn environment(command: &Command) -> Vec<(String, String)> {
    let takes = |key: &str| command.get_arguments().any(|arg| arg.get_id() == key);
    let is_live = takes("state");
    let settings = SETTINGS.iter().filter(|setting| !setting.env.is_empty());
    settings
        .filter(|setting| takes(setting.key) || (is_live && !setting.has_flag()))
        .map(|setting| (setting.env.to_owned(), format!("{}.", setting.help)))
        .collect()
}

/// The parts of the text that stands after the options in the long help.
struct Help {
    examples: Vec<String>,
    notes: Vec<String>,
    exit_codes: Vec<(String, String)>,
}

impl Help {
    fn of(text: &str) -> Self {
        let mut help = Self {
            examples: Vec::new(),
            notes: Vec::new(),
            exit_codes: Vec::new(),
        };
        for paragraph in text.split("\n\n") {
            if let Some(lines) = paragraph.strip_prefix("Examples:\n") {
                let lines = lines.lines();
                help.examples
                    .extend(lines.map(|line| line.strip_prefix("  ").unwrap_or(line).to_owned()));
            } else if let Some(codes) = paragraph.strip_prefix("Exit codes: ") {
                let codes = codes.replace('\n', " ");
                let codes = codes.trim_end_matches('.').split("; ");
                let entry = |code: &str| {
                    let (code, meaning) = code.split_once(' ').unwrap_or((code, ""));
                    (code.to_owned(), meaning.to_owned())
                };
                help.exit_codes.extend(codes.map(entry));
            } else if !paragraph.trim().is_empty() {
                help.notes.push(paragraph.replace('\n', " "));
            }
        }
        help
    }
}

/// The files of a campaign.
const FILES: [(&str, &str); 7] = [
    (
        "dialpace/CAMPAIGN.json",
        "The state, under $XDG_STATE_HOME or ~/.local/state, unless --state names another file.",
    ),
    ("STATE.lock", "Locked by the run that holds the state."),
    (
        "STATE.token",
        "The access token, readable by its owner only.",
    ),
    (
        "STATE.hold",
        "The marker of dialpace stop. Every cycle obeys it until dialpace resume takes it away.",
    ),
    (
        "STATE.overflow-DAY.ndjson",
        "Records that found no more place in the state.",
    ),
    (
        "STATE.refused-DAY.ndjson",
        "Records that the warehouse refused for good, with its answer.",
    ),
    (
        ".env",
        "Settings as NAME=value, in the current folder, unless --env-file names another file.",
    ),
];
/// The definition of an apostrophe, which stands at the beginning of every section.
const APOSTROPHE: [&str; 2] = [r".ie \n(.g .ds Aq \(aq", ".el .ds Aq '"];
/// Width of a line, bytes.
const WIDTH: usize = 80;
/// The day of the version.
const VERSION_DATE: &str = "2026-11-29";
