//! `backtest` through the built binary: what it reads, what it decides, what it refuses.

#![allow(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Finished, Folder, Run};
use dialpace::base::units::UnixMillis;
use dialpace::history::{AvailableAgents, HistoryPoll, HistoryRow, RowValues};
use dialpace::pacing::{Limits, Pacer, Policy, Ratio, Traffic};
use dialpace::replay::{ChartData, RateAt, Replay};
use serde_json::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn backtest(folder: &Folder, file: &Path, args: &[&str]) -> Finished {
    let file = file.to_str().unwrap();
    folder
        .dialpace(&[&["backtest", file], args].concat())
        .finish()
}

/// The decisions on `text`, as CSV.
fn decisions(folder: &Folder, text: impl AsRef<[u8]>, args: &[&str]) -> String {
    let file = folder.write("history.txt", text);
    let output = folder.path("decisions.csv");
    let with_output = [&["--output", output.to_str().unwrap()], args].concat();
    backtest(folder, &file, &with_output).expect(0);
    folder.read("decisions.csv")
}

/// The rows of a CSV text without quotes, each by the names of its header.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| header.iter().copied().zip(line.split(',')).collect())
        .collect()
}

const PLAIN: &str = "\
timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,dialRate
2026-11-02T09:00:30Z,a,10,8,0.8,40,34
2026-11-02T09:00:30Z,b,10,3,0.3,20,20
2026-11-02T09:01:00Z,a,8,6,0.75,40,34
2026-11-02T09:01:00Z,b,0,0,,30,20
2026-11-02T09:01:30Z,a,4,1,0.25,9,
2026-11-02T09:20:00Z,b,5,4,0.8,7,10
";

const PLAIN_DECISIONS: &str = "\
timestamp,campaignId,action,reason,previousDialRate,newDialRate,deviation,availableAgents,agentAvailabilityAvg,dialRate
2026-11-02T09:00:30.000Z,a,adjusted,rate-differs,0,34,0.050000000000000044,40,40.0,34
2026-11-02T09:00:30.000Z,b,adjusted,outside-band,0,17,-0.45,20,20.0,20
2026-11-02T09:01:00.000Z,a,held,stable,34,34,0.0,40,40.0,34
2026-11-02T09:01:00.000Z,b,adjusted,quiet-interval,17,21,,30,25.0,20
2026-11-02T09:01:30.000Z,a,adjusted,outside-band,34,25,-0.5,9,29.666666666666668,
2026-11-02T09:20:00.000Z,b,adjusted,rate-differs,21,10,0.050000000000000044,7,7.0,10
";

#[test]
fn every_form_of_the_same_history_gives_the_same_decisions() {
    let folder = Folder::new();
    // 0.8 − 0.75 is a hair above 0.05, so the band is made a hair wider than that.
    let args = ["--tolerance-margin", "0.0501"];
    let check = |text: String, more: &[&str]| {
        let found = decisions(&folder, &text, &[&args[..], more].concat());
        assert_eq!(found, PLAIN_DECISIONS, "of {text}");
    };
    check(PLAIN.to_owned(), &[]);
    check(format!("\u{feff}{PLAIN}"), &[]);
    check(PLAIN.replace('\n', "\r\n"), &[]);
    check(PLAIN.replace('\n', "\n\n"), &[]);
    check(PLAIN.trim_end().to_owned(), &[]);
    check(PLAIN.replace("Z,", "+00:00,"), &[]);
    check(PLAIN.replace("T09:", "T14:").replace("Z,", "+05:00,"), &[]);
    check(PLAIN.replace("Z,", ".000Z,"), &[]);
    check(PLAIN.replace(",a,", ",\"a\","), &[]);
    check(PLAIN.replace("30Z,b,", "30Z,\"b\","), &[]);
    check(PLAIN.replace(",40,", ", 40.0 ,"), &[]);
    check(PLAIN.replace("0.75", "7.5e-1"), &[]);
    let quoted = PLAIN.replace(',', "\",\"").replace('\n', "\"\n\"");
    check(format!("\"{}", quoted.trim_end_matches('"')), &[]);
    let seconds = |text: &str, millis: bool| {
        let mut text = text.to_owned();
        for (time, second) in [
            ("09:00:30", 1_793_610_030_u64),
            ("09:01:00", 1_793_610_060),
            ("09:01:30", 1_793_610_090),
            ("09:20:00", 1_793_611_200),
        ] {
            let number = if millis { second * 1_000 } else { second };
            text = text.replace(&format!("2026-11-02T{time}Z"), &number.to_string());
        }
        text
    };
    check(seconds(PLAIN, false), &[]);
    check(seconds(PLAIN, true), &[]);
    let halves = decisions(
        &folder,
        seconds(PLAIN, false).replace("0030,", "0030.25,"),
        &args,
    );
    assert_eq!(halves, PLAIN_DECISIONS.replace("00:30.000Z", "00:30.250Z"));
    check(
        PLAIN
            .replace("availableAgents", "idle")
            .replace("timestamp", "When"),
        &[
            "--column",
            "availableAgents=idle",
            "--column",
            "timestamp=When",
        ],
    );
    // Without the answer rates the totals are enough.
    let without_rate: String = PLAIN
        .lines()
        .map(|line| {
            let mut fields: Vec<&str> = line.split(',').collect();
            fields.remove(4);
            fields.insert(2, "a comment that nobody reads");
            fields.join(",") + "\n"
        })
        .collect();
    check(without_rate, &[]);
    // As NDJSON, with null for what is empty.
    let mut ndjson = String::new();
    for row in rows(PLAIN) {
        let members = row.iter().map(|(name, value)| match *value {
            "" => format!("\"{name}\":null"),
            value if value.parse::<f64>().is_ok() => format!("\"{name}\":{value}"),
            value => format!("\"{name}\":\"{value}\""),
        });
        let members: Vec<String> = members.collect();
        writeln!(ndjson, "{{{},\"more\":[1,{{}}]}}", members.join(",")).unwrap();
    }
    check(ndjson, &[]);
}

#[test]
fn stdin_is_a_file_as_well() {
    use std::io::Write;
    use std::process::Stdio;
    let folder = Folder::new();
    let mut child = folder
        .dialpace(&["backtest", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(PLAIN.as_bytes())
        .unwrap();
    let output = common::finished(&child.wait_with_output().unwrap()).expect(0);
    assert_eq!(output.json()["rows"], 6);
    assert_eq!(output.json()["source"], "-");
}

/// The capacity rule, written again from its text alone.
struct Rule {
    window: Vec<(i64, u32)>,
    current: u32,
}

impl Rule {
    fn decide(&mut self, at: i64, agents: u32, rate: Option<f64>) -> (u32, bool, f64) {
        self.window.retain(|(then, _)| at - then <= 360_000);
        self.window.push((at, agents));
        if self.window.len() > 6 {
            self.window.remove(0);
        }
        let sum: u32 = self.window.iter().map(|(_, agents)| agents).sum();
        let average = f64::from(sum) / f64::from(u32::try_from(self.window.len()).unwrap());
        let target = (average * 0.85).floor();
        let mut dial_rate: u32 = (10..100).find(|n| f64::from(*n) >= target).unwrap_or(100);
        if self.window.len() == 6 && sum == 0 {
            dial_rate = 0;
        }
        let outside = rate.is_some_and(|rate| (rate - 0.75).abs() > 0.05);
        let adjusts = outside || dial_rate != self.current;
        self.current = dial_rate;
        (dial_rate, adjusts, average)
    }
}

#[test]
fn decisions_are_those_of_an_independent_implementation_of_the_rule() {
    let folder = Folder::new();
    let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut draw = |below: u64| {
        // Knuth's MMIX generator: any will do here.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut text = String::from(
        "timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,dialRate\n",
    );
    let mut wanted = Vec::new();
    let mut rules: Vec<(i64, Rule)> = (0..5)
        .map(|_| {
            let rule = Rule {
                window: Vec::new(),
                current: 0,
            };
            (1_793_610_000_000, rule)
        })
        .collect();
    for _ in 0..30_000 {
        let campaign = usize::try_from(draw(5)).unwrap();
        let (at, rule) = &mut rules[campaign];
        *at += match draw(40) {
            0 => 3_600_000,
            1 => 361_000,
            2 => 180_001,
            _ => 30_000,
        };
        let agents = match draw(4) {
            0 => 0,
            1 => 40,
            _ => u32::try_from(draw(150)).unwrap(),
        };
        let dialed = u32::try_from(draw(30)).unwrap();
        let answered = u32::try_from(draw(u64::from(dialed) + 1)).unwrap();
        let rate = (dialed > 0).then(|| f64::from(answered) / f64::from(dialed));
        writeln!(
            text,
            "{at},campaign-{campaign},{dialed},{answered},{},{agents},{}",
            rate.map_or(String::new(), |rate| rate.to_string()),
            draw(100)
        )
        .unwrap();
        wanted.push(rule.decide(*at, agents, rate));
    }
    let found = decisions(&folder, &text, &[]);
    let found = rows(&found);
    assert_eq!(found.len(), wanted.len());
    for (n, (row, (dial_rate, adjusts, average))) in found.iter().zip(wanted).enumerate() {
        let found: f64 = row["agentAvailabilityAvg"].parse().unwrap();
        assert_eq!(found.to_bits(), average.to_bits(), "row {n}: {row:?}");
        assert_eq!(
            row["newDialRate"],
            dial_rate.to_string(),
            "row {n}: {row:?}"
        );
        assert_eq!(row["action"] != "held", adjusts, "row {n}: {row:?}");
    }
}

#[test]
fn a_trace_of_every_scenario_replays_to_the_same_decisions() {
    let folder = Folder::new();
    let mut scenarios: Vec<PathBuf> = fs::read_dir(fixture("scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // A dialer that is set to a ratio takes none of these policies.
        .filter(|path| {
            !fs::read_to_string(path)
                .unwrap()
                .contains("kind = \"ratio\"")
        })
        .collect();
    scenarios.sort();
    let trace = folder.path("trace.csv");
    let output = folder.path("decisions.csv");
    for scenario in &scenarios {
        for policy in [
            &["--policy", "capacity"][..],
            &["--policy", "compensated", "--sla-threshold", "0.3"],
            &["--policy", "fixed", "--dial-rate", "33"],
            &["--policy", "predictive"],
        ] {
            let is_predictive = policy.contains(&"predictive");
            let text = fs::read_to_string(scenario).unwrap();
            if is_predictive && text.contains("patch_failure") {
                // The policy uses the rate in force, and no column tells which of its changes failed.
                continue;
            }
            let args = [
                scenario.to_str().unwrap(),
                "--hours",
                "6",
                "--replications",
                "1",
                "--trace",
                trace.to_str().unwrap(),
            ];
            let simulate = [&["simulate"], &args[..], policy].concat();
            folder.dialpace(&simulate).finish().expect(0);
            let args = [&["--output", output.to_str().unwrap()], policy].concat();
            backtest(&folder, &trace, &args).expect(0);
            let found = folder.read("decisions.csv");
            let found = rows(&found);
            assert!(found.len() >= 360, "{}", found.len());
            for row in found {
                let of = format!("{} {policy:?} {row:?}", scenario.display());
                assert_eq!(row["newDialRate"], row["dialRate"], "{of}");
            }
        }
    }
    assert!(scenarios.len() >= 7);
}

#[test]
fn a_row_without_metrics_is_a_failed_poll_and_silence_leads_to_the_safe_rate() {
    let folder = Folder::new();
    let mut text = String::from("timestamp,availableAgents,answerRate\n");
    for n in 0..40 {
        let at = 1_793_610_000 + n * 30;
        let metrics = if n <= 5 { "40,0.75" } else { "," };
        writeln!(text, "{at},{metrics}").unwrap();
    }
    let found = decisions(&folder, &text, &[]);
    let found = rows(&found);
    let safe = found
        .iter()
        .position(|row| row["action"] == "safe")
        .unwrap();
    // The last good poll was at row 5, and more than six minutes later is row 18.
    assert_eq!((safe, found[safe]["newDialRate"]), (18, "10"));
    assert!(
        found[6..18]
            .iter()
            .all(|row| row["reason"] == "poll-failed")
    );
    assert!(found[19..].iter().all(|row| row["action"] == "held"));
}

#[test]
fn records_and_json_lines_of_a_run_replay_to_the_decisions_of_that_run() {
    let folder = Folder::new();
    let records = folder.path("records.ndjson");
    let mut lines = String::new();
    for _ in 0..9 {
        let args = ["--dw-endpoint", records.to_str().unwrap(), "--json"];
        let tick = [&["tick", "--sandbox", "--speed", "1000"], &args[..]].concat();
        lines += &folder.dialpace(&tick).finish().expect(0).stdout;
    }
    let check = |text: &str, policy: &[&str]| {
        let wanted: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let found = decisions(&folder, text, policy);
        let found = rows(&found);
        assert_eq!(found.len(), wanted.len());
        for (row, wanted) in found.iter().zip(&wanted) {
            assert_eq!(
                row["newDialRate"],
                wanted["newDialRate"].to_string(),
                "{wanted}"
            );
            assert_eq!(row["timestamp"], wanted["timestamp"], "{wanted}");
            let mean = row["agentAvailabilityAvg"].parse::<f64>().unwrap();
            let wanted = wanted["agentAvailabilityAvg"].as_f64().unwrap();
            assert!((mean - wanted).abs() < 1e-9, "{mean} {wanted}");
        }
    };
    check(&lines, &[]);
    check(&folder.read("records.ndjson"), &[]);
}

#[test]
fn the_record_of_a_stop_replays_to_a_stop() {
    let folder = Folder::new();
    let record = |second: u32, mean: &str| {
        format!(
            "{{\"timestamp\":\"2026-11-02T09:00:{second}Z\",\"campaignId\":\"a\",\"currentAnswerRate\":0.3,\"agentAvailabilityAvg\":{mean}}}\n"
        )
    };
    let found = decisions(&folder, record(10, "45.5") + &record(40, "0.0"), &[]);
    let found = rows(&found);
    assert_eq!(
        (found[0]["newDialRate"], found[0]["action"]),
        ("38", "adjusted")
    );
    assert_eq!(
        (found[1]["newDialRate"], found[1]["action"]),
        ("0", "stopped")
    );
}

#[test]
fn a_grid_is_one_pass_and_each_of_its_rows_is_a_run_of_its_own() {
    let folder = Folder::new();
    let week = fixture("metrics/week.csv");
    let run = |args: &[&str]| {
        let args = [&["--format", "json", "--interval", "120s"], args].concat();
        backtest(&folder, &week, &args).expect(0).json()["results"].clone()
    };
    let grid = run(&[
        "--policy",
        "capacity,compensated",
        "--sla-threshold",
        "0.3:0.5:0.1",
        "--tolerance-margin",
        "0.02,0.1",
    ]);
    let grid = grid.as_array().unwrap();
    assert_eq!(grid.len(), 12);
    for result in grid {
        let sla = result["slaThreshold"].to_string();
        let margin = result["toleranceMargin"].to_string();
        let alone = run(&[
            "--policy",
            result["policy"].as_str().unwrap(),
            "--sla-threshold",
            &sla,
            "--tolerance-margin",
            &margin,
        ]);
        assert_eq!(&alone[0], result);
    }
    assert_ne!(grid[0]["adjustments"], grid[1]["adjustments"]);
}

#[test]
fn the_summary_counts_what_the_decisions_say() {
    let folder = Folder::new();
    let day = fixture("metrics/day.csv");
    let output = folder.path("decisions.csv");
    let args = ["--format", "json", "--output", output.to_str().unwrap()];
    let summary = backtest(&folder, &day, &args).expect(0).json();
    let result = &summary["results"][0];
    let text = folder.read("decisions.csv");
    let decided = rows(&text);
    let number = |row: &BTreeMap<&str, &str>, name| row[name].parse::<f64>().unwrap();
    let count =
        |is: &dyn Fn(&BTreeMap<&str, &str>) -> bool| decided.iter().filter(|row| is(row)).count();
    let float = |n: usize| f64::from(u32::try_from(n).unwrap());
    let share = |part: usize, whole: usize| float(part) / float(whole);
    assert_eq!(summary["rows"], decided.len());
    assert_eq!(result["adjustments"], count(&|row| row["action"] != "held"));
    assert_eq!(
        result["rateChanges"],
        count(&|row| row["previousDialRate"] != row["newDialRate"])
    );
    let rates: f64 = decided.iter().map(|row| number(row, "newDialRate")).sum();
    assert_eq!(result["dialRateMean"], rates / float(decided.len()));
    let judged = count(&|row| !row["deviation"].is_empty());
    let outside =
        count(&|row| !row["deviation"].is_empty() && number(row, "deviation").abs() > 0.05);
    assert_eq!(result["outsideSlaBand"], share(outside, judged));
    let judged_rows = decided.iter().filter(|row| !row["deviation"].is_empty());
    let answer_rates: f64 = judged_rows.map(|row| number(row, "deviation") + 0.75).sum();
    let mean = result["answerRateMean"].as_f64().unwrap();
    assert!((mean - answer_rates / float(judged)).abs() < 1e-6, "{mean}");
    let fits = (mean * 100.0).round() / 100.0;
    assert_eq!(result["fittingSlaThreshold"], fits);
    let table = backtest(&folder, &day, &[]).expect(0).stdout;
    let hint = format!("For this data --sla-threshold {fits} fits");
    assert!(table.contains(&hint), "{table}");
    let args = ["--sla-threshold", &fits.to_string()];
    let table = backtest(&folder, &day, &args).expect(0).stdout;
    assert!(!table.contains("For this data"), "{table}");
    let history = &result["history"];
    let equal = count(&|row| row["newDialRate"] == row["dialRate"]);
    assert_eq!(history["equalShare"], share(equal, decided.len()));
    let difference =
        |row: &BTreeMap<&str, &str>| (number(row, "newDialRate") - number(row, "dialRate")).abs();
    let differences: f64 = decided.iter().map(difference).sum();
    assert_eq!(
        history["meanAbsoluteDifference"],
        differences / float(decided.len())
    );
    let furthest = decided.iter().map(difference).fold(0.0, f64::max);
    let most = &result["partsMost"][0];
    let most = most["newDialRate"].as_f64().unwrap() - most["dialRate"].as_f64().unwrap();
    assert!((most.abs() - furthest).abs() < 1e-9);
}

#[test]
fn output_is_the_same_every_time_and_ndjson_says_what_csv_says() {
    let folder = Folder::new();
    let day = fixture("metrics/day.csv");
    let run = |name: &str| {
        let output = folder.path(name);
        let args = [
            "--output",
            output.to_str().unwrap(),
            "--sla-threshold",
            "0.3,0.4",
        ];
        let stdout = backtest(&folder, &day, &args).expect(0).stdout;
        (stdout, folder.read(name))
    };
    assert_eq!(run("a.csv"), run("b.csv"));
    let (csv, ndjson) = (run("a.csv").1, run("a.ndjson").1);
    let csv = rows(&csv);
    assert_eq!(csv.len(), 2 * 1_440);
    for (row, line) in csv.iter().zip(ndjson.lines()) {
        let line: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        assert_eq!(line.len(), row.len());
        for (name, value) in row {
            let text = match &line[*name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            assert_eq!(&text, value, "{name}");
        }
    }
}

#[test]
fn a_bad_file_is_refused_with_its_place_and_what_was_expected() {
    let folder = Folder::new();
    let table = "
        column-twice    : its header has two columns \"availableAgents\"; give the right one by its number, --column availableAgents=#2 or --column availableAgents=#4
        cut-short       :2: the line is not one JSON object: it ends too early, at character
        decimal-comma   :2: expected 7 fields, as in the header, and found 8; a field that holds a comma needs quotes
        empty-campaign  :2: column campaignId is empty; expected an id
        half-an-agent   :2: column availableAgents is \"40.5\"; expected a whole number
        header-only     : it has no rows
        infinite        :2: column availableAgents is \"1e400\"; expected a whole number
        missing-agents  :2: column availableAgents is empty; expected a whole number
        missing-rate    :2: column answerRate is empty; expected a share from 0 to 1, or values in totalCallsDialed and totalCallsAnswered
        more-answered-than-dialed :2: column totalCallsAnswered is \"10\"; expected no more than the 3 calls dialed
        negative-agents :3: column availableAgents is \"-3\"; expected a whole number
        no-header       : its header has no timestamp, no availableAgents, and neither answerRate nor both totalCallsDialed and totalCallsAnswered; is its first line a row?
        no-offset       :2: column timestamp is \"2026-11-02T09:00:30\"; expected RFC 3339 with an offset
        not-a-time      :2: column timestamp is \"45963.375\"; expected RFC 3339
        not-utf8        :2: column campaignId is \"47\u{fffd}11\"; expected an id in UTF-8
        open-quote      : the row that begins at line 3 has a line break inside a field; is a closing quote missing?
        percentage      :2: column answerRate is \"30\"; expected a share from 0 to 1, such as 0.75 (are all of them in per cent? give --answer-rates percent)
        same-time-twice : lines 2 and 3 of campaign 4711 have the same time, 2026-11-02T09:00:30.000Z, and other values: remove the one that is not right
        time-backwards  :3: column timestamp is 2026-11-02T09:00:30.000Z; the row of campaign 4711 before it, at line 2, is later: 2026-11-02T09:01:00.000Z; sort the file by time
        too-few-fields  :3: expected 7 fields, as in the header, and found 4
    ";
    let mut wanted: BTreeMap<&str, &str> = table
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(name, message)| (name.trim(), message))
        .collect();
    for entry in fs::read_dir(fixture("metrics/bad")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let message = wanted.remove(name).unwrap();
        let output = folder.path("decisions.csv");
        let args = ["--output", output.to_str().unwrap()];
        let run = backtest(&folder, &path, &args).expect(2);
        let wanted = format!("error: {}:{message}", path.display());
        assert!(
            run.stderr.starts_with(&wanted),
            "{}\nnot {wanted}",
            run.stderr
        );
        assert_eq!(run.stderr.lines().count(), 1);
        assert_eq!(run.stdout, "");
        assert!(!output.exists());
    }
    assert!(wanted.is_empty(), "{wanted:?}");
    assert_eq!(folder.files().len(), 0, "{:?}", folder.files());
}

#[test]
fn bad_rows_are_left_out_counted_and_the_first_ten_listed_on_request() {
    let folder = Folder::new();
    let mut text = PLAIN.to_owned();
    for n in 0..30 {
        writeln!(
            text,
            "2026-11-02T10:00:{n:02}Z,c,1,1,1,{},10",
            if n % 2 == 0 { "x" } else { "9" }
        )
        .unwrap();
    }
    let file = folder.write("history.csv", &text);
    let run = backtest(&folder, &file, &["--on-bad-row", "skip"]).expect(0);
    let name = file.display();
    assert!(
        run.stdout.contains("21 rows of 3 campaigns"),
        "{}",
        run.stdout
    );
    let listed = "15 bad rows left out, of which the first ten are:";
    assert!(run.stdout.contains(listed), "{}", run.stdout);
    let first = format!("{name}:8: column availableAgents is \"x\"; expected a whole number");
    assert!(run.stdout.contains(&first), "{}", run.stdout);
    assert_eq!(run.stdout.matches("availableAgents is").count(), 10);
    let args = ["--on-bad-row", "skip", "--format", "json"];
    let json = backtest(&folder, &file, &args).expect(0).json();
    assert_eq!(json["skippedRows"], 15);
    assert_eq!(json["badRows"][9]["line"], 26);
    assert_eq!(json["badRows"][0]["column"], "availableAgents");
    // A row that goes back in time leaves the state as it was.
    let back = PLAIN.replace("2026-11-02T09:01:00Z,a", "2026-11-02T09:00:00Z,a");
    let skipped = decisions(&folder, back, &["--on-bad-row", "skip"]);
    let without = PLAIN.replace("2026-11-02T09:01:00Z,a,8,6,0.75,40,34\n", "");
    assert_eq!(skipped, decisions(&folder, without, &[]));
}

#[test]
fn rows_of_any_length_and_bytes_of_any_kind_get_an_answer() {
    let folder = Folder::new();
    let header = "timestamp,answerRate,availableAgents,notes\n";
    let row = |agents: &str, notes: &str| {
        format!(
            "{header}2026-11-02T09:00:30Z,0.3,{agents},{notes}\n2026-11-02T09:01:00Z,0.3,40,-\n"
        )
    };
    let packed = folder.write("history.csv.gz", [0x1F, 0x8B, 8, 0, 0, 0]);
    let error = backtest(&folder, &packed, &[]).expect(2).stderr;
    assert!(error.contains("it is compressed"), "{error}");
    let million = "4".repeat(1_000_000);
    let run = |text: String, code: i32| {
        let file = folder.write("history.csv", text);
        backtest(&folder, &file, &[]).expect(code)
    };
    let error = run(row(&million, "-"), 2).stderr;
    assert!(error.contains("(1000000 characters)"), "{error}");
    assert!(error.len() < 400, "{error}");
    // In a column that is not read it is no error, quoted or not.
    run(row("40", &million), 0);
    run(row("40", &format!("\"{million}\n,\"\"{million}\"")), 0);
    // A missing closing quote takes good rows with it, so it is not one bad row to skip.
    let open = format!("{header}2026-11-02T09:00:30Z,0.3,\"40,-\n2026-11-02T09:01:00Z,0.3,40,-\n");
    let open = folder.write("open.csv", open.replace(",notes", "").replace(",-", ""));
    let error = backtest(&folder, &open, &["--on-bad-row", "skip"])
        .expect(2)
        .stderr;
    assert!(
        error.contains("line 2 has a line break inside a field"),
        "{error}"
    );
    let endless = "x".repeat(5 << 20);
    let error = run(row("40", &endless), 2).stderr;
    assert!(error.contains("line 2 is longer than 4 MiB"), "{error}");
    let error = run(row("40", &format!("\"{endless}")), 2).stderr;
    assert!(error.contains("is longer than 4 MiB"), "{error}");
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let folder = Folder::new();
    let bad = "2026-11-02T10:00:00Z,a,1,1,1,x,1\n";
    for (before, line) in [
        (PLAIN.to_owned(), 8),
        (PLAIN.replace('\n', "\r\n"), 8),
        (PLAIN.replacen('\n', "\n\n\n", 1), 10),
        (PLAIN.replace(",a,", ",\"a\","), 8),
        (PLAIN.replace(",a,", ",\"a\",").replace('\n', "\r\n"), 8),
        (
            PLAIN
                .replacen("2026", "\n\n2026", 1)
                .replace(",a,", ",\"a\","),
            10,
        ),
    ] {
        let file = folder.write("history.csv", format!("{before}{bad}"));
        let error = backtest(&folder, &file, &[]).expect(2).stderr;
        assert!(
            error.contains(&format!("history.csv:{line}: ")),
            "{line}: {error}"
        );
    }
    let text = "timestamp,answerRate,availableAgents,note\n";
    let row = "2026-11-02T10:00:00Z,1,9,\"1\n\n\"\n";
    let bad = row.replace(",9,", ",x,");
    let file = folder.write("history.csv", format!("{text}{row}\n\n{bad}"));
    let error = backtest(&folder, &file, &[]).expect(2).stderr;
    assert!(error.contains("history.csv:7: "), "{error}");
}

#[test]
fn what_cannot_be_written_to_is_refused_and_nothing_is_left() {
    let folder = Folder::new();
    let file = folder.write("history.csv", PLAIN);
    let name = file.to_str().unwrap();
    for (output, message) in [
        (name, "the input file and --output are one file"),
        ("decisions.txt", "its name must end in .csv or .ndjson"),
        ("decisions", "its name must end in .csv or .ndjson"),
    ] {
        let error = backtest(&folder, &file, &["--output", output])
            .expect(2)
            .stderr;
        assert!(error.contains(message), "{error}");
    }
    let both = ["--output", "both.csv", "--report", "both.csv"];
    let error = backtest(&folder, &file, &both).expect(2).stderr;
    assert!(
        error.contains("--output and --report are one file"),
        "{error}"
    );
    let nowhere = folder.path("no/such/decisions.csv");
    let error = backtest(&folder, &file, &["--output", nowhere.to_str().unwrap()]).expect(1);
    assert!(error.stderr.contains("cannot write"), "{}", error.stderr);
    assert_eq!(folder.files().len(), 1);
    assert_eq!(folder.read("history.csv"), PLAIN);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_half_written_output() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    folder.write("decisions.csv", "what was there before");
    let output = folder.path("decisions.csv");
    let mut child = folder
        .dialpace(&["backtest", "-", "--output", output.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut at = 1_793_610_000_000_u64;
    let mut rows = |count: u32| {
        let mut text = String::new();
        for _ in 0..count {
            at += 30_000;
            writeln!(text, "{at},0.3,40").unwrap();
        }
        text
    };
    stdin
        .write_all(b"timestamp,answerRate,availableAgents\n")
        .unwrap();
    // More rows than the pipe holds: once they are written, the replay has begun.
    stdin.write_all(rows(50_000).as_bytes()).unwrap();
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    // It looks for the signal every few thousand rows, so it gets rows until it has ended.
    while stdin.write_all(rows(1_000).as_bytes()).is_ok() {}
    let finished = common::finished(&child.wait_with_output().unwrap()).expect(130);
    assert!(
        finished.stderr.contains("interrupted after"),
        "{}",
        finished.stderr
    );
    assert_eq!(folder.read("decisions.csv"), "what was there before");
    assert_eq!(folder.files().len(), 1);
}

#[test]
fn wrong_options_say_what_is_right() {
    let folder = Folder::new();
    let file = folder.write("history.csv", PLAIN);
    for (args, message) in [
        (
            &["--column", "agents=idle"][..],
            "\"agents\" is not a column; the columns are timestamp, campaignId,",
        ),
        (&["--column", "idle"], "expected NAME=HEADER"),
        (
            &["--column", "availableAgents=idle"],
            "its header has no such column; it has \"timestamp\"",
        ),
        (&["--policy", "progressive"], "progressive"),
        (&["--sla-threshold", "75"], "75 is not a share"),
        (&["--policy", "fixed"], "--dial-rate"),
    ] {
        let error = backtest(&folder, &file, args).expect(2).stderr;
        assert!(error.contains(message), "{args:?}: {error}");
    }
    let missing = folder.path("none.csv");
    let error = backtest(&folder, &missing, &[]).expect(2).stderr;
    assert!(error.contains("none.csv: it cannot be read"), "{error}");
}

#[test]
fn rows_further_apart_than_the_window_allows_are_told() {
    let folder = Folder::new();
    let week = fixture("metrics/week.csv");
    let warning = backtest(&folder, &week, &[]).expect(0).stderr;
    assert!(warning.contains("rows are about 120 s apart"), "{warning}");
    assert!(warning.contains("--interval 120s"), "{warning}");
    let none = backtest(&folder, &week, &["--interval", "120s"])
        .expect(0)
        .stderr;
    assert!(!none.contains("apart"), "{none}");
}

#[test]
fn the_report_draws_every_campaign_and_says_what_it_is_not() {
    let folder = Folder::new();
    let page = folder.path("report.html");
    let args = ["--interval", "120s", "--report", page.to_str().unwrap()];
    backtest(&folder, &fixture("metrics/week.csv"), &args).expect(0);
    let text = folder.read("report.html");
    for wanted in [
        ">renewals</h3>",
        ">win-back</h3>",
        ">survey</h3>",
        "Answer rate by weekday and hour",
        "By hour of the day",
        "Largest differences from history",
        "Thu 5 Mar 2026, 00:02 to Thu 12 Mar 2026, 00:00 (UTC)",
        "not what would have happened",
        "outcomes are not predicted",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    // Each row of the largest differences leads to its mark.
    for number in 1..=10 {
        assert!(text.contains(&format!("<a href=\"#difference-{number}\">")));
        assert!(text.contains(&format!("<g id=\"difference-{number}\"><title>")));
    }
}

#[test]
fn a_downsampled_series_keeps_its_lowest_and_highest_values() {
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let mut replay = Replay::new(vec![pacer]);
    let mut chart_data = ChartData::default();
    let start = 1_793_610_000_000;
    for n in 0..100_000_u32 {
        let values = RowValues {
            ratio: None,
            at: UnixMillis(start + i64::from(n) * 30_000),
            poll: Some(HistoryPoll {
                available: AvailableAgents::Count(40),
                answer_rate: Ratio::new(0.3),
                traffic: Traffic::default(),
            }),
            dial_rate: Some(match n {
                31_337 => 99,
                77_777 => 1,
                _ => 34,
            }),
        };
        let row = HistoryRow {
            line: u64::from(n) + 2,
            campaign: 0,
            campaign_id: "a",
            values: &values,
        };
        let mut decided = None;
        replay.add_row(&row, |_, decision| decided = Some(decision.clone()));
        chart_data.add(&row, &decided.unwrap());
    }
    let series = &chart_data.rates()[0].history;
    assert!(
        series.buckets().len() <= 1_600,
        "{}",
        series.buckets().len()
    );
    let value = |n: i64, rate: u32| RateAt {
        at: UnixMillis(start + n * 30_000),
        rate,
    };
    let high = series.buckets().iter().map(|bucket| bucket.high);
    let low = series.buckets().iter().map(|bucket| bucket.low);
    assert_eq!(high.max_by_key(|high| high.rate), Some(value(31_337, 99)));
    assert_eq!(low.min_by_key(|low| low.rate), Some(value(77_777, 1)));
    assert_eq!(chart_data.rates()[0].decided.buckets()[0].high.rate, 34);
}

#[test]
fn swept_settings_are_one_pass_and_each_is_a_run_of_its_own() {
    let folder = Folder::new();
    let day = fixture("metrics/day.csv");
    let run = |args: &[&str]| {
        let args = [&["--format", "json"], args].concat();
        backtest(&folder, &day, &args).expect(0).json()["results"].clone()
    };
    let swept = run(&["--utilisation", "0.7:0.9:0.1", "--window", "3,6"]);
    let swept = swept.as_array().unwrap();
    assert_eq!(swept.len(), 6);
    for result in swept {
        let mut result = result.clone();
        let object = result.as_object_mut().unwrap();
        let (utilisation, window) = (object.remove("utilisation"), object.remove("window"));
        let (utilisation, window) = (
            utilisation.unwrap().to_string(),
            window.unwrap().to_string(),
        );
        let alone = run(&["--utilisation", &utilisation, "--window", &window]);
        assert_eq!(alone[0], result);
    }
    // The rate of policy fixed makes no difference to another.
    let some = run(&["--policy", "capacity,fixed", "--dial-rate", "20,30"]);
    assert_eq!(some.as_array().unwrap().len(), 3);
    // Nor does the utilisation to policy fixed.
    let both = ["--policy", "capacity,fixed", "--dial-rate", "20"];
    let some = run(&[&both[..], &["--utilisation", "0.7,0.9"]].concat());
    assert_eq!(some.as_array().unwrap().len(), 3);
    // Each numeric setting takes a list, also one that can be off.
    for (flag, values, name) in [
        ("--max-sample-age", "45s,off", "maxSampleAge"),
        ("--safe-rate", "off,5", "safeRate"),
        ("--abandonment-limit", "0.01,0.05", "abandonmentLimit"),
    ] {
        let results = run(&["--policy", "predictive", flag, values]);
        let names: Vec<_> = results.as_array().unwrap().iter().collect();
        assert_eq!(names.len(), 2, "{flag}");
        let last = values.split(',').next_back().unwrap();
        let alone = run(&["--policy", "predictive", flag, last]);
        let mut swept = names[1].clone();
        let value = swept.as_object_mut().unwrap().remove(name);
        assert_eq!(value.unwrap().to_string().trim_matches('"'), last);
        assert_eq!(alone[0], swept, "{flag}");
    }
    let csv = ["--format", "csv", "--max-dial-rate", "20,30"];
    let csv = backtest(&folder, &day, &csv).expect(0).stdout;
    let lines = rows(&csv);
    assert_eq!((lines.len(), lines[1]["maxDialRate"]), (2, "30"));
    assert_eq!(lines[0]["rows"], "1440");
    let error = backtest(&folder, &day, &["--window", "3:x:1"]).expect(2);
    assert!(error.stderr.contains("--window"), "{}", error.stderr);
}

#[test]
fn a_ratio_is_compared_with_the_ratio_of_the_file() {
    let folder = Folder::new();
    let mut text = String::from(
        "timestamp,availableAgents,loggedInAgents,totalCallsDialed,totalCallsAnswered,totalCallsAbandoned,ratio\n",
    );
    for n in 0..40 {
        writeln!(text, "{},8,40,30,9,0,1.5", 1_772_442_000 + n * 60).unwrap();
    }
    let policy = ["--policy", "ratio", "--interval", "60s"];
    let found = decisions(&folder, &text, &policy);
    let found = rows(&found);
    assert_eq!(found[0]["ratio"], "1.5");
    assert_eq!(
        (found[1]["previousRatio"], found[1]["newRatio"]),
        ("1.0", "1.0")
    );
    let file = folder.write("history.csv", &text);
    let args = [&policy[..], &["--format", "json"]].concat();
    let json = backtest(&folder, &file, &args).expect(0).json();
    assert_eq!(json["results"][0]["history"]["ratioMean"], 1.5);
    let both = ["--policy", "ratio,capacity"];
    let error = backtest(&folder, &file, &both).expect(2).stderr;
    assert!(error.contains("calls per agent"), "{error}");
}

#[test]
fn hours_of_the_day_in_the_report_are_those_of_the_zone() {
    let folder = Folder::new();
    let mut text = String::from("timestamp,availableAgents,answerRate\n");
    for n in 0..60 {
        writeln!(text, "2026-03-02T23:{n:02}:00Z,40,0.3").unwrap();
    }
    let file = folder.write("history.csv", text);
    let page = folder.path("report.html");
    let cell = |args: &[&str]| {
        let args = [&["--report", page.to_str().unwrap()], args].concat();
        backtest(&folder, &file, &args).expect(0);
        let html = folder.read("report.html");
        let place = html.find("<caption id=\"week\">").unwrap();
        html[place..place + html[place..].find("</table>").unwrap()].to_owned()
    };
    let (utc, berlin) = (cell(&[]), cell(&["--time-zone", "Europe/Berlin"]));
    // Monday at 23, and Tuesday at 0.
    let row = |hour: &str, empty: usize| {
        let before = "<td></td>".repeat(empty);
        format!("<tr><th scope=\"row\">{hour}:00</th>{before}<td class=\"c5\">−45</td>")
    };
    assert!(
        utc.contains("Hours of UTC") && utc.contains(&row("23", 0)),
        "{utc}"
    );
    assert!(
        berlin.contains("Hours of Europe/Berlin") && berlin.contains(&row("00", 1)),
        "{berlin}"
    );
}

#[test]
fn the_same_bytes_at_any_number_of_jobs() {
    let folder = Folder::new();
    let mut text = String::from("timestamp,campaignId,availableAgents,answerRate,note\n");
    for n in 0..30_000_u32 {
        let note = match n % 5_000 {
            17 => "\"two\nlines, and a \"\"quote\"\"\"",
            _ => "a \"quote\" within",
        };
        let (at, campaign, agents) = (1_772_442_000 + n / 3 * 30, n % 3, 20 + n % 41);
        writeln!(text, "{at},c{campaign},{agents},0.3,{note}").unwrap();
    }
    text += "1,c0,x,0.3,bad\n";
    let run = |jobs: &str| {
        let args = ["--jobs", jobs, "--on-bad-row", "skip", "--format", "json"];
        let file = folder.write("history.csv", &text);
        let output = folder.path("decisions.csv");
        let with_output = [&["--output", output.to_str().unwrap()], &args[..]].concat();
        let stdout = backtest(&folder, &file, &with_output).expect(0).stdout;
        (stdout, folder.read("decisions.csv"))
    };
    let one = run("1");
    assert!(one.0.contains("\"line\":30008"), "{}", one.0);
    assert_eq!(one.1.lines().count(), 30_001);
    for jobs in ["2", "3", "8"] {
        assert!(run(jobs) == one, "{jobs}");
    }
}
