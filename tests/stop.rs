//! An operator's stop through the built binary: stronger than the lock, and durable.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::process::{Child, Command, Stdio};
use std::thread;

use common::{CAMPAIGN, Call, Finished, Folder, Platform, Reply, Run, SECRET, signal};
use serde_json::json;

/// A command for the campaign of `platform`.
fn command(folder: &Folder, platform: &Platform, name: &str, args: &[&str]) -> Command {
    let mut command = folder.dialpace(&[name, "--state", "state.json"]);
    command
        .args(args)
        .env("CXONE_SITE", platform.site())
        .env("CXONE_CLIENT_ID", "client-1")
        .env("CXONE_CLIENT_SECRET", SECRET)
        .env("CAMPAIGN_ID", CAMPAIGN)
        .env("DW_ENDPOINT", platform.warehouse())
        .env("DIALPACE_RETRY_WAIT", "1ms")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(folder: &Folder, platform: &Platform, name: &str, args: &[&str]) -> Finished {
    command(folder, platform, name, args).finish()
}

fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        thread::yield_now();
    }
}

/// Ends a watch and returns what it printed.
fn end(child: Child) -> String {
    signal(&child, "TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_stop_lasts_until_resume() {
    let folder = Folder::new();
    let platform = Platform::start();
    run(&folder, &platform, "tick", &[]).expect(0);
    let stopped = run(&folder, &platform, "stop", &[]).expect(0);
    assert_eq!(
        stopped.stdout,
        "Stopped campaign camp-42: dial rate 34 → 0 calls/min. It stays so until `dialpace resume --state state.json`: no run with the state state.json paces it while there is state.json.hold\n"
    );
    assert_eq!(platform.world().applied, [34, 0]);
    for _ in 0..2 {
        let object = run(&folder, &platform, "tick", &["--json"])
            .expect(0)
            .json();
        assert_eq!(object["reasonCode"], "held-by-operator");
        assert_eq!(object["action"], "held");
        assert_eq!(object["newDialRate"], 0);
        assert_eq!(object["availableAgents"], 40, "it polls all the same");
    }
    let again = run(&folder, &platform, "stop", &[]).expect(0);
    assert!(
        again.stdout.contains("nothing is dialed already"),
        "{}",
        again.stdout
    );
    assert_eq!(platform.world().applied, [34, 0]);
    // A record of the stop, like of any other change.
    assert_eq!(platform.world().records.len(), 2);
    assert!(
        platform.world().records[1]
            .1
            .contains(r#""previousDialRate":34,"newDialRate":0"#)
    );

    let resumed = run(&folder, &platform, "resume", &[]).expect(0);
    assert!(
        resumed
            .stdout
            .starts_with("resumed: state.json.hold is gone"),
        "{}",
        resumed.stdout
    );
    assert_eq!(platform.world().dial_rate, 0, "resume sends nothing");
    run(&folder, &platform, "tick", &[]).expect(0);
    assert_eq!(platform.world().applied, [34, 0, 34]);
    let resumed = run(&folder, &platform, "resume", &[]).expect(0);
    assert!(
        resumed.stdout.starts_with("nothing to resume"),
        "{}",
        resumed.stdout
    );
}

/// Somebody may set the rate by hand before or after the stop: a stop means 0.
#[test]
fn a_stop_undoes_what_was_set_by_hand() {
    let folder = Folder::new();
    let platform = Platform::start();
    run(&folder, &platform, "tick", &[]).expect(0);
    run(&folder, &platform, "stop", &[]).expect(0);
    platform.world().dial_rate = 50;
    run(&folder, &platform, "stop", &[]).expect(0);
    assert_eq!(platform.world().dial_rate, 0);
    platform.world().dial_rate = 50;
    for _ in 0..10 {
        run(&folder, &platform, "tick", &[]).expect(0);
    }
    assert_eq!(platform.world().dial_rate, 0);
}

#[test]
fn a_running_watch_obeys_and_polls_on() {
    let folder = Folder::new();
    let platform = Platform::start();
    let watch = command(&folder, &platform, "watch", &["--json"])
        .spawn()
        .unwrap();
    until(|| platform.world().applied == [34] && platform.world().records.len() == 1);
    let stopped = run(&folder, &platform, "stop", &[]).expect(0);
    assert!(
        stopped
            .stdout
            .contains("the run that holds the state has set its dial rate to 0"),
        "{}",
        stopped.stdout
    );
    assert_eq!(platform.world().dial_rate, 0);
    let printed = end(watch);
    assert!(!printed.contains("\\n"), "a line each: {printed}");
    assert!(printed.contains(r#""action":"stopped""#), "{printed}");
    assert!(
        printed.contains("the campaign is stopped, until `dialpace resume`"),
        "{printed}"
    );
    assert_eq!(platform.world().records.len(), 2);
}

/// The stop does not wait for a PATCH, a poll or a back-off of the run that holds the state.
#[test]
fn a_watch_in_the_middle_of_a_call_cannot_delay_it() {
    for call in [Call::Metrics, Call::Agents, Call::Patch, Call::Warehouse] {
        for reply in [Reply::Hang, Reply::status(503)] {
            let folder = Folder::new();
            let hangs = reply.clone();
            let platform = Platform::scripted(move |request, _| {
                // The stop's own call has another answer.
                if request.call() == call && !request.body.contains(r#"Rate":0"#) {
                    hangs.clone()
                } else {
                    Reply::Contract
                }
            });
            platform.world().dial_rate = 20;
            let args = ["--retries", "50", "--retry-wait", "1s"];
            let watch = command(&folder, &platform, "watch", &args).spawn().unwrap();
            until(|| platform.count(call) > 0);
            let stop = command(&folder, &platform, "stop", &["--wait", "1500ms"])
                .spawn()
                .unwrap();
            until(|| platform.world().dial_rate == 0);
            let output = stop.wait_with_output().unwrap();
            assert_eq!(
                output.status.code(),
                Some(0),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            let printed = end(watch);
            assert!(!printed.contains("panic"), "{printed}");
            assert_eq!(platform.world().dial_rate, 0);
            // Nothing resumes by itself.
            platform.script(|_, _| Reply::Contract);
            run(&folder, &platform, "tick", &[]).expect(0);
            assert_eq!(platform.world().dial_rate, 0);
        }
    }
}

#[test]
fn a_frozen_holder_is_passed_by_and_obeys_when_it_goes_on() {
    let folder = Folder::new();
    let platform = Platform::start();
    let watch = command(&folder, &platform, "watch", &["--json"])
        .spawn()
        .unwrap();
    until(|| platform.world().records.len() == 1);
    signal(&watch, "STOP");
    let stopped = run(&folder, &platform, "stop", &["--wait", "1200ms"]).expect(0);
    assert!(
        stopped.stdout.contains(&format!(
            "the run that holds the state (process {}) did not react, and obeys the marker",
            watch.id()
        )),
        "{}",
        stopped.stdout
    );
    assert_eq!(platform.world().dial_rate, 0);
    platform.world().dial_rate = 34;
    signal(&watch, "CONT");
    until(|| platform.world().dial_rate == 0);
    end(watch);
}

#[test]
fn it_needs_no_state_that_can_be_read() {
    let newer = r#"{"schema":9,"checksum":"x","state":{}}"#;
    for (content, code, message) in [
        ("{ damaged", 0, "was damaged"),
        ("", 0, "was damaged"),
        (newer, 0, "has schema 9"),
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        platform.world().dial_rate = 34;
        folder.write("state.json", content);
        let stopped = run(&folder, &platform, "stop", &[]).expect(code);
        assert!(stopped.stderr.contains(message), "{}", stopped.stderr);
        assert_eq!(platform.world().dial_rate, 0);
        assert!(folder.path("state.json.hold").exists());
    }
    // No state, or another campaign's: it is stopped, and whoever asked learns that a run with
    // another state goes on.
    let folder = Folder::new();
    let platform = Platform::start();
    platform.world().dial_rate = 34;
    let stopped = run(&folder, &platform, "stop", &[]).expect(2);
    assert!(
        stopped.error().contains("give the --state of the run"),
        "{}",
        stopped.stderr
    );
    assert_eq!(platform.world().dial_rate, 0);
    assert!(folder.path("state.json.hold").exists());
    assert!(!folder.path("state.json").exists());

    let folder = Folder::new();
    run(&folder, &platform, "tick", &[]).expect(0);
    platform.world().dial_rate = 34;
    let mut other = command(&folder, &platform, "stop", &[]);
    other.env("CAMPAIGN_ID", "camp-43");
    let stopped = other.finish().expect(2);
    assert!(
        stopped.error().contains("belongs to campaign camp-42"),
        "{}",
        stopped.stderr
    );
}

/// What an earlier answer asked for, and what a PATCH is answered, changes when, not whether.
#[test]
fn neither_a_pause_nor_a_refusal_ends_it() {
    let folder = Folder::new();
    let platform = Platform::start();
    run(&folder, &platform, "tick", &[]).expect(0);
    platform.script(|request, _| match request.call() {
        Call::Metrics => Reply::Answer(429, vec![("Retry-After", "3600".into())], String::new()),
        _ => Reply::Contract,
    });
    run(&folder, &platform, "tick", &[]).expect(4);
    run(&folder, &platform, "stop", &[]).expect(0);
    assert_eq!(platform.world().dial_rate, 0);

    let folder = Folder::new();
    let platform = Platform::start();
    run(&folder, &platform, "tick", &[]).expect(0);
    for (status, code) in [(403, 3), (429, 4), (500, 5)] {
        platform.script(move |request, _| match request.call() {
            Call::Patch => Reply::status(status),
            _ => Reply::Contract,
        });
        let stopped = run(&folder, &platform, "stop", &["--retries", "0"]).expect(code);
        assert!(
            stopped
                .error()
                .ends_with("the marker state.json.hold is left, and every cycle obeys it"),
            "{}",
            stopped.stderr
        );
        assert_eq!(stopped.stdout, "");
    }
    // The next cycle does what the stop could not.
    platform.script(|_, _| Reply::Contract);
    let object = run(&folder, &platform, "tick", &["--json"])
        .expect(0)
        .json();
    assert_eq!(
        (&object["action"], &object["reasonCode"]),
        (&json!("stopped"), &json!("held-by-operator"))
    );
    assert_eq!(platform.world().dial_rate, 0);
    assert_eq!(object["previousDialRate"], 34);
}

/// A configuration that cannot be read is told, and the marker is left.
#[test]
fn a_wrong_configuration_leaves_the_marker_all_the_same() {
    let folder = Folder::new();
    let platform = Platform::start();
    for (name, value) in [
        ("SLA_THRESHOLD", "much"),
        ("CXONE_SITE", "not a site"),
        ("DW_ENDPOINT", ""),
    ] {
        let mut stop = command(&folder, &platform, "stop", &[]);
        stop.env(name, value).finish().expect(2);
        assert!(folder.path("state.json.hold").exists(), "{name}");
        run(&folder, &platform, "resume", &[]).expect(0);
        assert!(!folder.path("state.json.hold").exists(), "{name}");
    }
}

/// Whatever stands at the marker's path, it is a stop.
#[test]
fn a_marker_is_obeyed_whatever_it_is() {
    for make in [
        "touch state.json.hold",
        "echo rubbish > state.json.hold",
        "mkdir state.json.hold",
        "mkfifo state.json.hold",
        "ln -s nowhere state.json.hold",
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        run(&folder, &platform, "tick", &[]).expect(0);
        let made = Command::new("sh")
            .args(["-c", make])
            .current_dir(folder.path("."))
            .status();
        assert!(made.unwrap().success());
        run(&folder, &platform, "tick", &[]).expect(0);
        assert_eq!(platform.world().dial_rate, 0, "{make}");
        let _ = Command::new("rm")
            .args(["-rf", "state.json.hold"])
            .current_dir(folder.path("."))
            .status();
    }
}

#[test]
fn a_dry_run_shows_what_it_would_stop() {
    let folder = Folder::new();
    let platform = Platform::start();
    run(&folder, &platform, "tick", &[]).expect(0);
    folder.write("state.json.hold", "");
    let shown = run(&folder, &platform, "tick", &["--dry-run"]).expect(0);
    assert!(
        shown.stdout.contains(r#"{"dialRate":0}"#),
        "{}",
        shown.stdout
    );
    assert_eq!(platform.world().dial_rate, 34);
}

/// A watch that ends says where the campaign goes on, and lowers it where that was asked for.
#[test]
fn a_watch_leaves_the_campaign_as_it_was_told() {
    for (on_exit, rate, last) in [
        ("keep", 34, "the campaign goes on at 34 calls/min"),
        ("safe", 10, "the campaign goes on at 10 calls/min"),
        ("stop", 0, "the campaign is stopped: its dial rate is 0"),
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        let args = ["--on-exit", on_exit];
        let watch = command(&folder, &platform, "watch", &args).spawn().unwrap();
        until(|| platform.world().records.len() == 1);
        let printed = end(watch);
        assert_eq!(printed.trim_end().lines().last(), Some(last), "{printed}");
        assert_eq!(platform.world().dial_rate, rate);
        assert!(!folder.path("state.json.hold").exists());
        let records = if rate == 34 { 1 } else { 2 };
        assert_eq!(platform.world().records.len(), records);
        // The next run paces it again.
        run(&folder, &platform, "tick", &[]).expect(0);
        assert_eq!(platform.world().dial_rate, 34);

        let args = ["--cycles", "1", "--on-exit", on_exit];
        let ended = run(&folder, &platform, "watch", &args).expect(0);
        assert_eq!(ended.stdout.lines().last(), Some(last), "{}", ended.stdout);
        assert_eq!(platform.world().dial_rate, rate);
    }
}

#[test]
fn a_call_that_hangs_does_not_keep_the_phones_ringing() {
    for call in [Call::Metrics, Call::Patch] {
        let folder = Folder::new();
        let platform = Platform::start();
        run(&folder, &platform, "tick", &["--window", "1"]).expect(0);
        platform.world().agents = 20;
        platform.script(move |request, _| {
            if request.call() == call && !request.body.contains(r#"Rate":0"#) {
                Reply::Hang
            } else {
                Reply::Contract
            }
        });
        let args = ["--on-exit", "stop", "--window", "1"];
        let watch = command(&folder, &platform, "watch", &args).spawn().unwrap();
        let before = platform.count(call);
        until(|| platform.count(call) > before);
        let printed = end(watch);
        assert_eq!(platform.world().dial_rate, 0, "{printed}");
        assert!(printed.contains("the campaign is stopped"), "{printed}");
    }
    // What could not be sent is told, and the last line stays true.
    let folder = Folder::new();
    let platform = Platform::start();
    let watch = command(&folder, &platform, "watch", &["--on-exit", "stop"])
        .spawn()
        .unwrap();
    until(|| platform.world().records.len() == 1);
    platform.script(|request, _| match request.call() {
        Call::Patch => Reply::status(403),
        _ => Reply::Contract,
    });
    let printed = end(watch);
    assert!(
        printed.contains("failed: change of the dial rate: HTTP 403"),
        "{printed}"
    );
    assert!(
        printed.contains("the campaign goes on at 34 calls/min"),
        "{printed}"
    );
}
