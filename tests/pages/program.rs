//! The lists that the program itself gives: exit codes, options, policies, fields, metrics.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::common::{Call, Folder, Platform, Reply, Run};
use crate::page::root;

/// The help of the program and of every subcommand.
pub(crate) fn help() -> String {
    let folder = Folder::new();
    let help = |words: &str| {
        let args: Vec<&str> = words.split_whitespace().chain(["--help"]).collect();
        folder.dialpace(&args).finish().expect(0).stdout
    };
    [
        "",
        "tick",
        "watch",
        "stop",
        "resume",
        "check",
        "simulate",
        "backtest",
        "fit",
        "man",
        "completions",
    ]
    .map(help)
    .concat()
}

/// The exit codes in the help of `tick`.
pub(crate) fn exit_codes_of_help() -> BTreeSet<String> {
    let help = Folder::new()
        .dialpace(&["tick", "--help"])
        .finish()
        .expect(0)
        .stdout;
    let list = help.split("Exit codes: ").nth(1).unwrap();
    let entries = list.split(';').map(str::trim_start);
    let codes = entries.map(|entry| entry.split(' ').next().unwrap());
    codes
        .flat_map(|codes| codes.split('/'))
        .map(str::to_owned)
        .collect()
}

/// The exit codes that the code has constants for, and those of the two signals.
pub(crate) fn exit_codes_of_code() -> BTreeSet<String> {
    let code = fs::read_to_string(root().join("src/commands/exit.rs")).unwrap();
    let constants = code.lines().filter(|line| line.starts_with("pub const"));
    let values = constants.map(|line| line.rsplit(' ').next().unwrap().trim_end_matches(';'));
    values.chain(["130", "143"]).map(str::to_owned).collect()
}

/// The policies that `tick` takes.
pub(crate) fn policies_of_tick() -> BTreeSet<String> {
    let output = Folder::new()
        .dialpace(&["tick", "--policy", "none-of-them"])
        .finish()
        .expect(2);
    let values = output.stderr.split("[possible values: ").nth(1).unwrap();
    let names = values.split(']').next().unwrap().split(", ");
    names.map(str::to_owned).collect()
}

/// The words in what `simulate` says to a wrong policy that are policies.
pub(crate) fn policies_of_simulate() -> BTreeSet<String> {
    let folder = Folder::new();
    let simulate = |policy: &str| {
        let mut command = folder.dialpace(&["simulate", "--policy", policy, "--hours", "0.1"]);
        command
            .args(["--replications", "1", "--quiet"])
            .env("DIALPACE_DIAL_RATE", "20")
            .finish()
    };
    let said = simulate("none-of-them").expect(2).stderr;
    let words = said.split(|c: char| !c.is_ascii_lowercase() && c != '-');
    words
        .filter(|word| word.len() > 4 && simulate(word).code == 0)
        .map(str::to_owned)
        .collect()
}

/// The fields that `--json` may print: of a cycle, of a failed one, of a dry run and of `predictive`.
pub(crate) fn fields_of_json() -> BTreeSet<String> {
    let platform = Platform::start();
    let folder = Folder::new();
    let tick = |args: &[&str]| {
        let args = [&["--json", "--quiet"], args].concat();
        let output = folder.tick(&platform, &args).finish();
        object(&output.stdout).keys().cloned().collect()
    };
    let mut fields: BTreeSet<String> = tick(&["--dry-run"]);
    fields.append(&mut tick(&[]));
    fields.append(&mut tick(&["--policy", "predictive"]));
    platform.script(|request, _| match request.call() {
        Call::Metrics => Reply::status(404),
        _ => Reply::Contract,
    });
    fields.append(&mut tick(&[]));
    // A record is refused, and in its third cycle for good.
    let warehouse = ["--dw-endpoint", &platform.warehouse()];
    platform.script(|request, _| match request.call() {
        Call::Warehouse => Reply::status(400),
        _ => Reply::Contract,
    });
    platform.world().agents = 20;
    for _ in 0..3 {
        fields.append(&mut tick(&warehouse));
    }
    fields
}

/// The fields of a record, in their order.
pub(crate) fn fields_of_record() -> Vec<String> {
    let platform = Platform::start();
    let folder = Folder::new();
    let mut tick = folder.tick(&platform, &["--dw-endpoint", "records.ndjson"]);
    tick.finish().expect(0);
    let record = folder.read("records.ndjson");
    let fields = record.split("\":").map(|part| part.rsplit('"').next());
    let fields: Vec<String> = fields.map(|name| name.unwrap().to_owned()).collect();
    let (_, fields) = fields.split_last().unwrap();
    fields.to_vec()
}

/// The metrics of a cycle of a campaign, and of one of a skill.
pub(crate) fn metrics() -> BTreeSet<String> {
    let platform = Platform::start();
    let folder = Folder::new();
    let mut tick = folder.tick(&platform, &["--metrics-file", "m.prom"]);
    tick.env("DIALPACE_CALLING_HOURS", "daily 00:00-24:00")
        .env("DIALPACE_TIME_ZONE", "UTC");
    tick.finish().expect(0);
    let skill = ["tick", "--sandbox", "--platform", "skills"];
    let mut skill = folder.dialpace(&[&skill[..], &["--metrics-file", "s.prom"]].concat());
    skill.finish().expect(0);
    let text = folder.read("m.prom") + &folder.read("s.prom");
    let heads = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    heads
        .map(|head| head.split(' ').next().unwrap().to_owned())
        .collect()
}

/// The keys of a scenario.
pub(crate) fn scenario_keys() -> BTreeSet<String> {
    let output = Folder::new()
        .dialpace(&["simulate", "--print-scenario"])
        .finish()
        .expect(0);
    let mut keys = BTreeSet::new();
    for line in output.stdout.lines() {
        let name = match line.strip_prefix('[') {
            Some(section) => section.trim_matches(['[', ']']).rsplit('.').next(),
            None => line.split(" = ").next(),
        };
        keys.extend(name.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    keys
}

/// The names of reasons in the code, as `backtest --output` writes them.
pub(crate) fn reasons() -> BTreeSet<String> {
    let code = fs::read_to_string(root().join("src/pacing/decision.rs")).unwrap();
    let names = code.split("impl Reason {").nth(1).unwrap();
    let names = names.split("\n}\n").next().unwrap();
    let strings = names.split('"').skip(1).step_by(2);
    strings.map(str::to_owned).collect()
}

/// All code, with the lines of a string that goes on put together.
pub(crate) fn code() -> String {
    let mut code = String::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                code.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let lines = code.split("\\\n");
    lines.map(str::trim_start).collect()
}

fn object(line: &str) -> serde_json::Map<String, Value> {
    serde_json::from_str(line).unwrap()
}
