//! `check`: what it asks, what it changes, and its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::process::Command;

use common::{CAMPAIGN, Call, Folder, Platform, Reply, Run as _, SECRET};
use serde_json::Value;

fn check(folder: &Folder, platform: &Platform, args: &[&str]) -> Command {
    let warehouse = platform.warehouse();
    let mut command = folder.dialpace(&["check", "--state", "state.json", "--retries", "0"]);
    command
        .args(args)
        .env("CXONE_SITE", platform.site())
        .env("CXONE_CLIENT_ID", "client-1")
        .env("CXONE_CLIENT_SECRET", SECRET)
        .env("CAMPAIGN_ID", CAMPAIGN)
        .env("DW_ENDPOINT", warehouse);
    command
}

/// The status and the detail of a question.
fn answer<'a>(object: &'a Value, name: &str) -> (&'a str, &'a str) {
    let checks = object["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{name} in {object}"));
    (
        found["status"].as_str().unwrap(),
        found["detail"].as_str().unwrap(),
    )
}

#[test]
fn nothing_is_changed_without_write() {
    let (folder, platform) = (Folder::new(), Platform::start());
    let run = check(&folder, &platform, &[]).finish().expect(0);
    assert!(
        run.stdout.lines().all(|line| !line.starts_with("FAIL")),
        "{}",
        run.stdout
    );
    let files: Vec<String> = folder.files().into_iter().map(|(name, _)| name).collect();
    assert!(
        files.iter().all(|name| name.contains(".token")),
        "{files:?}"
    );
    assert_eq!(platform.count(Call::Patch), 0);
    assert!(platform.world().records.is_empty());
    for call in [Call::Token, Call::Metrics, Call::Agents, Call::Campaign] {
        assert_eq!(platform.count(call), 1, "{call:?}");
    }
    // The token is there for the run that comes next.
    folder.tick(&platform, &[]).finish().expect(0);
    assert_eq!(platform.count(Call::Token), 1);
}

#[test]
fn write_sends_the_present_rate_and_a_marked_record() {
    let (folder, platform) = (Folder::new(), Platform::start());
    platform.world().dial_rate = 17;
    let run = check(&folder, &platform, &["--write", "--json"])
        .finish()
        .expect(0);
    assert_eq!(platform.world().applied, [17]);
    assert_eq!(answer(&run.json(), "write").0, "ok");
    let record: Value = serde_json::from_str(&platform.world().records[0].1).unwrap();
    assert_eq!(record["campaignId"], "dialpace-check");
    assert_eq!(record.as_object().unwrap().len(), 8);
}

#[test]
fn the_code_is_that_of_the_first_failure() {
    for (call, status, name, code) in [
        (Call::Token, 401, "login", 3),
        (Call::Metrics, 403, "metrics query", 3),
        (Call::Agents, 429, "agents request", 4),
        (Call::Campaign, 404, "campaign request", 5),
        (Call::Greeting, 401, "warehouse", 3),
    ] {
        let folder = Folder::new();
        let platform = Platform::faulty(call, move |_| Reply::status(status));
        let run = check(&folder, &platform, &["--json"]).finish().expect(code);
        let object = run.json();
        assert_eq!(object["exit"], code);
        let (status, detail) = answer(&object, name);
        assert_eq!(status, "fail", "{object}");
        assert!(detail.contains("HTTP "), "{detail}");
        assert_eq!(answer(&object, "address").0, "ok");
    }
    let folder = Folder::new();
    let mut nobody = folder.dialpace(&["check", "--state", "s.json", "--json", "--retries", "0"]);
    nobody
        .env("CXONE_SITE", "http://127.0.0.1:1")
        .env("CXONE_CLIENT_ID", "c");
    nobody
        .env("CXONE_CLIENT_SECRET", SECRET)
        .env("CAMPAIGN_ID", "1");
    let object = nobody.finish().expect(1).json();
    assert_eq!(answer(&object, "address").0, "fail");
    assert_eq!(answer(&object, "login").0, "skipped");
    let object = folder
        .dialpace(&["check", "--json"])
        .finish()
        .expect(2)
        .json();
    let (status, detail) = answer(&object, "settings");
    assert_eq!((status, detail.contains("--campaign-id")), ("fail", true));
}

#[test]
fn what_stands_in_the_way_of_a_run_is_a_warning() {
    let (folder, platform) = (Folder::new(), Platform::start());
    folder.tick(&platform, &[]).finish().expect(0);
    let settings = [("CAMPAIGN_ID", CAMPAIGN), ("CXONE_CLIENT_SECRET", SECRET)];
    let mut stop = folder.dialpace(&["stop", "--state", "state.json"]);
    stop.envs(settings)
        .env("CXONE_SITE", platform.site())
        .env("CXONE_CLIENT_ID", "client-1");
    stop.finish().expect(0);
    let object = check(&folder, &platform, &["--json"])
        .finish()
        .expect(0)
        .json();
    let (status, detail) = answer(&object, "state");
    assert_eq!(
        (status, detail.contains("an operator stopped it")),
        ("warn", true)
    );
    let hours = [
        "--json",
        "--calling-hours",
        "mon 00:00-00:01",
        "--time-zone",
        "UTC",
    ];
    let object = check(&folder, &platform, &hours).finish().expect(0).json();
    let (_, detail) = answer(&object, "calling hours");
    assert!(detail.contains("calling hours"), "{detail}");
}

/// A stop between the read and the write of a check wins: its 0 is the last that is sent.
#[test]
fn a_stop_meanwhile_wins_over_the_write() {
    let (folder, platform) = (Folder::new(), Platform::start());
    folder.tick(&platform, &[]).finish().expect(0);
    let marker = folder.path("state.json.hold");
    for moment in [Call::Campaign, Call::Patch] {
        let _ = std::fs::remove_file(&marker);
        platform.world().dial_rate = 34;
        platform.world().applied.clear();
        let left = marker.clone();
        let mut armed = true;
        platform.script(move |request, _| {
            if request.call() == moment && armed {
                // The look reads the campaign before the write does.
                armed = false;
                std::fs::File::create(&left).unwrap();
            }
            Reply::Contract
        });
        let run = check(&folder, &platform, &["--write", "--json"]).finish();
        let last = platform.world().applied.last().copied();
        assert!(
            last.is_none_or(|rate| rate == 0),
            "{moment:?}: {last:?} {}",
            run.stdout
        );
    }
    // Where it stands from the beginning, nothing is sent.
    platform.script(|_, _| Reply::Contract);
    platform.world().applied.clear();
    let object = check(&folder, &platform, &["--write", "--json"])
        .finish()
        .expect(0)
        .json();
    assert_eq!(answer(&object, "write").0, "skipped");
    assert!(platform.world().applied.is_empty());
    std::fs::remove_file(&marker).unwrap();
    let hours = [
        "--write",
        "--json",
        "--calling-hours",
        "mon 00:00-00:01",
        "--time-zone",
        "UTC",
    ];
    let object = check(&folder, &platform, &hours).finish().expect(0).json();
    assert_eq!(answer(&object, "write").0, "skipped");
    assert!(platform.world().applied.is_empty());
}

#[test]
fn a_folder_that_does_not_exist_yet_is_no_fault_and_a_file_takes_a_test_record() {
    let (folder, platform) = (Folder::new(), Platform::start());
    let mut command = folder.dialpace(&["check", "--write", "--json", "--state", "a/b/state.json"]);
    command
        .env("CXONE_SITE", platform.site())
        .env("CXONE_CLIENT_ID", "client-1");
    command
        .env("CXONE_CLIENT_SECRET", SECRET)
        .env("CAMPAIGN_ID", CAMPAIGN);
    command.env("DW_ENDPOINT", "./records.ndjson");
    let object = command.finish().expect(0).json();
    assert_eq!(answer(&object, "state folder").0, "ok", "{object}");
    assert!(folder.read("records.ndjson").contains("dialpace-check"));
}

#[test]
fn a_clock_that_is_off_is_told() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Token, |_| {
        let date = vec![("Date", "Mon, 02 Mar 2026 09:00:00 GMT".to_owned())];
        Reply::Answer(401, date, String::new())
    });
    let mut command = check(&folder, &platform, &["--json"]);
    let object = command.finish().json();
    let (status, detail) = answer(&object, "clock");
    assert_eq!(status, "warn", "{object}");
    assert!(detail.ends_with("ahead of the server"), "{detail}");
}

#[test]
fn settings_are_shown_with_their_source_and_no_secret() {
    let (folder, platform) = (Folder::new(), Platform::start());
    folder.write(
        "c.toml",
        "window = 4\ndw_endpoint = \"https://u:KEY@w.example.com/x?key=KEY\"\n",
    );
    let args = ["--settings", "--config", "c.toml", "--max-dial-rate", "60"];
    let mut command = check(&folder, &platform, &args);
    command.env_remove("DW_ENDPOINT");
    let run = command.finish().expect(0);
    let line = |name: &str| {
        run.stdout
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap()
    };
    assert!(
        line("window ").ends_with("window at c.toml:1"),
        "{}",
        run.stdout
    );
    assert!(
        line("max_dial_rate ").ends_with("--max-dial-rate"),
        "{}",
        run.stdout
    );
    assert!(line("interval ").contains("30s") && line("interval ").ends_with("default"));
    // What depends on others or on the user is shown as it comes out.
    assert!(line("max_sample_age ").contains(" 240s "), "{}", run.stdout);
    assert!(line("min_dial_rate ").contains(" 10 "), "{}", run.stdout);
    assert!(line("client_secret ").contains("set, and not shown"));
    assert!(!run.stdout.contains("KEY"), "{}", run.stdout);
    let mut command = folder.dialpace(&["check", "--sandbox", "--settings"]);
    let sandbox = command.finish().expect(0).stdout;
    assert!(
        sandbox.contains("/.local/state/dialpace/sandbox/sandbox.json"),
        "{sandbox}"
    );
    assert_eq!(platform.calls().len(), 0);
}
