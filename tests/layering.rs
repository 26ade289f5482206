//! The house, as code: who imports whom, and what stays out of where.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules of the crate and those of ours that each may import, as the map in `lib.rs` says.
const MAP: &str = "
    pacing    :
    input     :
    interrupt :
    sim       : pacing
    scenario_file : sim input
    shards    : sim
    notice    :
    sabotage  :
    files     : sabotage
    clock     : pacing
    http      : clock notice pacing
    platform  : sim http files clock notice pacing
    warehouse : http files clock pacing
    history   : input pacing
    replay    : history pacing
    state     : warehouse sabotage files clock pacing
    cycle     : sabotage state warehouse platform http files clock notice pacing
    config    : cycle platform http pacing
    report    : sim replay history cycle state http clock notice pacing
    live      : scenario_file sim config report cycle state warehouse platform http files clock notice pacing
    tick      : live config report cycle clock
    watch     : live config report cycle state sim clock notice pacing
    simulate  : scenario_file shards sim report config interrupt input files notice pacing
    backtest  : replay history report config interrupt input clock files notice pacing
    cli       :
";

/// Words that may stand only in the modules named after them.
const HOMES: &str = "
    clap::       : cli main
    anyhow::     : live tick watch simulate backtest main
    std::fs      : files state config platform scenario_file shards backtest live
    csv::        : history
    ureq::       : http platform config warehouse
    Instant      : clock
    SystemTime   : clock
    std::env     : main
    std::net     : platform
    std::process : main sabotage
";

/// Every source file: the module it belongs to, its path, its code without comments.
fn sources() -> Vec<(String, PathBuf, String)> {
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
    files
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_str()
                .unwrap();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            (module, path, code)
        })
        .collect()
}

/// The names that follow `crate::` in `code`.
fn imports(code: &str) -> impl Iterator<Item = &str> {
    code.split("crate::").skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn arrows_run_downward_only() {
    let lines = MAP.lines().filter_map(|line| line.split_once(':'));
    let map: BTreeMap<&str, Vec<&str>> = lines
        .map(|(name, list)| (name.trim(), list.split_whitespace().collect()))
        .collect();
    let mut misses = Vec::new();
    for (module, path, code) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        let Some(allowed) = map.get(module.as_str()) else {
            misses.push(format!(
                "{}: module {module} is not in the map",
                path.display()
            ));
            continue;
        };
        for import in imports(&code) {
            if import != module && !allowed.contains(&import) {
                misses.push(format!("{}: {module} imports {import:?}", path.display()));
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn the_map_has_no_circle() {
    // Each module may import only modules that stand above it in the map.
    let mut above = Vec::new();
    for line in MAP.lines().filter(|line| line.contains(':')) {
        let (name, list) = line.split_once(':').unwrap();
        for import in list.split_whitespace() {
            assert!(
                above.contains(&import),
                "{} imports {import}, which comes later",
                name.trim()
            );
        }
        above.push(name.trim());
    }
}

#[test]
fn what_has_a_home_stays_there() {
    let mut misses = Vec::new();
    for line in HOMES.lines().filter(|line| line.contains(" :")) {
        let (word, homes) = line.split_once(" :").unwrap();
        let (word, homes): (&str, Vec<&str>) = (word.trim(), homes.split_whitespace().collect());
        for (module, path, code) in sources() {
            if code.contains(word) && !homes.contains(&module.as_str()) {
                misses.push(format!(
                    "{}: {word} belongs in {}",
                    path.display(),
                    homes.join(", ")
                ));
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn pacing_is_pure() {
    let pacing = sources()
        .into_iter()
        .filter(|(module, ..)| module == "pacing");
    for (_, path, code) in pacing {
        for impure in [
            "std::fs",
            "std::io",
            "std::time::Instant",
            "rand::",
            "println",
            "eprintln",
            "log::",
            "\nstatic ",
        ] {
            assert!(!code.contains(impure), "{}: {impure}", path.display());
        }
    }
}

#[test]
fn files_stay_small() {
    for (_, path, code) in sources() {
        let lines = code.lines().count();
        assert!(
            lines <= 400,
            "{} has {lines} lines of code; is it still one idea?",
            path.display()
        );
    }
}
