//! A change that damages other settings of a skill: what is left when the run dies in the middle of it,
//! when the damage cannot be put back, and what an operator's way back then does.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::process::Stdio;

use common::skills::{Call, Personality, Skills};
use common::{Finished, Folder, Reply, Run as _};
use serde_json::{Value, json};

const LOWEST: [&str; 5] = ["--json", "--policy", "fixed", "--ratio", "1"];

fn tick(folder: &Folder, skills: &Skills) -> Finished {
    folder.skills(skills, "tick", &LOWEST).finish()
}

fn reason(run: &Finished) -> Value {
    run.json()["reasonCode"].clone()
}

/// Killed between the write and the look at it: the next run finds the damage, latches writing off
/// before it repairs, and the change has its record.
#[test]
fn damage_of_a_run_that_was_killed_is_found() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let before = skills.world().settings.clone();
    skills.world().spoils.push_back(("loadFresh", json!(false)));
    skills.fault(Call::Put, |_| Reply::ContractThen(Box::new(Reply::Hang)));
    let mut child = folder
        .skills(&skills, "tick", &LOWEST)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while skills.world().ratio() != 1 {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    skills.recover();
    assert_eq!(skills.world().settings["loadFresh"], false);

    let found = tick(&folder, &skills).expect(5);
    assert!(found.error().contains("loadFresh from true to false"));
    assert!(
        found.error().contains("dialpace resume"),
        "{}",
        found.error()
    );
    let mut repaired = before;
    repaired.insert("maximumRatio".to_owned(), json!(1));
    assert_eq!(skills.world().settings, repaired);
    assert_eq!(skills.count(Call::Put), 2, "the change and the repair");
    assert!(folder.path("state.json.latch").exists());
    assert_eq!(reason(&tick(&folder, &skills).expect(0)), "write-latched");
    assert_eq!(skills.count(Call::Put), 2);
}

/// What cannot be put back is told, stays known, and goes back with `stop --restore`.
#[test]
fn damage_that_stays_goes_back_with_a_restore() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let before = skills.world().settings.clone();
    skills.world().spoils.push_back(("loadFresh", json!(false)));
    skills.fault(Call::Put, |nth| match nth {
        1 => Reply::status(500),
        _ => Reply::Contract,
    });
    let told = tick(&folder, &skills).expect(5);
    assert!(
        told.error().contains("could not be put back"),
        "{}",
        told.error()
    );
    assert_eq!(skills.world().settings["loadFresh"], false);
    assert_eq!(reason(&tick(&folder, &skills).expect(0)), "write-latched");
    let stopped = folder.skills(&skills, "stop", &["--restore"]).finish();
    let stopped = stopped.expect(0);
    assert!(
        stopped.stdout.contains("loadFresh true"),
        "{}",
        stopped.stdout
    );
    assert_eq!(skills.world().settings, before);
    assert_eq!(skills.world().controls, [Call::Stop]);
}

/// A raise that does damage is taken back with it.
#[test]
fn a_repair_never_raises() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().set("maximumRatio", json!(1));
    skills
        .world()
        .spoils
        .push_back(("maximumAttempts", json!(1)));
    let raise = [
        "--json",
        "--policy",
        "fixed",
        "--ratio",
        "2",
        "--max-ratio",
        "2",
    ];
    folder.skills(&skills, "tick", &raise).finish().expect(5);
    assert_eq!(skills.world().ratio(), 1, "the lower of the two");
    assert_eq!(skills.world().settings["maximumAttempts"], 6);
    // By hand, raised, and put back.
    assert_eq!(skills.world().ratios, [2, 1, 2, 1]);
}

/// A server that takes an absent boolean for false shows itself at the first partial write.
#[test]
fn a_server_that_replaces_is_found_out_by_a_partial_write() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().personality = Personality::Replace;
    let before = skills.world().settings.clone();
    let partial = [&LOWEST[..], &["--settings-write", "partial"]].concat();
    folder.skills(&skills, "tick", &partial).finish().expect(5);
    let latched = folder.skills(&skills, "tick", &partial).finish().expect(0);
    assert_eq!(reason(&latched), "write-latched");
    assert!(skills.count(Call::Put) <= 2);
    // Its own way back, with everything in it, is whole.
    folder
        .skills(&skills, "stop", &["--restore"])
        .finish()
        .expect(0);
    assert_eq!(skills.world().settings, before);
}
