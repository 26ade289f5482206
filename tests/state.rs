//! The state file: damaged, of another campaign, of a later version, or in a place that cannot be
//! written.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use common::{Folder, Platform, Run};
use dialpace::base::clock::{Clock, SystemClock};
use dialpace::base::units::UnixMillis;
use dialpace::live::{Intent, Loaded, State, Store};
use dialpace::pacing::{PacerState, Setpoint};
use dialpace::warehouse::{CampaignRecord, Record};

#[test]
fn a_damaged_state_is_set_aside_and_the_rate_is_not_raised() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.tick(&platform, &[]).finish().expect(0);
    let mut damaged = folder.read("state.json");
    damaged.truncate(damaged.len() / 2);
    folder.write("state.json", &damaged);
    platform.world().agents = 100;

    let run = folder.tick(&platform, &["--json"]).finish().expect(0);
    assert!(
        run.stderr
            .contains("state file state.json was damaged (it ends too early"),
        "{}",
        run.stderr
    );
    let object = run.json();
    assert_eq!(
        (&object["action"], &object["newDialRate"]),
        (&"held".into(), &34.into())
    );
    assert!(
        object["reason"]
            .as_str()
            .unwrap()
            .starts_with("the state was lost, so this cycle does not raise the rate above 34")
    );
    let aside: Vec<_> = folder
        .files()
        .into_iter()
        .filter(|(name, _)| name.contains(".damaged-"))
        .collect();
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].1, damaged.as_bytes(), "the file keeps its content");

    // The next cycle may raise the rate again.
    folder.tick(&platform, &[]).finish().expect(0);
    assert_eq!(platform.world().applied, [34, 85]);
}

#[test]
fn a_state_from_the_future_is_refused_and_kept() {
    let folder = Folder::new();
    let platform = Platform::start();
    for content in [
        r#"{"schema":99}"#,
        r#"{"schema":3,"checksum":"x","state":{"new":1}}"#,
    ] {
        folder.write("state.json", content);
        let run = folder.tick(&platform, &[]).finish().expect(2);
        assert!(
            run.error().contains("state file state.json has schema"),
            "{}",
            run.stderr
        );
        assert_eq!(folder.read("state.json"), content);
    }
    assert!(platform.calls().is_empty());
}

#[test]
fn a_state_of_another_campaign_is_refused() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.tick(&platform, &[]).finish().expect(0);
    let requests = platform.calls().len();
    let run = folder
        .tick(&platform, &["--campaign-id", "other"])
        .finish()
        .expect(2);
    assert!(
        run.error()
            .contains("belongs to campaign camp-42, not to other"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.calls().len(), requests);
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_before_anything_is_sent() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.write("file", "");
    let run = folder
        .dialpace(&["tick", "--sandbox", "--state", "file/state.json"])
        .finish()
        .expect(1);
    assert!(
        run.error().contains("cannot create the folder file"),
        "{}",
        run.stderr
    );
    // A folder where the temporary file belongs: the state cannot be replaced.
    std::fs::create_dir(folder.path("state.json.tmp")).unwrap();
    let run = folder.tick(&platform, &[]).finish().expect(1);
    assert!(
        run.error().contains("cannot write state.json: "),
        "{}",
        run.stderr
    );
    assert!(
        platform.world().applied.is_empty(),
        "a rate that cannot be saved is not sent"
    );
}

#[test]
fn a_folder_in_place_of_the_state_is_refused_and_kept() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder")).unwrap();
    let run = folder
        .dialpace(&["tick", "--sandbox", "--state", "folder"])
        .finish()
        .expect(2);
    assert!(
        run.error().contains("folder is not a regular file"),
        "{}",
        run.stderr
    );
    assert!(folder.files().is_empty());
}

#[test]
fn every_truncation_and_every_flipped_bit_is_noticed() {
    let folder = Folder::new();
    let path = folder.path("state.json");
    let state = full_state();
    let store = Store::lock(&path, "camp-42").unwrap();
    store.save(&state).unwrap();
    assert_eq!(
        store.load().unwrap(),
        Loaded::Earlier(Box::new(state.clone()))
    );
    let whole = std::fs::read(&path).unwrap();

    let load = |content: &[u8]| {
        folder.write("state.json", content);
        store.load()
    };
    // The last byte is a line end, which the state does not need.
    for length in 0..whole.len() - 1 {
        let loaded = load(&whole[..length]).unwrap();
        assert!(
            matches!(loaded, Loaded::Damaged(_)),
            "cut to {length}: {loaded:?}"
        );
    }
    for byte in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[byte] ^= 1 << bit;
            match load(&flipped).unwrap() {
                Loaded::Damaged(_) => {}
                // The flipped bit turned the line end into other white space.
                Loaded::Earlier(same) => assert_eq!(*same, state, "byte {byte} bit {bit}"),
                Loaded::None => panic!("the file exists"),
            }
        }
    }
}

#[test]
fn damage_is_never_overwritten_by_later_damage() {
    let folder = Folder::new();
    let store = Store::lock(&folder.path("state.json"), "camp-42").unwrap();
    let now = SystemClock::start().now();
    let names: std::collections::BTreeSet<_> = (0..3)
        .map(|n| {
            folder.write("state.json", format!("damage {n}"));
            store
                .set_aside(&State::cold("camp-42"), now)
                .unwrap()
                .unwrap()
        })
        .collect();
    assert_eq!(names.len(), 3);
    for (n, name) in names.iter().enumerate() {
        assert_eq!(
            std::fs::read_to_string(name).unwrap(),
            format!("damage {n}")
        );
    }
}

#[test]
fn a_damaged_state_that_cannot_be_set_aside_is_found_again() {
    let folder = Folder::new();
    let platform = Platform::start();
    platform.world().dial_rate = 10;
    folder.write("state.json", "garbage");
    std::fs::create_dir(folder.path("state.json.tmp")).unwrap();
    folder.tick(&platform, &[]).finish().expect(1);
    std::fs::remove_dir(folder.path("state.json.tmp")).unwrap();
    let run = folder.tick(&platform, &[]).finish().expect(0);
    assert!(run.stderr.contains("was damaged"), "{}", run.stderr);
    assert!(
        platform.world().applied.is_empty(),
        "not raised above the campaign's rate of 10"
    );
}

fn full_state() -> State {
    let record = Record::Campaign(CampaignRecord {
        timestamp: "2026-11-22T15:03:01.123Z".to_owned(),
        campaign_id: "camp-42".to_owned(),
        previous_dial_rate: 30,
        new_dial_rate: 34,
        current_answer_rate: Some(0.7724),
        sla_threshold: 0.75,
        deviation: Some(0.7724 - 0.75),
        agent_availability_avg: Some(40.0),
    });
    let mut state = State::cold("camp-42");
    state.pacer = PacerState {
        applied: Some(Setpoint::at(30)),
        heard_at: Some(UnixMillis(1_795_359_781_123)),
        ..PacerState::default()
    };
    state.outbox.push(record.clone());
    state.unsettled.push(Intent {
        setpoint: Setpoint::at(34),
        record: Some(record),
    });
    state
}
