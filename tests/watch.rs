//! `watch` through the built binary: its schedule, its end, and what it leaves behind.

#![allow(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::process::{Child, Command, Stdio};
use std::thread;

use common::{CAMPAIGN, Call, Finished, Folder, Platform, Reply, Run, SECRET, signal};
use serde_json::Value;

/// `watch` for the campaign of `platform`.
fn watch(folder: &Folder, platform: &Platform, args: &[&str]) -> Command {
    let mut command = folder.dialpace(&["watch", "--state", "state.json"]);
    command
        .args(["--dw-endpoint", &platform.warehouse()])
        .args(args)
        .env("CXONE_SITE", platform.site())
        .env("CXONE_CLIENT_ID", "client-1")
        .env("CXONE_CLIENT_SECRET", SECRET)
        .env("CAMPAIGN_ID", CAMPAIGN)
        .env("DIALPACE_RETRY_WAIT", "1ms")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn sandbox(folder: &Folder, args: &[&str]) -> Finished {
    let all = [&["watch", "--sandbox"], args].concat();
    folder.dialpace(&all).finish()
}

/// Waits until `holds`, as long as the child lives.
fn until(child: &mut Child, mut holds: impl FnMut() -> bool) {
    while !holds() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended too early");
        thread::yield_now();
    }
}

fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn so_many_cycles_a_line_each_and_closing_words() {
    let folder = Folder::new();
    let run = sandbox(&folder, &["--speed", "1000", "--cycles", "20"]).expect(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 23, "{}", run.stdout);
    assert!(
        lines[..20]
            .iter()
            .all(|line| line.contains("campaign sandbox: "))
    );
    assert!(lines[20].starts_with("20 cycles in "), "{}", lines[20]);
    assert!(
        lines[20].contains("20 records exported, 0 records wait"),
        "{}",
        lines[20]
    );
    assert!(
        lines[21].starts_with("meanwhile in the sandbox: agents were busy "),
        "{}",
        lines[21]
    );
    assert!(
        !run.stdout.contains('\u{1b}'),
        "a plain line has no escapes"
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn the_schedule_neither_drifts_nor_misses_nor_doubles_a_cycle() {
    let folder = Folder::new();
    let scenario = folder.write(
        "faults.toml",
        "name = \"faults\"\n[faults]\npoll_failure = 0.3\npatch_failure = 0.3\n",
    );
    let args = ["--speed", "1000", "--cycles", "200", "--json"];
    let run = folder
        .dialpace(
            &[
                &["watch", "--sandbox", scenario.to_str().unwrap()],
                &args[..],
            ]
            .concat(),
        )
        .finish()
        .expect(0);
    let cycles = objects(&run.stdout);
    assert_eq!(cycles.len(), 200);
    for fault in ["makes this poll fail", "makes this change fail"] {
        assert!(run.stderr.contains(fault), "{fault}");
    }
    assert!(!run.stderr.contains("missed"), "{}", run.stderr);
    let secs = |cycle: &Value| {
        let text = cycle["timestamp"].as_str().unwrap();
        let at: jiff::Timestamp = text.parse().unwrap();
        at.as_second()
    };
    // Retries take their time within a cycle, and none of the next one's.
    for (n, pair) in cycles.windows(2).enumerate() {
        let gap = secs(&pair[1]) - secs(&pair[0]);
        assert!((10..=50).contains(&gap), "{n}: {}", pair[1]);
    }
    let span = secs(&cycles[199]) - secs(&cycles[0]);
    assert!((199 * 30 - 20..=199 * 30 + 20).contains(&span), "{span}");
    assert_eq!(cycles[199]["pending"], 0);
}

#[test]
fn its_json_lines_replay_to_the_same_decisions() {
    let folder = Folder::new();
    let scenario = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/scenarios/metrics-outage.toml"
    );
    let args = [
        "--speed",
        "1000",
        "--cycles",
        "300",
        "--json",
        "--retries",
        "0",
    ];
    let run = folder
        .dialpace(&[&["watch", "--sandbox", scenario], &args[..]].concat())
        .finish();
    let cycles = objects(&run.stdout);
    let failed = cycles.iter().filter(|c| c["error"].is_string()).count();
    assert!(failed > 5, "{failed}");
    let file = folder.write("watch.ndjson", &run.stdout);
    let output = folder.path("decisions.ndjson");
    let args = [file.to_str().unwrap(), "--output", output.to_str().unwrap()];
    folder
        .dialpace(&[&["backtest"], &args[..]].concat())
        .finish()
        .expect(0);
    let decisions = objects(&folder.read("decisions.ndjson"));
    assert_eq!(decisions.len(), 300);
    for (cycle, decision) in cycles.iter().zip(&decisions) {
        if cycle["error"].is_null() {
            assert_eq!(decision["newDialRate"], cycle["newDialRate"], "{cycle}");
            assert_eq!(
                decision["agentAvailabilityAvg"],
                cycle["agentAvailabilityAvg"]
            );
        }
    }
}

#[test]
fn its_json_lines_have_what_a_replay_of_predictive_needs() {
    let folder = Folder::new();
    let args = ["--speed", "1000", "--cycles", "150", "--json"];
    let policy = ["--policy", "predictive", "--logged-in-agents", "50"];
    let run = folder
        .dialpace(&[&["watch", "--sandbox"], &args[..], &policy].concat())
        .finish()
        .expect(0);
    let cycles = objects(&run.stdout);
    assert!(
        cycles[100]["totalCallsAnswered"].is_u64(),
        "{}",
        cycles[100]
    );
    let file = folder.write("watch.ndjson", &run.stdout);
    let output = folder.path("decisions.ndjson");
    let args = [file.to_str().unwrap(), "--output", output.to_str().unwrap()];
    folder
        .dialpace(&[&["backtest"], &args[..], &policy].concat())
        .finish()
        .expect(0);
    let decisions = objects(&folder.read("decisions.ndjson"));
    assert_eq!(decisions.len(), 150);
    for (cycle, decision) in cycles.iter().zip(&decisions) {
        assert_eq!(decision["newDialRate"], cycle["newDialRate"], "{cycle}");
    }
}

#[test]
fn tick_and_watch_take_over_from_each_other() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.tick(&platform, &[]).finish().expect(0);
    let run = watch(&folder, &platform, &["--cycles", "1", "--verbose"])
        .finish()
        .expect(0);
    assert!(run.stdout.contains("held at 34"), "{}", run.stdout);
    assert!(run.stdout.contains("2 of 6 samples"), "{}", run.stdout);
    let next = folder.tick(&platform, &["--verbose"]).finish().expect(0);
    assert!(next.stdout.contains("3 of 6 samples"), "{}", next.stdout);
}

#[test]
fn one_run_at_a_time_has_the_campaign() {
    let folder = Folder::new();
    let platform = Platform::start();
    let mut child = watch(&folder, &platform, &[]).spawn().unwrap();
    until(&mut child, || platform.count(Call::Warehouse) == 1);
    folder.tick(&platform, &[]).finish().expect(75);
    watch(&folder, &platform, &["--cycles", "1"])
        .finish()
        .expect(75);
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    folder.tick(&platform, &[]).finish().expect(0);
}

#[test]
fn a_failed_cycle_is_told_and_the_last_one_gives_the_exit_code() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, |_| Reply::status(403));
    let run = watch(&folder, &platform, &["--cycles", "1"])
        .finish()
        .expect(3);
    assert!(run.error().contains("analytics:read"), "{}", run.stderr);
    assert!(run.stdout.contains("1 cycle in 0 s"), "{}", run.stdout);
    assert!(run.stdout.contains("1 cycle failed"), "{}", run.stdout);
}

/// Asked to stop while a call hangs that it will never hear of again, it is gone all the same,
/// and whatever was applied has its record once a cycle runs again.
#[test]
fn a_signal_during_any_call_leaves_a_valid_state_and_every_record() {
    for call in [
        Call::Token,
        Call::Metrics,
        Call::Agents,
        Call::Patch,
        Call::Warehouse,
    ] {
        for applied in [false, true] {
            let folder = Folder::new();
            let platform = Platform::faulty(call, move |nth| match (nth, applied) {
                (0, false) => Reply::Hang,
                (0, true) => Reply::ContractThen(Box::new(Reply::Hang)),
                _ => Reply::Contract,
            });
            let mut child = watch(&folder, &platform, &[]).spawn().unwrap();
            until(&mut child, || platform.count(call) == 1);
            signal(&child, "INT");
            let output = child.wait_with_output().unwrap();
            let run = common::finished(&output).expect(130);
            assert!(!run.stderr.contains("error"), "{call:?}: {}", run.stderr);
            let args = ["--dw-endpoint", &platform.warehouse()];
            let after = folder.tick(&platform, &args).finish().expect(0);
            assert!(!after.stderr.contains("damaged"), "{}", after.stderr);
            let world = platform.world();
            let mut records: Vec<u32> = Vec::new();
            let mut keys: Vec<&String> = Vec::new();
            for (key, body) in &world.records {
                if !keys.contains(&key) {
                    let record: Value = serde_json::from_str(body).unwrap();
                    records.push(u32::try_from(record["newDialRate"].as_u64().unwrap()).unwrap());
                    keys.push(key);
                }
            }
            let mut rates = world.applied.clone();
            rates.dedup();
            assert_eq!(records, rates, "{call:?} {applied}");
            assert_eq!(world.dial_rate, 34, "{call:?} {applied}");
        }
    }
}

#[test]
fn a_signal_during_a_wait_or_a_back_off_ends_it() {
    // The wait for the next cycle, thirty seconds.
    let folder = Folder::new();
    let platform = Platform::start();
    let mut child = watch(&folder, &platform, &[]).spawn().unwrap();
    until(&mut child, || platform.count(Call::Warehouse) == 1);
    signal(&child, "INT");
    let run = common::finished(&child.wait_with_output().unwrap()).expect(130);
    assert!(run.stdout.contains("1 cycle in 0 s"), "{}", run.stdout);

    // A back-off of ten seconds.
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Agents, |_| Reply::status(503));
    let mut child = watch(&folder, &platform, &["--retry-wait", "10s"])
        .spawn()
        .unwrap();
    until(&mut child, || platform.count(Call::Agents) == 1);
    signal(&child, "TERM");
    let run = common::finished(&child.wait_with_output().unwrap()).expect(143);
    assert_eq!(platform.count(Call::Agents), 1);
    assert_eq!(platform.count(Call::Patch), 0, "{}", run.stderr);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |_| Reply::Hang);
    let mut child = watch(&folder, &platform, &[]).spawn().unwrap();
    until(&mut child, || platform.count(Call::Patch) == 1);
    signal(&child, "INT");
    signal(&child, "INT");
    let status = child.wait().unwrap();
    // By the signal itself, or, where the two came as one, as after one.
    assert!(matches!(status.code(), None | Some(130)), "{status}");
}

#[test]
fn a_dry_run_watches_and_changes_nothing() {
    let folder = Folder::new();
    let args = ["--speed", "1000", "--cycles", "8", "--dry-run", "--json"];
    let run = sandbox(&folder, &args).expect(0);
    assert!(
        run.stderr.contains("would have been sent"),
        "{}",
        run.stderr
    );
    let cycles = objects(&run.stdout);
    assert_eq!(cycles.len(), 8);
    assert!(cycles.iter().all(|cycle| cycle["dryRun"] == true));
    assert_eq!(cycles[7]["exported"], 0);
    assert!(folder.files().is_empty(), "{:?}", folder.files());
}

#[test]
fn what_it_cannot_do_is_refused() {
    let folder = Folder::new();
    for (args, message) in [
        (
            &["--interval", "10s"][..],
            "shorter than 15 s, the least that analytics queries allow",
        ),
        (&["--cycles", "0"], "expected a whole number of at least 1"),
    ] {
        let error = sandbox(&folder, args).expect(2).stderr;
        assert!(error.contains(message), "{error}");
    }
    let error = folder
        .dialpace(&["watch", "--speed", "9"])
        .finish()
        .expect(2)
        .stderr;
    assert!(error.contains("--sandbox"), "{error}");
}

/// The samples of a metrics file by name and labels.
fn samples(text: &str) -> Vec<(&str, f64)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name, value.parse().unwrap())
        })
        .collect()
}

#[test]
fn metrics_are_written_by_tick_and_by_watch_and_counts_go_on() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Agents, |nth| match nth {
        0 => Reply::status(503),
        _ => Reply::Contract,
    });
    let warehouse = platform.warehouse();
    let args = [
        "--metrics-file",
        "dialpace.prom",
        "--dw-endpoint",
        &warehouse,
    ];
    folder.tick(&platform, &args).finish().expect(0);
    watch(
        &folder,
        &platform,
        &["--cycles", "1", "--metrics-file", "dialpace.prom"],
    )
    .finish()
    .expect(0);
    let text = folder.read("dialpace.prom");
    let found = samples(&text);
    let value = |name: &str| {
        found
            .iter()
            .find(|(found, _)| *found == name)
            .map(|(_, v)| *v)
    };
    for (name, wanted) in [
        ("dialpace_dial_rate{campaign=\"camp-42\"}", 34.0),
        ("dialpace_available_agents{campaign=\"camp-42\"}", 40.0),
        ("dialpace_answer_rate{campaign=\"camp-42\"}", 0.7724),
        (
            "dialpace_cycles_total{campaign=\"camp-42\",outcome=\"adjusted\"}",
            1.0,
        ),
        (
            "dialpace_cycles_total{campaign=\"camp-42\",outcome=\"held\"}",
            1.0,
        ),
        (
            "dialpace_cycles_total{campaign=\"camp-42\",outcome=\"failed\"}",
            0.0,
        ),
        ("dialpace_retries_total{campaign=\"camp-42\"}", 1.0),
        ("dialpace_exported_records_total{campaign=\"camp-42\"}", 1.0),
        ("dialpace_pending_records{campaign=\"camp-42\"}", 0.0),
        (
            "dialpace_build_info{campaign=\"camp-42\",version=\"0.1.0\"}",
            1.0,
        ),
    ] {
        assert_eq!(value(name), Some(wanted), "{name} in {text}");
    }
    assert!(value("dialpace_last_success_timestamp_seconds{campaign=\"camp-42\"}").is_some());
    // Every family has its type before its samples, once.
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert_eq!(text.matches(&format!("# TYPE {name} ")).count(), 1);
        assert!(text.contains(&format!("\n{name}{{")), "{name}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder
            .path("dialpace.prom")
            .metadata()
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o644);
    }
    // What cannot be written is told, and the cycle is done all the same.
    let args = [
        "--metrics-file",
        "no/such/folder.prom",
        "--dw-endpoint",
        &warehouse,
    ];
    let run = folder.tick(&platform, &args).finish().expect(0);
    assert!(
        run.stderr.contains("no/such/folder.prom was not written"),
        "{}",
        run.stderr
    );
}
