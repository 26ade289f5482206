//! The house, as code: who imports whom, and what stays out of where.
//!
//! The map is the table in `src/lib.rs`; there is no other.

#![allow(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Words that may stand only in the rooms named after them, or in the one file.
const HOMES: &str = "
    clap::       : commands main.rs
    anyhow::     : commands live main.rs
    std::fs      : base config platform live commands
    csv::        : history
    ureq::       : http platform config warehouse
    Instant      : base/clock.rs
    SystemTime   : base/clock.rs
    std::env     : main.rs
    std::net     : platform http
    std::process : main.rs base/fault_hook.rs base/files/own.rs
";

/// One source file.
struct Source {
    /// Its path inside `src`, with `/`.
    path: String,
    /// Its code, without comments.
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// The module that it is: `http::client`, or `http` for `http/mod.rs`.
    fn module(&self) -> String {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.replace('/', "::")
    }

    /// Every path of this crate that it names, as modules and a last name: `http::client::Client`.
    fn names(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (start, from) in [("crate::", String::new()), ("super::", self.parent())] {
            for (at, _) in self.code.match_indices(start) {
                let before = self.code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let (mut base, mut rest) = (from.clone(), &self.code[at + start.len()..]);
                while start == "super::" && rest.starts_with("super::") {
                    base = parent_of(&base);
                    rest = &rest["super::".len()..];
                }
                found.extend(expand(&base, rest));
            }
        }
        found
    }

    fn parent(&self) -> String {
        parent_of(&self.module())
    }
}

fn parent_of(module: &str) -> String {
    module
        .rsplit_once("::")
        .map_or_else(String::new, |(parent, _)| parent.to_owned())
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expand(base: &str, text: &str) -> Vec<String> {
    let join = |name: &str| match base {
        "" => name.to_owned(),
        base => format!("{base}::{name}"),
    };
    if let Some(list) = text.strip_prefix('{') {
        let mut names = Vec::new();
        let (mut depth, mut start) = (0, 0);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    names.extend(expand(base, list[start..at].trim()));
                    start = at + 1;
                    if c == '}' {
                        return names;
                    }
                }
                _ => {}
            }
        }
        return names;
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match rest.strip_prefix("::") {
        _ if name.is_empty() || name == "self" => Vec::new(),
        Some(rest) if rest.starts_with(|c: char| c.is_alphanumeric() || c == '{' || c == '_') => {
            expand(&join(name), rest)
        }
        _ => vec![join(name)],
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        Source {
            path: path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/"),
            code: code.collect::<Vec<_>>().join("\n"),
        }
    };
    files.into_iter().map(source).collect()
}

/// The rooms in the order of the table in lib.rs, each with those that it may import.
fn map() -> Vec<(String, Vec<String>)> {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let text = fs::read_to_string(lib).unwrap();
    let links = |cell: &str| -> Vec<String> {
        let links = cell.split("[`").skip(1);
        links
            .map(|link| link.split('`').next().unwrap().to_owned())
            .collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("//! | [`"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        (links(cells[1]).remove(0), links(cells[3]))
    })
    .collect()
}

#[test]
fn the_map_shows_every_room_and_arrows_run_downward_only() {
    let map = map();
    let order: Vec<&str> = map.iter().map(|(room, _)| room.as_str()).collect();
    let mut misses = Vec::new();
    for (place, (room, imports)) in map.iter().enumerate() {
        for import in imports {
            if order.iter().position(|other| other == import) <= Some(place) {
                misses.push(format!("{room} imports {import}, which is not below it"));
            }
        }
    }
    let allowed: BTreeMap<&str, &Vec<String>> = map
        .iter()
        .map(|(room, imports)| (room.as_str(), imports))
        .collect();
    let mut used = BTreeSet::new();
    for source in sources() {
        let room = source.room().to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(allowed) = allowed.get(room.as_str()) else {
            misses.push(format!("{}: {room} is not in the map", source.path));
            continue;
        };
        for name in source.names() {
            let import = name.split("::").next().unwrap().to_owned();
            if import != room && !allowed.contains(&import) {
                misses.push(format!("{}: {room} imports {name}", source.path));
            }
            used.insert((room.clone(), import));
        }
    }
    for (room, imports) in &map {
        for import in imports {
            if !used.contains(&(room.clone(), import.clone())) {
                misses.push(format!(
                    "the map says that {room} imports {import}; it does not"
                ));
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

/// The pure pacer knows of `base` its units alone.
#[test]
fn pacing_is_pure() {
    for source in sources().iter().filter(|source| source.room() == "pacing") {
        for name in source.names() {
            let is_own = name.starts_with("pacing::") || name.starts_with("base::units");
            assert!(is_own, "{}: {name}", source.path);
        }
        for impure in [
            "std::fs",
            "std::io",
            "std::thread",
            "std::sync",
            "rand::",
            "print",
            "log::",
            "\nstatic ",
        ] {
            assert!(!source.code.contains(impure), "{}: {impure}", source.path);
        }
    }
}

/// A name leads to the file that defines it: through what a parent passes on with `pub use`.
#[test]
fn no_two_files_need_each_other() {
    let sources = sources();
    let by_module: BTreeMap<String, &Source> = sources
        .iter()
        .map(|source| (source.module(), source))
        .collect();
    // What a module passes on: (module, name) to the path that it stands for.
    let mut passed_on: BTreeMap<(String, String), String> = BTreeMap::new();
    for source in &sources {
        let module = source.module();
        let uses = source
            .code
            .split("pub use ")
            .chain(source.code.split("pub(super) use "));
        for text in uses.skip(1) {
            let text = text.strip_prefix("self::").unwrap_or(text);
            for name in expand(&module, text) {
                let last = name.rsplit("::").next().unwrap().to_owned();
                passed_on.insert((module.clone(), last), name);
            }
        }
    }
    let file_of = |name: &str| {
        let mut name = name.to_owned();
        for _ in 0..8 {
            if by_module.contains_key(&name) {
                return Some(name);
            }
            let (parent, last) = name.rsplit_once("::")?;
            let (parent, last) = (parent.to_owned(), last.to_owned());
            match passed_on.get(&(parent.clone(), last)) {
                Some(target) if *target != name => name.clone_from(target),
                _ if by_module.contains_key(&parent) => return Some(parent),
                _ => name = parent,
            }
        }
        None
    };
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in &sources {
        let module = source.module();
        let own = passed_on.iter().filter(|((of, _), _)| *of == module);
        let own: BTreeSet<&String> = own.map(|(_, target)| target).collect();
        let mut names = source.names();
        // What a parent takes from its own children.
        let children = by_module.keys().filter(|child| parent_of(child) == module);
        for child in children {
            let name = child.rsplit("::").next().unwrap();
            for (at, _) in source.code.match_indices(&format!("{name}::")) {
                let before = source.code[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric() && !"_:".contains(c)) {
                    names.extend(expand(&module, &source.code[at..]));
                }
            }
        }
        for name in names.into_iter().filter(|name| !own.contains(name)) {
            needs
                .entry(module.clone())
                .or_default()
                .extend(file_of(&name).filter(|target| *target != module));
        }
    }
    // What needs nothing that is left, or is needed by nothing that is left, is in no circle.
    loop {
        let before = needs.len();
        let left: BTreeSet<String> = needs.keys().cloned().collect();
        let needed: BTreeSet<String> = needs.values().flatten().cloned().collect();
        needs.retain(|module, targets| {
            targets.retain(|target| left.contains(target));
            !targets.is_empty() && needed.contains(module)
        });
        if needs.len() == before {
            break;
        }
    }
    assert!(needs.is_empty(), "circles: {needs:#?}");
}

#[test]
fn what_has_a_home_stays_there() {
    let mut misses = Vec::new();
    for line in HOMES.lines().filter(|line| line.contains(" :")) {
        let (word, homes) = line.split_once(" :").unwrap();
        let (word, homes): (&str, Vec<&str>) = (word.trim(), homes.split_whitespace().collect());
        for source in sources() {
            let is_home = homes
                .iter()
                .any(|home| *home == source.room() || source.path == **home);
            if source.code.contains(word) && !is_home {
                misses.push(format!(
                    "{}: {word} belongs in {}",
                    source.path,
                    homes.join(", ")
                ));
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

/// Files beyond the limit, each with its reason.
const LARGE: [(&str, &str); 1] = [("config/settings.rs", "one table, a row for each setting")];

#[test]
fn files_stay_small() {
    for source in sources() {
        let lines = source.code.lines().count();
        let is_large = LARGE.iter().any(|(path, _)| source.path == *path);
        assert_eq!(
            lines > 300,
            is_large,
            "{} has {lines} lines of code; is it still one idea?",
            source.path
        );
    }
}
