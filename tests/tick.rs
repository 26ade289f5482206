//! `tick` through the built binary: what goes over the wire, what is printed, what is kept.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::collections::BTreeSet;

use common::{CAMPAIGN, Call, Folder, Platform, Reply, Run, SECRET, TOKEN};
use serde_json::{Value, json};

#[test]
fn seven_ticks_pace_as_the_contract_says() {
    let folder = Folder::new();
    let platform = Platform::start();
    let warehouse = platform.warehouse();
    for agents in [10, 20, 30, 40, 50, 60, 70] {
        platform.world().agents = agents;
        folder
            .tick(&platform, &["--dw-endpoint", &warehouse])
            .finish()
            .expect(0);
    }
    let world = platform.world();
    assert_eq!(world.applied, [10, 12, 17, 21, 25, 29, 38]);
    assert_eq!(world.tokens_issued, 1, "the token is kept across runs");

    let records: Vec<Value> = world
        .records
        .iter()
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect();
    let rates: Vec<_> = records
        .iter()
        .map(|r| (r["previousDialRate"].as_u64(), r["newDialRate"].as_u64()))
        .collect();
    let pairs = [
        (0, 10),
        (10, 12),
        (12, 17),
        (17, 21),
        (21, 25),
        (25, 29),
        (29, 38),
    ];
    assert_eq!(
        rates,
        pairs.map(|(before, after)| (Some(before), Some(after)))
    );
    let last = records.last().unwrap().as_object().unwrap();
    let fields: BTreeSet<&str> = last.keys().map(String::as_str).collect();
    let wanted = [
        "timestamp",
        "campaignId",
        "previousDialRate",
        "newDialRate",
        "currentAnswerRate",
        "slaThreshold",
        "deviation",
        "agentAvailabilityAvg",
    ];
    assert_eq!(fields, BTreeSet::from(wanted));
    assert_eq!(last["campaignId"], CAMPAIGN);
    assert_eq!(last["agentAvailabilityAvg"], json!(45.0));
    assert_eq!(last["deviation"], json!(0.7724 - 0.75));
    let keys: BTreeSet<&String> = world.records.iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 7, "each record has a key of its own");
}

#[test]
fn requests_are_exactly_those_of_the_contract() {
    let folder = Folder::new();
    let platform = Platform::start();
    let warehouse = platform.warehouse();
    folder
        .tick(&platform, &["--dw-endpoint", &warehouse])
        .finish()
        .expect(0);

    let mut calls = platform.calls();
    calls[1..3].sort_by_key(|call| format!("{call:?}"));
    let wanted = [
        Call::Token,
        Call::Agents,
        Call::Metrics,
        Call::Patch,
        Call::Warehouse,
    ];
    assert_eq!(calls, wanted);
    let world = platform.world();
    let patch = world
        .requests
        .iter()
        .find(|r| r.call() == Call::Patch)
        .unwrap();
    assert_eq!(patch.body, r#"{"dialRate":34}"#);
    assert_eq!(patch.header("if-match"), "*");
    assert_eq!(patch.header("content-type"), "application/json");
    let record = world
        .requests
        .iter()
        .find(|r| r.call() == Call::Warehouse)
        .unwrap();
    assert_eq!(record.header("authorization"), "");
}

#[test]
fn a_warehouse_that_was_down_gets_every_record_once_and_in_order() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Warehouse, |nth| {
        // Two ticks, each with one try and one retry.
        if nth < 4 {
            Reply::status(503)
        } else {
            Reply::Contract
        }
    });
    let warehouse = platform.warehouse();
    let tick = |agents| {
        platform.world().agents = agents;
        folder
            .tick(
                &platform,
                &["--dw-endpoint", &warehouse, "--retries", "1", "--json"],
            )
            .finish()
    };
    let first = tick(10).expect(6);
    assert!(
        first.stderr.contains("warehouse export: HTTP 503"),
        "{}",
        first.stderr
    );
    assert_eq!(tick(20).expect(6).json()["pending"], 2);
    let third = tick(30).expect(0).json();
    assert_eq!(
        (&third["exported"], &third["pending"]),
        (&json!(3), &json!(0))
    );

    let world = platform.world();
    let rates: Vec<u64> = world
        .records
        .iter()
        .map(|(_, body)| {
            serde_json::from_str::<Value>(body).unwrap()["newDialRate"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(rates, [10, 12, 17]);
    // A record that is sent again has the key and the body it had before.
    let sent: BTreeSet<(&str, &str)> = world
        .requests
        .iter()
        .filter(|r| r.call() == Call::Warehouse)
        .map(|r| (r.header("idempotency-key"), r.body.as_str()))
        .collect();
    assert_eq!(sent.len(), 3);
}

#[test]
fn a_file_takes_the_records_as_lines_and_a_torn_line_is_removed() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.write("audit.ndjson", r#"{"timestamp":"torn"#);
    for agents in [10, 20] {
        platform.world().agents = agents;
        folder
            .tick(&platform, &["--dw-endpoint", "audit.ndjson"])
            .finish()
            .expect(0);
    }
    let text = folder.read("audit.ndjson");
    let rates: Vec<Option<u64>> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).ok()?["newDialRate"].as_u64())
        .collect();
    assert_eq!(rates, [Some(10), Some(12)]);

    // What is no record of ours, or a whole one, is only ended.
    for (end, kept) in [
        ("\nnot of ours", "not of ours"),
        ("{\"timestamp\":1}", "{\"timestamp\":1}"),
    ] {
        folder.write("audit.ndjson", format!("{text}{end}"));
        platform.world().agents += 10;
        folder
            .tick(&platform, &["--dw-endpoint", "audit.ndjson"])
            .finish()
            .expect(0);
        let lines = folder.read("audit.ndjson");
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(lines[lines.len() - 2], kept, "{lines:?}");
        assert!(serde_json::from_str::<Value>(lines[lines.len() - 1]).is_ok());
    }
}

#[test]
fn without_a_warehouse_the_run_says_so() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = folder.tick(&platform, &[]).finish().expect(0);
    assert!(
        run.stdout
            .contains("nothing is exported: DW_ENDPOINT is not set"),
        "{}",
        run.stdout
    );
    platform.world().agents = 100;
    let run = folder.tick(&platform, &["--json"]).finish().expect(0);
    assert!(
        run.stderr
            .contains("nothing is exported: DW_ENDPOINT is not set"),
        "{}",
        run.stderr
    );
}

#[test]
fn one_line_tells_what_was_seen_decided_and_done() {
    let folder = Folder::new();
    let platform = Platform::start();
    let line = folder.tick(&platform, &[]).finish().expect(0).stdout;
    let (_, told) = line.split_once("Z ").unwrap();
    assert_eq!(
        told,
        "campaign camp-42: dial rate 0 → 34 calls/min: it follows the available agents; \
         40 agents available, 77.2 % of calls answered, near the threshold of 75 %; \
         nothing is exported: DW_ENDPOINT is not set\n"
    );
    let line = folder
        .tick(&platform, &["--verbose"])
        .finish()
        .expect(0)
        .stdout;
    assert!(
        line.contains("held at 34 calls/min: nothing has changed; "),
        "{line}"
    );
    assert!(
        line.contains(" (pacing stable: answer rate 0.772 within 0.75 ± 0.05, target 34 = "),
        "{line}"
    );
    assert_eq!(
        folder
            .tick(&platform, &["--quiet"])
            .finish()
            .expect(0)
            .stdout,
        ""
    );
}

#[test]
fn json_has_the_documented_fields() {
    let folder = Folder::new();
    let platform = Platform::start();
    let warehouse = platform.warehouse();
    let run = folder
        .tick(&platform, &["--json", "--dw-endpoint", &warehouse])
        .finish()
        .expect(0);
    let mut object = run.json();
    assert!(object["timestamp"].as_str().unwrap().ends_with('Z'));
    object["timestamp"] = Value::Null;
    assert_eq!(
        object,
        json!({
            "timestamp": null, "campaignId": "camp-42", "policy": "capacity", "action": "adjusted",
            "reason": "target 34 = floor(40.0 agents × 0.85), answer rate 0.772 within 0.75 ± 0.05",
            "reasonCode": "rate-differs",
            "previousDialRate": 0, "newDialRate": 34, "answerRate": 0.7724, "deviation": 0.7724 - 0.75,
            "availableAgents": 40, "agentAvailabilityAvg": 40.0, "exported": 1, "pending": 0, "dryRun": false,
        })
    );
}

#[test]
fn a_dry_run_prints_the_exact_request_and_writes_nothing() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = folder.tick(&platform, &["--dry-run"]).finish().expect(0);
    let request = format!(
        "PATCH {}/api/v2/outbound/campaigns/camp-42\nAccept: application/json\n\
         Authorization: Bearer [not shown]\nIf-Match: *\nContent-Type: application/json\n\n{{\"dialRate\":34}}",
        platform.site()
    );
    assert!(run.stdout.contains(&request), "{}", run.stdout);
    assert_eq!(folder.files(), [], "nothing is written");
    assert_eq!(
        (platform.count(Call::Patch), platform.count(Call::Warehouse)),
        (0, 0)
    );

    let object = folder
        .tick(&platform, &["--dry-run", "--json"])
        .finish()
        .expect(0)
        .json();
    assert_eq!(object["dryRun"], true);
    assert_eq!(object["request"]["body"], json!({ "dialRate": 34 }));
}

#[test]
fn agents_on_several_pages_are_all_counted() {
    let folder = Folder::new();
    let platform = Platform::start();
    {
        let mut world = platform.world();
        (world.agents, world.page_size) = (70, Some(25));
    }
    let object = folder
        .tick(&platform, &["--json"])
        .finish()
        .expect(0)
        .json();
    assert_eq!(object["availableAgents"], 70);
    assert_eq!(platform.count(Call::Agents), 3);
}

#[test]
fn etag_reads_the_campaign_and_guards_the_patch() {
    let folder = Folder::new();
    let platform = Platform::start();
    (platform.world().dial_rate, platform.world().version) = (50, 7);
    let object = folder
        .tick(&platform, &["--if-match", "etag", "--json"])
        .finish()
        .expect(0)
        .json();
    assert_eq!(
        (&object["previousDialRate"], &object["newDialRate"]),
        (&json!(50), &json!(34))
    );
    let world = platform.world();
    let patch = world
        .requests
        .iter()
        .find(|r| r.call() == Call::Patch)
        .unwrap();
    assert_eq!(patch.header("if-match"), "\"7\"");
}

#[test]
fn a_campaign_changed_meanwhile_is_left_alone() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |_| Reply::status(412));
    let run = folder
        .tick(&platform, &["--if-match", "etag", "--json"])
        .finish()
        .expect(0);
    assert_eq!(run.json()["action"], "held");
    assert_eq!(
        run.json()["reason"],
        "the campaign was changed by somebody else meanwhile"
    );
    assert!(
        run.stderr
            .contains("the campaign was changed while this cycle ran"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.count(Call::Patch), 1);
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.tick(&platform, &[]).finish().expect(0);
    let before = folder.files();
    let requests = platform.calls().len();

    let lock = std::fs::File::open(folder.path("state.json.lock")).unwrap();
    lock.lock().unwrap();
    let run = folder.tick(&platform, &[]).finish().expect(75);
    assert!(
        run.error()
            .contains("another run holds the state file state.json"),
        "{}",
        run.stderr
    );
    assert_eq!(folder.files(), before);
    assert_eq!(platform.calls().len(), requests, "nothing is sent");
}

#[test]
fn no_secret_leaves_the_requests_and_the_token_file() {
    let folder = Folder::new();
    // A server that echoes what it was sent, in errors and in answers.
    let platform = Platform::scripted(|request, nth| match request.call() {
        Call::Metrics if nth == 0 => {
            Reply::Answer(400, vec![], request.header("authorization").to_owned())
        }
        Call::Patch => Reply::Answer(
            400,
            vec![],
            format!("{SECRET} {}", request.header("authorization")),
        ),
        Call::Agents if nth == 1 => Reply::body(format!("\"{}\"", request.header("authorization"))),
        _ => Reply::Contract,
    });
    for _ in 0..3 {
        // `finish` looks for both in whatever is printed.
        let run = folder.tick(&platform, &["--verbose"]).finish().expect(5);
        assert!(run.stderr.contains("[redacted]"), "{}", run.stderr);
    }
    for (name, content) in folder.files() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains(SECRET), "the secret is in {name}");
        assert!(
            name == "state.json.token" || !text.contains(TOKEN),
            "a token is in {name}"
        );
    }
    #[cfg(unix)]
    for name in ["state.json", "state.json.token"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_sandbox_needs_nothing_and_its_window_grows() {
    let folder = Folder::new();
    for samples in 1..=3 {
        let args = ["tick", "--sandbox", "--verbose"];
        let run = folder.dialpace(&args).finish().expect(0);
        let window = format!("; {samples} of 6 samples)");
        assert!(run.stdout.contains(&window), "{}", run.stdout);
        let before = folder.files();
        let args = ["tick", "--sandbox", "--dry-run", "--json"];
        let object = folder.dialpace(&args).finish().expect(0).json();
        assert!(object["agentAvailabilityAvg"].is_number());
        assert_eq!(
            folder.files(),
            before,
            "a dry run leaves everything as it is"
        );
    }
}

#[test]
fn the_sandbox_is_the_simulated_world_and_keeps_its_rate() {
    let folder = Folder::new();
    folder.write(
        "world.toml",
        "[agents]\nroster = [{ from_secs = 0, count = 300 }]\n[answer_rate]\nbase = 0.01\n",
    );
    let args = [
        "tick",
        "--sandbox",
        "world.toml",
        "--if-match",
        "etag",
        "--json",
    ];
    // It has been dialing at 20 a minute by hand; hardly anybody answers 300 agents.
    let first = folder.dialpace(&args).finish().expect(0).json();
    assert_eq!(
        (&first["previousDialRate"], &first["newDialRate"]),
        (&json!(20), &json!(100))
    );
    assert!(first["availableAgents"].as_u64().unwrap() > 280, "{first}");
    let second = folder.dialpace(&args).finish().expect(0).json();
    assert_eq!(second["previousDialRate"], 100);
}

#[test]
fn the_sandbox_can_run_faster_than_the_clock() {
    let folder = Folder::new();
    let run = |args: &[&str]| {
        folder
            .dialpace(&[&["tick", "--sandbox"], args].concat())
            .finish()
    };
    run(&["--speed", "600"]).expect(0);
    let diary: Value =
        serde_json::from_str(&folder.read(".local/state/dialpace/sandbox/sandbox.json.campaign"))
            .unwrap();
    assert_eq!(
        (&diary["speed"], &diary["version"]),
        (&json!(600), &json!(1))
    );
    run(&["--speed", "0"]).expect(2);
    let alone = folder
        .dialpace(&["tick", "--speed", "2"])
        .finish()
        .expect(2);
    assert!(alone.stderr.contains("--sandbox"), "{}", alone.stderr);
}

#[test]
fn the_sandbox_never_touches_what_belongs_to_a_real_campaign() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder
        .tick(&platform, &["--sandbox"])
        .env("DW_ENDPOINT", platform.warehouse())
        .env("DIALPACE_STATE", "real.json")
        .finish()
        .expect(0);
    assert_eq!(platform.calls(), []);
    assert!(!folder.path("real.json").exists());
}

#[test]
fn a_scenario_that_cannot_be_used_names_file_and_key() {
    let folder = Folder::new();
    folder.write("s.toml", "hours = 8\n[agents]\nrooster = []\n");
    let run = folder
        .dialpace(&["tick", "--sandbox", "s.toml"])
        .finish()
        .expect(2);
    assert!(
        run.error()
            .contains("s.toml:3: unknown key \"rooster\"; did you mean roster?"),
        "{}",
        run.stderr
    );
    folder.write("s.toml", "[agents]\nroster = []\n");
    let run = folder
        .dialpace(&["tick", "--sandbox", "s.toml"])
        .finish()
        .expect(2);
    assert!(
        run.error().contains("s.toml: agents.roster: it is empty"),
        "{}",
        run.stderr
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_reader_that_left_is_no_error_and_a_full_disk_is() {
    let folder = Folder::new();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let run = folder
        .dialpace(&["tick", "--sandbox"])
        .stdout(full)
        .finish()
        .expect(1);
    assert!(
        run.error()
            .contains("its result cannot be printed: No space left"),
        "{}",
        run.stderr
    );

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    folder
        .dialpace(&["tick", "--sandbox"])
        .stdout(writer)
        .finish()
        .expect(0);
}

#[test]
fn records_beyond_the_limit_go_to_a_file_and_none_is_lost() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Warehouse, |_| Reply::status(503));
    let warehouse = platform.warehouse();
    for agents in [10, 20, 30] {
        platform.world().agents = agents;
        let args = [
            "--dw-endpoint",
            &warehouse,
            "--retries",
            "0",
            "--outbox-limit",
            "1",
            "--quiet",
        ];
        let run = folder.tick(&platform, &args).finish().expect(6);
        assert!(
            run.stderr.contains("warning: warehouse export: HTTP 503"),
            "{}",
            run.stderr
        );
    }
    let spilled: Vec<String> = folder
        .files()
        .into_iter()
        .filter(|(name, _)| name.contains(".overflow-"))
        .map(|(_, content)| String::from_utf8(content).unwrap())
        .collect();
    assert_eq!(
        spilled.concat().lines().count(),
        2,
        "the two oldest, in the day's file"
    );
    // The newest is still to be had.
    folder
        .tick(&platform, &["--dw-endpoint", "audit.ndjson"])
        .finish()
        .expect(0);
    assert!(folder.read("audit.ndjson").contains("\"newDialRate\":17"));
}
