//! The commands of a page, run in its order as a person would, and what they print compared with
//! what the page shows.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use crate::common::{CAMPAIGN, Folder, Platform, SECRET};
use crate::page::{Block, Command, Page, documents, installed, root};

/// Commands that are not run here: too long, or of other programs. Each with the file that runs it
/// and the words in that file that do.
const RUN_ELSEWHERE: &[(&str, &str, &str)] = &[
    ("cargo test", "scripts/check", "cargo test"),
    (
        "cargo build --release --locked",
        "scripts/bench",
        "cargo build --release --locked",
    ),
    (
        "cargo test --test theory -- --nocapture",
        "tests/theory.rs",
        "#[test]",
    ),
    ("scripts/check", "scripts/check", "Every check"),
    ("scripts/release", "scripts/release", "make; check"),
    (
        "sha256sum -c dialpace-*.tar.gz.sha256",
        "scripts/release",
        "sha256sum -c",
    ),
    (
        "sudo tar -xzf dialpace-*.tar.gz --strip-components=1 -C /usr/local",
        "scripts/release",
        "--strip-components=1 -C",
    ),
    (
        "tar -tzf dialpace-*.tar.gz | cut -d / -f 2- | (cd /usr/local && sudo xargs rm -f)",
        "scripts/release",
        "| cut -d / -f 2- | (cd \"$prefix\" && xargs rm -f)",
    ),
    ("scripts/league", "scripts/league", "def main()"),
    (
        "scripts/proxy",
        "tests/proxies.rs",
        "tinyproxy: scripts/proxy",
    ),
    ("scripts/sensitivity", "scripts/sensitivity", "def main()"),
    ("scripts/fit-check", "scripts/fit-check", "def main()"),
    (
        "scripts/fit-check confirm",
        "scripts/fit-check",
        "CONFIRMATION if",
    ),
    (
        "scripts/torture",
        "scripts/torture",
        "scripts/torture [short]",
    ),
    ("scripts/torture short", "scripts/torture", "= short"),
    (
        "scripts/warehouse",
        "scripts/warehouse",
        "scripts/warehouse [short]",
    ),
    (
        "scripts/warehouse short",
        "scripts/warehouse",
        "\"short\" in arguments",
    ),
    ("scripts/bench tick", "scripts/bench", "= tick"),
    ("scripts/bench simulate", "scripts/bench", "= simulate"),
    ("scripts/bench backtest", "scripts/bench", "= backtest"),
    ("scripts/bench campaigns", "scripts/bench", "= campaigns"),
];

/// What the machine's clock may change besides figures, and what it is compared as.
const OUTCOMES_OF_THE_CLOCK: &[(&str, &str)] = &[
    ("# → # calls/min", "# calls/min"),
    ("calls/min sent again", "calls/min"),
    (
        "answer rate is off its threshold",
        "it follows the available agents",
    ),
    (" (mean #)", ""),
    ("changed once", "changed # times"),
    ("changed never", "changed # times"),
];

/// Programs that a page may call besides `dialpace`.
const PROGRAMS: &[&str] = &["cat", "echo", "head", "ls", "tail"];

/// A difference between a page and the program.
pub(crate) struct Difference {
    /// The line of the command, counted from 1.
    pub(crate) line: usize,
    /// The command.
    pub(crate) command: String,
    /// What differs.
    pub(crate) problem: String,
    /// What to show instead.
    pub(crate) rewrite: Option<Rewrite>,
}

/// Lines of a page, from the first to the one after the last, and what is to replace them.
pub(crate) struct Rewrite {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) lines: Vec<String>,
}

/// One page's folder, campaign and last exit code. The real campaign of the pages is a platform on
/// loopback, and its names are exchanged for the pages' on the way in and out.
struct Session<'a> {
    page: &'a Page,
    folder: Folder,
    /// (name on the page, name here)
    names: Vec<(&'static str, String)>,
    code: i32,
}

/// Runs every command of the page.
pub(crate) fn differences(page: &Page) -> Vec<Difference> {
    let platform = Platform::start();
    let mut session = Session::begin(page, &platform);
    let blocks = page.blocks();
    blocks
        .iter()
        .flat_map(|block| session.block(block))
        .collect()
}

/// Runs commands as the files of a deployment name them; gives the exit code and the output of each.
pub(crate) fn deployed(commands: &[String]) -> Vec<(i32, String)> {
    let platform = Platform::start();
    let readme = Page::read("README.md");
    let mut session = Session::begin(&readme, &platform);
    let secret = session.folder.path("secret").display().to_string();
    session.names.extend([
        ("/usr/local/bin/dialpace", "dialpace".to_owned()),
        ("/etc/dialpace/campaign.toml", "campaign.toml".to_owned()),
        ("/etc/dialpace/%i.toml", "campaign.toml".to_owned()),
        ("%S/", String::new()),
        ("%d/secret", secret),
    ]);
    let runs = commands.iter().map(|command| {
        let printed = session.run(command).join("\n");
        (session.code, printed)
    });
    runs.collect()
}

impl<'a> Session<'a> {
    fn begin(page: &'a Page, platform: &Platform) -> Self {
        let folder = Folder::new();
        for shared in ["fixtures", "scripts"] {
            symlink(documents().join(shared), folder.path(shared)).unwrap();
        }
        let secret = folder.write("secret", SECRET);
        let names = vec![
            ("https://warehouse.example.com/dialer", platform.warehouse()),
            ("https://na1.example.com", platform.site()),
            ("na1.example.com", platform.site()),
            ("/etc/dialpace/secret", secret.display().to_string()),
            ("\"pacer\"", "\"client-1\"".to_owned()),
            ("4711", CAMPAIGN.to_owned()),
        ];
        let session = Self {
            page,
            folder,
            names,
            code: 0,
        };
        session.supply_campaign();
        session
    }

    fn block(&mut self, block: &Block) -> Vec<Difference> {
        match block.language.as_str() {
            "console" | "sh" => {}
            "toml" | "json" | "text" => return Vec::new(),
            other => {
                return vec![Difference {
                    line: block.first,
                    command: format!("```{other}"),
                    problem: "a block is console, sh, toml, json or text".to_owned(),
                    rewrite: None,
                }];
            }
        }
        self.code = 0;
        let commands = self.page.commands(block);
        let found = commands.iter().filter_map(|command| {
            let (problem, rewrite) = self.command(command).err()?;
            Some(Difference {
                line: command.line + 1,
                command: command.text.clone(),
                problem,
                rewrite,
            })
        });
        found.collect()
    }

    /// Runs one command. An error is what differs, and what to show instead.
    fn command(&mut self, command: &Command) -> Result<(), (String, Option<Rewrite>)> {
        let text = command.text.split(" #").next().unwrap().trim();
        if let Some((_, file, words)) = RUN_ELSEWHERE.iter().find(|(known, ..)| *known == text) {
            let runs = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            return if runs.contains(words) {
                Ok(())
            } else {
                Err((format!("{file} does not run it: no {words:?} there"), None))
            };
        }
        let text = text.replace("cargo run --release -- ", "dialpace ");
        if let Some(unknown) = unknown_program(&text) {
            let problem = format!("{unknown} is neither run here nor in RUN_ELSEWHERE");
            return Err((problem, None));
        }
        let shown = command
            .shown
            .map(|(first, end)| &self.page.lines[first..end]);
        if text == "cat campaign.toml" || self.supplies_input(&text, shown.unwrap_or_default()) {
            return Ok(());
        }
        let printed = self.run(&text);
        // An error that the page does not show is not written into it either.
        let is_error =
            |line: &String| line.starts_with("error: ") || line.split(' ').nth(1) == Some("error");
        let is_told = shown.is_some_and(|shown| shown.iter().any(is_error));
        if self.code != 0 && !is_told {
            let printed = printed.join("\n");
            return Err((format!("it ended with {}:\n{printed}", self.code), None));
        }
        let (Some(shown), Some((first, end))) = (shown, command.shown) else {
            return Ok(());
        };
        let has_clock = text.contains("--sandbox");
        let masked = |lines: &[String]| -> Vec<String> {
            lines.iter().map(|line| mask(line, has_clock)).collect()
        };
        let (before, after) = (masked(shown), masked(&printed));
        let Some(at) = (0..before.len().max(after.len())).find(|n| before.get(*n) != after.get(*n))
        else {
            return Ok(());
        };
        let line = |lines: &[String]| lines.get(at).map_or("nothing".to_owned(), Clone::clone);
        let problem = format!(
            "line {} below it\n    the page shows: {}\n    it printed:     {}",
            at + 1,
            line(shown),
            line(&printed)
        );
        let lines = printed;
        Err((problem, Some(Rewrite { first, end, lines })))
    }

    /// The campaign file of README.md is there on every page.
    fn supply_campaign(&self) {
        let readme = Page::read("README.md");
        let blocks = readme.blocks();
        let mut commands = blocks.iter().flat_map(|block| readme.commands(block));
        let shown = commands.find(|command| command.text == "cat campaign.toml");
        let (first, end) = shown.and_then(|command| command.shown).unwrap();
        self.supplies_input("cat campaign.toml", &readme.lines[first..end]);
    }

    /// `cat FILE` of a file that no command before it wrote shows what its reader is to write. It
    /// is written here.
    fn supplies_input(&self, text: &str, shown: &[String]) -> bool {
        let name = text.strip_prefix("cat ");
        let Some(name) = name.filter(|name| !self.folder.path(name).exists()) else {
            return false;
        };
        let content = self.here(&(shown.join("\n") + "\n"));
        self.folder.write(name, content);
        true
    }

    /// Runs a command in the page's folder. Both streams go to one place, as on a terminal.
    fn run(&mut self, text: &str) -> Vec<String> {
        let built = Path::new(env!("CARGO_BIN_EXE_dialpace")).parent().unwrap();
        let programs = installed().map_or_else(|| built.into(), |prefix| prefix.join("bin"));
        let path = format!("{}:/usr/bin:/bin", programs.display());
        let script = format!("exec 2>&1\n(exit {})\n{}", self.code, self.here(text));
        let output = Process::new("sh")
            .args(["-c", &script])
            .current_dir(self.folder.path(""))
            .env_clear()
            .env("HOME", self.folder.path(""))
            .env("PATH", path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.code = output.status.code().unwrap_or(-1);
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(!printed.contains(SECRET), "{text} prints the secret");
        self.on_page(&printed).lines().map(str::to_owned).collect()
    }

    fn here(&self, text: &str) -> String {
        let exchange = |text: String, (page, here): &(&str, String)| text.replace(page, here);
        self.names.iter().fold(text.to_owned(), exchange)
    }

    fn on_page(&self, text: &str) -> String {
        let exchange = |text: String, (page, here): &(&str, String)| text.replace(here, page);
        let text = self.names.iter().fold(text.to_owned(), exchange);
        text.replace(self.folder.path("").to_str().unwrap(), "~/")
    }
}

/// The first program of a pipeline that a page may not call.
fn unknown_program(text: &str) -> Option<&str> {
    let parts = text.split(['|', ';', '&']).filter(|part| !part.is_empty());
    let programs = parts.filter_map(|part| {
        let mut words = part.split_whitespace();
        words.find(|word| {
            !word
                .split('=')
                .next()
                .unwrap()
                .chars()
                .all(is_of_a_variable)
        })
    });
    let is_known = |program: &&str| *program == "dialpace" || PROGRAMS.contains(program);
    let mut unknown = programs.filter(|program| !is_known(program));
    unknown.next()
}

fn is_of_a_variable(c: char) -> bool {
    c.is_ascii_uppercase() || c == '_'
}

/// A line without what differs from run to run: times after 2000 and ports; of what is paced by the
/// machine's clock, every figure, and whether a rate changed.
fn mask(line: &str, has_clock: bool) -> String {
    let mut masked = String::new();
    let mut rest = line.trim_end();
    while let Some(c) = rest.chars().next() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let number = &rest[..number.unwrap_or(rest.len())];
        let is_time = rest.starts_with('2') && rest.as_bytes().get(10) == Some(&b'T');
        let taken = match rest.find('Z') {
            Some(end) if is_time => end + 1,
            _ if c.is_ascii_digit() && (has_clock || masked.ends_with("127.0.0.1:")) => {
                number.trim_end_matches('.').len()
            }
            _ => 0,
        };
        if taken > 0 {
            masked.push('#');
            rest = &rest[taken..];
        } else {
            let plain = if c.is_ascii_digit() {
                number.len()
            } else {
                c.len_utf8()
            };
            masked.push_str(&rest[..plain]);
            rest = &rest[plain..];
        }
    }
    if has_clock {
        for (one_day, another) in OUTCOMES_OF_THE_CLOCK {
            masked = masked.replace(one_day, another);
        }
    }
    masked
}
