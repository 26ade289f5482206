//! States that an earlier build wrote, in the layout of its time: `fixtures/states/schema-N`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::path::{Path, PathBuf};

use common::{Call, Folder, Platform, Run as _};
use dialpace::live::{Loaded, State, Store};
use dialpace::pacing::Setpoint;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/states/schema-1")
        .join(name)
}

fn load(path: &Path, campaign_id: &str) -> State {
    match Store::read_only(path, campaign_id).unwrap().load().unwrap() {
        Loaded::Earlier(state) => *state,
        other => panic!("{}: {other:?}", path.display()),
    }
}

/// From `tick --sandbox` of every policy: (policy, its own flags, calls per minute, samples).
const OF_EVERY_POLICY: [(&str, &[&str], u32, usize); 4] = [
    ("capacity", &[], 23, 3),
    ("compensated", &[], 44, 3),
    ("fixed", &["--dial-rate", "25"], 25, 2),
    ("predictive", &[], 24, 3),
];

#[test]
fn a_state_of_schema_1_says_what_it_said() {
    for (policy, _, dial_rate, samples) in OF_EVERY_POLICY {
        let state = load(&fixture(&format!("{policy}.json")), "sandbox");
        assert_eq!(
            state.pacer.applied,
            Some(Setpoint::at(dial_rate)),
            "{policy}"
        );
        assert_eq!(state.pacer.window.len(), samples, "{policy}");
        assert_eq!(state.pacer.forecast.is_some(), policy == "predictive");
        assert!(state.unsettled.is_empty() && state.outbox.is_empty() && state.cursor.is_empty());
    }
    let state = load(&fixture("open-intent.json"), "camp-42");
    assert_eq!(state.pacer.applied, Some(Setpoint::at(34)));
    assert_eq!(state.unsettled[0].setpoint, Setpoint::at(38));
    assert_eq!(state.outbox.len(), 1);
}

/// An earlier layout of schema 2 had one open intent at most.
#[test]
fn an_earlier_state_of_schema_2_keeps_its_open_intent() {
    let path = fixture("../schema-2/open-intent.json");
    let state = load(&path, "camp-42");
    assert_eq!(state.pacer.applied, None);
    assert_eq!(state.unsettled.len(), 1);
    assert_eq!(state.unsettled[0].setpoint, Setpoint::at(34));
    assert!(state.unsettled[0].record.is_some());
}

#[test]
fn a_run_goes_on_from_a_state_of_schema_1_and_writes_schema_2() {
    for (policy, flags, dial_rate, _) in OF_EVERY_POLICY {
        let folder = Folder::new();
        let text = std::fs::read_to_string(fixture(&format!("{policy}.json"))).unwrap();
        folder.write("state.json", text);
        let mut args = vec!["tick", "--sandbox", "--state", "state.json", "--json"];
        args.extend(["--policy", policy]);
        args.extend(flags);
        let run = folder.dialpace(&args).finish().expect(0);
        assert!(!run.stderr.contains("damaged"), "{}", run.stderr);
        assert_eq!(run.json()["previousDialRate"], dial_rate, "{policy}");
        assert!(folder.read("state.json").starts_with(r#"{"schema":2,"#));
    }
}

/// The campaign is read before anything is sent, and each record is told once, under its old id.
#[test]
fn what_schema_1_left_open_is_settled_and_what_waited_is_delivered() {
    let folder = Folder::new();
    let platform = Platform::start();
    platform.world().dial_rate = 38;
    folder.write(
        "state.json",
        std::fs::read_to_string(fixture("open-intent.json")).unwrap(),
    );
    let warehouse = platform.warehouse();
    let run = folder
        .tick(&platform, &["--dw-endpoint", &warehouse])
        .finish()
        .expect(0);
    assert!(
        run.stderr
            .contains("without an answer to its change to 38 calls/min"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.calls()[..2], [Call::Token, Call::Campaign]);
    let told: Vec<u64> = platform
        .world()
        .records
        .iter()
        .map(|(_, body)| {
            let record: serde_json::Value = serde_json::from_str(body).unwrap();
            record["newDialRate"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(told[..2], [34, 38]);
}

/// A state of schema 2 from before attempts and refusals were counted.
#[test]
fn an_earlier_state_of_schema_2_goes_on_and_its_record_is_delivered() {
    let folder = Folder::new();
    let platform = Platform::start();
    let fixture = fixture("../schema-2/waiting-record.json");
    folder.write("state.json", std::fs::read_to_string(fixture).unwrap());
    let warehouse = platform.warehouse();
    let args = ["--dw-endpoint", &warehouse, "--metrics-file", "m.prom"];
    let run = folder.tick(&platform, &args).finish().expect(0);
    assert!(!run.stderr.contains("damaged"), "{}", run.stderr);
    let records = platform.world().records.clone();
    assert!(
        records[0].1.contains("2026-11-25T10:15:17.182Z"),
        "{records:?}"
    );
    let metrics = folder.read("m.prom");
    for line in ["exported_records_total", "refused_records_total"] {
        assert!(metrics.contains(line), "{metrics}");
    }
    assert!(metrics.contains("outcome=\"adjusted\"} 1\n"), "{metrics}");
}

/// Its 0 was nothing, a stop and a rate at once: nothing is claimed of it.
#[test]
fn a_rate_of_0_in_schema_1_is_read_as_unknown() {
    let text = std::fs::read_to_string(fixture("capacity.json")).unwrap();
    let state = text.split_once(r#""state":"#).unwrap().1.trim_end();
    let state = state.strip_suffix('}').unwrap();
    let state = state.replace(r#""dialRate":23"#, r#""dialRate":0"#);
    // The checksum as schema 1 has it: a name-based UUID of number and text.
    let space = uuid::Uuid::from_u128(0x2b7d_90f4_61ac_5e38_8c13_e5a9_7f40_d26b);
    let checksum = uuid::Uuid::new_v5(&space, format!("1:{state}").as_bytes());
    let folder = Folder::new();
    folder.write(
        "state.json",
        format!(r#"{{"schema":1,"checksum":"{checksum}","state":{state}}}"#),
    );
    let state = load(&folder.path("state.json"), "sandbox");
    assert_eq!(state.pacer.applied, None);
    assert_eq!(state.pacer.window.len(), 3);
}
