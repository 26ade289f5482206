//! Front-loading through the built binary: a burst ends, whatever becomes of the run that began it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use common::{CAMPAIGN, Call, Folder, Platform, Reply, Run, SECRET, signal};
use serde_json::Value;

const BURSTS: [&str; 6] = [
    "--policy",
    "predictive",
    "--logged-in-agents",
    "8",
    "--front-load",
    "on",
];

/// A command for the campaign of `platform`, whose eight agents are idle.
fn command(folder: &Folder, platform: &Platform, name: &str, args: &[&str]) -> Command {
    platform.world().agents = 8;
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

/// A watch that has sent its first burst, and the burst's rate.
fn in_a_burst(folder: &Folder, platform: &Platform, args: &[&str]) -> (Child, u32) {
    let args = [&BURSTS, args].concat();
    let mut watch = command(folder, platform, "watch", &args).spawn().unwrap();
    while platform.world().records.is_empty() {
        assert_eq!(watch.try_wait().unwrap(), None, "it ended too early");
        thread::yield_now();
    }
    let applied = platform.world().applied.clone();
    assert_eq!(applied.len(), 1);
    (watch, applied[0])
}

/// A folder and a platform whose campaign a killed watch left in a burst of this rate.
fn killed_in_a_burst() -> (Folder, Platform, u32) {
    let (folder, platform) = (Folder::new(), Platform::start());
    let (mut watch, rate) = in_a_burst(&folder, &platform, &[]);
    watch.kill().unwrap();
    watch.wait().unwrap();
    platform.finish_all();
    assert!(rate > 3, "{rate}");
    assert_eq!(platform.world().dial_rate, rate, "it is still in force");
    (folder, platform, rate)
}

fn objects(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn each_interval_has_a_burst_and_its_end() {
    let folder = Folder::new();
    let scenario = folder.write(
        "s.toml",
        "[agents]\nroster = [{ from_secs = 0, count = 10 }]\n",
    );
    let run = folder
        .dialpace(&["watch", "--sandbox", scenario.to_str().unwrap()])
        .args(["--speed", "1000", "--cycles", "60", "--json"])
        .args(BURSTS)
        .finish()
        .expect(0);
    let objects = objects(&run.stdout);
    let ends = |object: &Value| object["reasonCode"] == "burst-over";
    assert_eq!(objects.iter().filter(|o| !ends(o)).count(), 60);
    let mut bursts = 0;
    for pair in objects.windows(2) {
        let at = |o: &Value| o["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>();
        if pair[0]["newDialRate"] == 0 {
            assert!(!ends(&pair[1]), "{}", pair[1]);
            continue;
        }
        bursts += 1;
        assert!(ends(&pair[1]), "{} {}", pair[0], pair[1]);
        assert_eq!(pair[1]["previousDialRate"], pair[0]["newDialRate"]);
        assert_eq!(pair[1]["newDialRate"], 0);
        // (calls − ½) gaps: in the first third, and some time for a busy machine.
        let secs = at(&pair[1]).unwrap().as_second() - at(&pair[0]).unwrap().as_second();
        assert!((4..=18).contains(&secs), "{secs}");
    }
    assert!(bursts > 30, "{bursts}");
    let closing = run.stderr.lines().find(|l| l.contains("60 cycles in "));
    assert!(closing.is_some(), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("the campaign is stopped: its dial rate is 0")
    );
}

#[test]
fn the_end_is_saved_before_the_burst_is_sent() {
    let (folder, platform) = (Folder::new(), Platform::start());
    let saved = Arc::new(Mutex::new(Vec::new()));
    let state = folder.path("state.json");
    platform.script({
        let saved = Arc::clone(&saved);
        move |request, _| {
            if request.call() == Call::Patch {
                let text = std::fs::read_to_string(&state).unwrap();
                let object: Value = serde_json::from_str(&text).unwrap();
                saved
                    .lock()
                    .unwrap()
                    .push(object["state"]["pacer"]["burst"].clone());
            }
            Reply::Contract
        }
    });
    let (watch, rate) = in_a_burst(&folder, &platform, &[]);
    signal(&watch, "TERM");
    assert_eq!(watch.wait_with_output().unwrap().status.code(), Some(143));
    let saved = saved.lock().unwrap();
    assert_eq!(saved[0]["rate"]["at"], rate, "{}", saved[0]);
    let millis = |key: &str| saved[0][key].as_i64().unwrap();
    let lasts = millis("until") - millis("from");
    assert!((1_000..=20_000).contains(&lasts), "{lasts}");
}

#[test]
fn whoever_comes_after_a_kill_lowers_first() {
    let (folder, platform, rate) = killed_in_a_burst();
    let run = command(&folder, &platform, "tick", &["--policy", "predictive"])
        .finish()
        .expect(0);
    let applied = platform.world().applied.clone();
    assert_eq!(applied[..2], [rate, 0], "{applied:?}");
    assert!(
        applied[2..].iter().all(|after| *after < rate),
        "{applied:?}"
    );
    assert!(
        run.stderr.contains("may still be in force"),
        "{}",
        run.stderr
    );

    let (folder, platform, rate) = killed_in_a_burst();
    let stopped = command(&folder, &platform, "stop", &[]).finish().expect(0);
    assert_eq!(platform.world().applied, [rate, 0], "{}", stopped.stdout);

    let (folder, platform, rate) = killed_in_a_burst();
    let args = [&BURSTS[..], &["--cycles", "1", "--on-exit", "stop"]].concat();
    let mut watch = command(&folder, &platform, "watch", &args).spawn().unwrap();
    while platform.world().applied.len() < 3 {
        assert_eq!(watch.try_wait().unwrap(), None, "it ended too early");
        thread::yield_now();
    }
    assert_eq!(platform.world().applied[..2], [rate, 0]);
    signal(&watch, "TERM");
    watch.wait().unwrap();
    assert_eq!(platform.world().dial_rate, 0);
}

/// The kill may come before the platform has answered, too: what may be in force is lowered.
#[test]
fn a_burst_without_an_answer_is_lowered_too() {
    let (folder, platform) = (Folder::new(), Platform::start());
    platform.script(|request, _| match request.call() {
        Call::Patch => Reply::ContractThen(Box::new(Reply::Hang)),
        _ => Reply::Contract,
    });
    let mut watch = command(&folder, &platform, "watch", &BURSTS)
        .spawn()
        .unwrap();
    while platform.world().applied.is_empty() {
        thread::yield_now();
    }
    watch.kill().unwrap();
    watch.wait().unwrap();
    platform.script(|_, _| Reply::Contract);
    command(&folder, &platform, "tick", &[]).finish().expect(0);
    let applied = platform.world().applied.clone();
    assert_eq!(applied[1], 0, "{applied:?}");
}

/// Where it cannot be lowered first, nothing higher than the mean rate is sent.
#[test]
fn an_end_that_fails_is_followed_by_no_burst() {
    let (folder, platform, rate) = killed_in_a_burst();
    let mut has_failed = false;
    platform.script(move |request, _| match request.call() {
        Call::Patch if !has_failed => {
            has_failed = true;
            Reply::status(503)
        }
        _ => Reply::Contract,
    });
    let args = [&BURSTS[..], &["--cycles", "1", "--retries", "0"]].concat();
    let mut watch = command(&folder, &platform, "watch", &args).spawn().unwrap();
    while platform.world().applied.len() < 2 {
        assert_eq!(watch.try_wait().unwrap(), None, "it ended too early");
        thread::yield_now();
    }
    let applied = platform.world().applied.clone();
    assert!(applied[1] < rate, "{applied:?}");
    signal(&watch, "TERM");
    let code = watch.wait_with_output().unwrap().status.code();
    // It may have ended by itself before the signal, with the code of the cycle that failed.
    assert!(code == Some(143) || code == Some(5), "{code:?}");
}

#[test]
fn an_exit_and_an_operator_end_a_burst() {
    for on_exit in ["keep", "safe", "stop"] {
        let (folder, platform) = (Folder::new(), Platform::start());
        let (watch, rate) = in_a_burst(&folder, &platform, &["--on-exit", on_exit]);
        signal(&watch, "INT");
        let output = watch.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{on_exit}");
        assert_eq!(platform.world().applied, [rate, 0], "{on_exit}");
    }
    let (folder, platform) = (Folder::new(), Platform::start());
    let (watch, rate) = in_a_burst(&folder, &platform, &[]);
    command(&folder, &platform, "stop", &[]).finish().expect(0);
    assert!(platform.world().applied.starts_with(&[rate, 0]));
    assert_eq!(platform.world().dial_rate, 0);
    signal(&watch, "TERM");
    watch.wait_with_output().unwrap();
}

#[test]
fn the_maximum_holds_for_a_burst() {
    let (folder, platform) = (Folder::new(), Platform::start());
    let (watch, free) = in_a_burst(&folder, &platform, &[]);
    signal(&watch, "TERM");
    watch.wait_with_output().unwrap();
    let max = free * 3 / 4;
    let (folder, platform) = (Folder::new(), Platform::start());
    let max_text = max.to_string();
    let (watch, clamped) = in_a_burst(&folder, &platform, &["--max-dial-rate", &max_text]);
    signal(&watch, "TERM");
    watch.wait_with_output().unwrap();
    assert_eq!(clamped, max);
}

#[test]
fn it_is_said_where_it_cannot_be() {
    let (folder, platform) = (Folder::new(), Platform::start());
    let run = command(&folder, &platform, "tick", &BURSTS)
        .finish()
        .expect(0);
    assert!(
        run.stderr
            .contains("--front-load needs watch, which acts twice in an interval"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.world().applied.len(), 1, "an even rate");
    for (args, problem) in [
        (
            &[
                "watch",
                "--sandbox",
                "--front-load",
                "on",
                "--policy",
                "capacity",
            ][..],
            "it is for --policy predictive, and the policy is capacity",
        ),
        (
            &[
                "backtest",
                "--front-load",
                "on",
                "--policy",
                "predictive",
                "rows.csv",
            ],
            "backtest replays one decision for each row",
        ),
        (
            &[
                "simulate",
                "--front-load",
                "twice",
                "--policy",
                "predictive",
            ],
            "\"twice\" is neither true nor false",
        ),
    ] {
        folder.write("rows.csv", "timestamp\n");
        let run = folder.dialpace(args).finish().expect(2);
        assert!(run.error().contains(problem), "{}", run.stderr);
        assert!(run.error().contains("--front-load"), "{}", run.stderr);
    }
}

#[test]
fn a_dry_run_shows_the_burst_and_sends_nothing() {
    let (folder, platform) = (Folder::new(), Platform::start());
    let args = [&BURSTS[..], &["--cycles", "1", "--dry-run", "--verbose"]].concat();
    let run = command(&folder, &platform, "watch", &args)
        .finish()
        .expect(0);
    assert!(run.stdout.contains("as a burst of "), "{}", run.stdout);
    assert!(
        run.stdout.contains("the campaign was not touched"),
        "{}",
        run.stdout
    );
    assert_eq!(platform.world().applied, [0; 0]);
    assert!(!folder.path("state.json").exists());
}
