//! The scenarios of the fixtures: what each says of itself is checked, by its `[[expect]]` tables.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Folder, Run};
use dialpace::config::expectation::{ANSWER_RATE, Expectation};
use dialpace::config::scenario_file::{self, ScenarioFile};
use serde_json::Value;

/// Replications of each run. The bounds in the files leave room for what they do not average out.
const REPLICATIONS: &str = "8";

#[test]
fn every_scenario_does_what_its_description_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let misses: Vec<String> = paths.iter().flat_map(|path| misses(path)).collect();
    assert!(misses.is_empty(), "\n{}", misses.join("\n"));
}

/// What is not as the file says, one line each.
fn misses(path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let file = match scenario_file::read_checked(path, Duration::ZERO) {
        Ok(file) => file,
        Err(error) => return vec![error.to_string()],
    };
    let mut misses = Vec::new();
    if file.scenario.description.is_empty() {
        misses.push(format!("{name}: it has no description"));
    }
    if file.expectations.is_empty() {
        misses.push(format!(
            "{name}: it has no [[expect]] table, so nothing checks its description"
        ));
    }
    let mut runs = BTreeMap::new();
    for (n, expectation) in file.expectations.iter().enumerate() {
        let (scenario, args) = run_of(&file, expectation);
        let run = runs.entry((scenario, args));
        let run = run.or_insert_with_key(|(scenario, args)| simulate(scenario, args));
        let value = run[&expectation.figure];
        if !expectation.holds(value) {
            let Expectation {
                policy,
                figure,
                min,
                max,
                ..
            } = expectation;
            let bound = |bound: &Option<f64>| bound.map_or("any".to_owned(), |b| b.to_string());
            misses.push(format!(
                "{name}: expect[{n}]: {figure} under {policy} is {value}, expected {} to {}",
                bound(min),
                bound(max)
            ));
        }
    }
    misses
}

/// The scenario with the expectation's time as the time that is counted, and the arguments beside it.
fn run_of(file: &ScenarioFile, expectation: &Expectation) -> (String, Vec<String>) {
    let mut scenario = file.scenario.clone();
    if let Some(from_secs) = expectation.from_secs {
        scenario.warm_up_secs = from_secs;
    }
    if let Some(to_secs) = expectation.to_secs {
        scenario.hours = to_secs / 3600.0;
    }
    let mut args = vec!["--policy".to_owned(), expectation.policy.clone()];
    for (key, value) in &expectation.settings {
        let flag = format!("--{}", key.replace('_', "-"));
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        args.extend([flag, value]);
    }
    if expectation.figure == ANSWER_RATE {
        args.extend(TRACE.map(str::to_owned));
    }
    (scenario_file::text(&scenario).unwrap(), args)
}

/// The figures of a run by their names, as means.
fn simulate(scenario: &str, args: &[String]) -> BTreeMap<String, f64> {
    let folder = Folder::new();
    folder.write("scenario.toml", scenario);
    let common = [
        "simulate",
        "scenario.toml",
        "--replications",
        REPLICATIONS,
        "--format",
        "json",
    ];
    let args: Vec<&str> = common
        .into_iter()
        .chain(args.iter().map(String::as_str))
        .collect();
    let document = folder.dialpace(&args).finish().expect(0).json();
    let result = document["results"][0].as_object().unwrap();
    let mean = |value: &Value| value["mean"].as_f64().or(value.as_f64());
    let mut figures: BTreeMap<String, f64> = result
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), mean(value)?)))
        .collect();
    if args.contains(&TRACE[0]) {
        let from_secs = document["scenario"]["warm_up_secs"].as_f64().unwrap();
        let interval_secs = document["scenario"]["interval_secs"].as_f64().unwrap();
        let rate = answer_rate(&folder.read(TRACE[1]), interval_secs, from_secs);
        figures.insert(ANSWER_RATE.to_owned(), rate);
    }
    figures
}

/// Answered ÷ ended attempts of the intervals of one replication that begin at `from_secs` or later.
fn answer_rate(trace: &str, interval_secs: f64, from_secs: f64) -> f64 {
    let (mut ended, mut answered) = (0.0, 0.0);
    for (n, row) in (0..).zip(trace.lines().skip(1)) {
        if f64::from(n) * interval_secs < from_secs {
            continue;
        }
        let fields: Vec<&str> = row.split(',').collect();
        // An interval whose poll failed has no metrics.
        if let (Ok(in_row), Ok(of_them)) = (fields[2].parse::<f64>(), fields[3].parse::<f64>()) {
            ended += in_row;
            answered += of_them;
        }
    }
    answered / ended
}

#[test]
fn an_expectation_that_cannot_be_checked_names_file_line_and_key() {
    let cases = [
        (
            "policy = \"capacity\"\nfigure = \"occupency\"\nmin = 0.5",
            "s.toml:3: expect[0].figure: \"occupency\" is none of occupancy, abandonmentRate",
        ),
        (
            "policy = \"capcity\"\nfigure = \"occupancy\"\nmin = 0.5",
            "s.toml:3: expect[0].policy: \"capcity\" is none of capacity, compensated",
        ),
        (
            "policy = \"capacity\"\nfigure = \"occupancy\"",
            "s.toml:3: expect[0].min, max: expected one of them",
        ),
        (
            "policy = \"capacity\"\nfigure = \"occupancy\"\nmin = 0.5\nmax = 0.4",
            "s.toml:3: expect[0].min: 0.5 is above max, 0.4",
        ),
        (
            "policy = \"capacity\"\nfigure = \"occupancy\"\nfrom_secs = 9000\nmin = 0.5",
            "s.toml:3: expect[0].from_secs and to_secs: 9000 to 7200 is no time within the scenario, 0 to 7200",
        ),
        (
            "policy = \"capacity\"\nfigure = \"occupancy\"\nminimum = 0.5",
            "s.toml:6: unknown key \"minimum\"; did you mean min?",
        ),
        (
            "policy = \"capacity\"\nmin = 0.5",
            "s.toml:3: missing field `figure`",
        ),
    ];
    for (text, message) in cases {
        let folder = Folder::new();
        folder.write("s.toml", format!("hours = 2\n\n[[expect]]\n{text}\n"));
        let run = folder.dialpace(&["simulate", "s.toml"]).finish().expect(2);
        assert!(
            run.error().contains(message),
            "{text}\nwanted: {message}\ngot: {}",
            run.stderr
        );
    }
}

#[test]
fn expectations_change_no_result_and_stand_in_none() {
    let folder = Folder::new();
    let world = "name = \"w\"\nhours = 1\n";
    let expectation = "[[expect]]\npolicy = \"capacity\"\nfigure = \"dialRate\"\nmin = 99\n";
    folder.write("without.toml", world);
    folder.write("with.toml", format!("{world}{expectation}"));
    let whole = ["--replications", "2", "--format", "json"];
    for args in [
        &whole[..],
        &["--replications", "2", "--shard", "1/2"],
        &["--print-scenario"],
    ] {
        let run = |file| {
            let args = [&["simulate", file], args].concat();
            folder.dialpace(&args).finish().expect(0).stdout
        };
        assert_eq!(run("with.toml"), run("without.toml"));
    }
    let tick = ["tick", "--sandbox", "with.toml", "--speed", "1000"];
    folder.dialpace(&tick).finish().expect(0);
}

/// What the command line needs for a trace.
const TRACE: [&str; 2] = ["--trace", "trace.csv"];
