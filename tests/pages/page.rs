//! A page as text: its fenced blocks, the commands in them, its tables and links.

use std::fs;
use std::path::{Path, PathBuf};

/// One page of the documentation.
pub(crate) struct Page {
    /// Its path from the root of the repository.
    pub(crate) name: String,
    /// Its lines.
    pub(crate) lines: Vec<String>,
}

/// A fenced block.
pub(crate) struct Block {
    /// What stands behind the fence: the language.
    pub(crate) language: String,
    /// The first line inside, counted from 0, and the line of the closing fence.
    pub(crate) first: usize,
    pub(crate) end: usize,
}

/// A command and the lines that the page shows below it.
pub(crate) struct Command {
    /// As a shell takes it.
    pub(crate) text: String,
    /// Its line, counted from 0.
    pub(crate) line: usize,
    /// The lines shown, from the first to the one after the last; `None` in a block without output.
    pub(crate) shown: Option<(usize, usize)>,
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The prefix of an installed release, whose pages are tried with its program instead of the
/// repository's. `scripts/release` names it.
#[expect(
    clippy::disallowed_methods,
    reason = "asked for by whoever runs the tests"
)]
pub(crate) fn installed() -> Option<PathBuf> {
    std::env::var_os("DIALPACE_INSTALLED").map(PathBuf::from)
}

/// Where the pages are, and the files that their commands read.
pub(crate) fn documents() -> PathBuf {
    installed().map_or_else(|| root().into(), |prefix| prefix.join("share/doc/dialpace"))
}

/// Every page: README.md, docs/ and the README files beside scripts and fixtures.
pub(crate) fn all() -> Vec<Page> {
    let mut names = vec![
        "README.md".to_owned(),
        "scripts/deploy/README.md".to_owned(),
        "fixtures/metrics/README.md".to_owned(),
    ];
    for entry in fs::read_dir(documents().join("docs")).unwrap() {
        let entry = entry.unwrap();
        // Beside the pages is the folder of their pictures.
        if entry.path().is_file() {
            let name = entry.file_name().into_string().unwrap();
            names.push(format!("docs/{name}"));
        }
    }
    names.sort();
    names.into_iter().map(Page::read).collect()
}

impl Page {
    pub(crate) fn read(name: impl Into<String>) -> Self {
        let name = name.into();
        let text = fs::read_to_string(documents().join(&name))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        Self {
            lines: text.lines().map(str::to_owned).collect(),
            name,
        }
    }

    pub(crate) fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(String, usize)> = None;
        for (at, line) in self.lines.iter().enumerate() {
            let Some(behind) = line.strip_prefix("```") else {
                continue;
            };
            open = match open.take() {
                None => Some((behind.trim().to_owned(), at + 1)),
                Some((language, first)) => {
                    blocks.push(Block {
                        language,
                        first,
                        end: at,
                    });
                    None
                }
            };
        }
        assert!(open.is_none(), "{}: a fence is left open", self.name);
        blocks
    }

    /// The commands of a `console` block, each with what is shown below it, or of an `sh` block,
    /// which shows nothing. A `\` at the end of a line continues the command.
    pub(crate) fn commands(&self, block: &Block) -> Vec<Command> {
        let has_output = block.language == "console";
        let mut commands: Vec<Command> = Vec::new();
        let mut continues = false;
        for at in block.first..block.end {
            let line = &self.lines[at];
            let begins = match line.strip_prefix("$ ") {
                Some(rest) if has_output => Some(rest),
                _ if has_output || line.trim().is_empty() || line.starts_with('#') => None,
                _ => Some(line.as_str()),
            };
            match (continues, begins, commands.last_mut()) {
                (true, _, Some(command)) => {
                    command.text = format!("{}\n{line}", command.text);
                    command.shown = has_output.then_some((at + 1, at + 1));
                }
                (_, Some(text), _) => commands.push(Command {
                    text: text.to_owned(),
                    line: at,
                    shown: has_output.then_some((at + 1, at + 1)),
                }),
                (_, None, Some(command)) => {
                    command.shown = command.shown.map(|(first, _)| (first, at + 1));
                    continue;
                }
                (_, None, None) => {
                    assert!(
                        !has_output,
                        "{}:{}: a console block begins with `$ `",
                        self.name,
                        at + 1
                    );
                }
            }
            continues = line.ends_with('\\');
        }
        commands
    }

    /// The rows of the first table below the heading, without its head; cells without back quotes.
    pub(crate) fn table(&self, heading: &str) -> Vec<Vec<String>> {
        let wanted = |line: &String| line.starts_with('#') && line.ends_with(heading);
        let start = self.lines.iter().position(wanted);
        let start = start.unwrap_or_else(|| panic!("{} has no heading {heading:?}", self.name));
        self.rows_after(start + 1)
    }

    /// The rows of the first table at or below a line.
    pub(crate) fn rows_after(&self, start: usize) -> Vec<Vec<String>> {
        let lines = self.lines[start..].iter();
        let lines = lines.skip_while(|line| !line.starts_with('|'));
        lines
            .take_while(|line| line.starts_with('|'))
            .skip(2)
            .map(|line| {
                let cells = line.trim_matches('|').split('|');
                cells.map(|cell| cell.trim().to_owned()).collect()
            })
            .collect()
    }

    /// Every link that leads into the repository: its line, counted from 1, and where it leads.
    pub(crate) fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            for (start, _) in line.match_indices("](") {
                let target = line[start + 2..].split(')').next().unwrap();
                if !target.contains("://") {
                    links.push((at + 1, target.to_owned()));
                }
            }
        }
        links
    }

    /// The path that a link leads to; the page itself for a heading of its own. A release has no code:
    /// links into it lead into the repository.
    pub(crate) fn path_of(&self, target: &str) -> PathBuf {
        let path_below = |root: &Path| match target.split('#').next().unwrap() {
            "" => root.join(&self.name),
            path => root.join(&self.name).parent().unwrap().join(path),
        };
        let code = path_below(root()).canonicalize();
        match code {
            Ok(code) if is_left_out_of_a_release(&code) => code,
            _ => path_below(&documents()),
        }
    }
}

fn is_left_out_of_a_release(path: &Path) -> bool {
    let scripts = root().join("scripts");
    let is_script = path.starts_with(&scripts) && !path.starts_with(scripts.join("deploy"));
    is_script || path.starts_with(root().join("src"))
}

/// What stands between back quotes in a text.
pub(crate) fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The fragment that leads to a heading: lower case, hyphens for spaces, no punctuation.
pub(crate) fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
