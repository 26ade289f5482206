//! An operator's stop of a skill, its resume, the way back to the settings of before, and kills.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on should fail; a kill comes after a while"
)]

mod common;

use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use common::skills::{Call, Skills};
use common::{Finished, Folder, Reply, Run as _, signal};
use serde_json::{Value, json};

fn run(folder: &Folder, skills: &Skills, name: &str, args: &[&str]) -> Finished {
    let mut command = folder.skills(skills, name, args);
    command.env("DW_ENDPOINT", skills.warehouse()).finish()
}

const LOWEST: [&str; 5] = ["--json", "--policy", "fixed", "--ratio", "1"];

#[test]
fn a_stop_lowers_and_then_stops_the_skill() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &[]).expect(0);
    let stopped = run(&folder, &skills, "stop", &[]).expect(0);
    assert!(stopped.stdout.contains("4711"), "{}", stopped.stdout);
    assert_eq!(skills.world().ratios, [2, 1]);
    assert_eq!(skills.world().controls, [Call::Stop]);
    let calls = skills.calls();
    let at = |call| calls.iter().position(|c| *c == call).unwrap();
    assert!(at(Call::Put) < at(Call::Stop), "the ratio first: {calls:?}");
    let stop = &skills.world().requests[at(Call::Stop)].clone();
    assert!(
        stop.target.ends_with("/stop") || stop.target.ends_with("/stop?force=false"),
        "{}",
        stop.target
    );
    assert_eq!(stop.body, "");
    assert_eq!(stop.header("content-length"), "0");
    assert_eq!(stop.header("transfer-encoding"), "");
    for _ in 0..3 {
        skills.world().advance(30);
        let object = run(&folder, &skills, "tick", &["--json"]).expect(0).json();
        assert_eq!(object["reasonCode"], "held-by-operator");
    }
    assert_eq!(skills.count(Call::Put), 1);
    assert!(!skills.world().is_running);
    assert_eq!(skills.world().controls, [Call::Stop], "it has time to take");
    skills.refused_nothing();
}

/// A stop that did not take is repeated by later cycles.
#[test]
fn a_stop_that_did_not_take_is_repeated() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &[]).expect(0);
    skills.world().control_takes_after = None;
    run(&folder, &skills, "stop", &["--wait", "1s"]).expect(0);
    for _ in 0..12 {
        skills.world().advance(30);
        run(&folder, &skills, "tick", &["--json"]).expect(0);
    }
    assert!(skills.count(Call::Stop) >= 2, "{:?}", skills.calls());
    assert_eq!(skills.world().highest(), 2);
}

#[test]
fn a_skill_that_stopped_meanwhile_is_stopped() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &[]).expect(0);
    for status in [404, 409] {
        skills.world().is_running = true;
        let nth = skills.count(Call::Stop);
        skills
            .world()
            .before(Call::Stop, nth, |world| world.is_running = false);
        skills.fault(Call::Stop, move |_| Reply::status(status));
        run(&folder, &skills, "stop", &[]).expect(0);
        run(&folder, &skills, "resume", &[]).expect(0);
    }
}

/// What we stopped we start again, and nothing else.
#[test]
fn only_a_skill_that_was_stopped_here_is_started() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &[]).expect(0);
    run(&folder, &skills, "stop", &[]).expect(0);
    while skills.world().is_running {
        run(&folder, &skills, "tick", &[]).expect(0);
    }
    run(&folder, &skills, "resume", &[]).expect(0);
    for _ in 0..4 {
        skills.world().advance(30);
        run(&folder, &skills, "tick", &[]).expect(0);
    }
    assert_eq!(skills.count(Call::Start), 1);
    assert_eq!(skills.world().controls.last(), Some(&Call::Start));
    assert!(skills.world().is_running);

    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().is_running = false;
    run(&folder, &skills, "tick", &[]).expect(0);
    run(&folder, &skills, "stop", &[]).expect(0);
    run(&folder, &skills, "resume", &[]).expect(0);
    for _ in 0..4 {
        skills.world().advance(30);
        run(&folder, &skills, "tick", &[]).expect(0);
    }
    assert_eq!(skills.count(Call::Start), 0, "somebody else had stopped it");
}

#[test]
fn a_stop_with_restore_puts_the_settings_back() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().set("maximumRatio", json!(3));
    let before = skills.world().settings.clone();
    run(&folder, &skills, "tick", &LOWEST).expect(0);
    assert_eq!(skills.world().ratio(), 1);
    run(&folder, &skills, "stop", &["--restore"]).expect(0);
    assert_eq!(skills.world().settings, before, "as before the first write");
    assert_eq!(skills.world().controls, [Call::Stop], "and stopped");
    skills.refused_nothing();
}

/// Others' edits since then are theirs: only the lever goes back.
#[test]
fn a_restore_leaves_what_others_have_changed() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &LOWEST).expect(0);
    skills.world().set("maximumAttempts", json!(9));
    run(&folder, &skills, "stop", &["--restore"]).expect(0);
    assert_eq!(skills.world().ratio(), 2);
    assert_eq!(skills.world().settings["maximumAttempts"], 9);
}

/// While writing is latched off, a stop skips the ratio and stops the skill.
#[test]
fn a_stop_works_while_latched() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().spoils.push_back(("loadFresh", json!(false)));
    run(&folder, &skills, "tick", &LOWEST);
    let puts = skills.count(Call::Put);
    run(&folder, &skills, "stop", &[]).expect(0);
    assert_eq!(skills.count(Call::Put), puts);
    assert_eq!(skills.world().controls, [Call::Stop]);
}

#[test]
fn a_refused_stop_is_told_with_its_reason() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &[]).expect(0);
    let reason = "Forbidden. Check Security Profile permissions";
    skills.fault(Call::Stop, move |_| {
        Reply::Answer(
            403,
            vec![("icStatusDescription", reason.to_owned())],
            String::new(),
        )
    });
    let refused = run(&folder, &skills, "stop", &["--wait", "1s"]).expect(3);
    assert!(refused.error().contains(reason), "{}", refused.error());
    assert_eq!(skills.world().ratio(), 1, "lower it is all the same");
    let object = run(&folder, &skills, "tick", &["--json"]);
    assert!(
        object.stdout.contains("held-by-operator"),
        "the marker stays: {}",
        object.stdout
    );
}

/// A run that is killed where its test fails.
struct Running(Child);

impl Running {
    fn watch(folder: &Folder, skills: &Skills, args: &[&str]) -> Self {
        let mut command = folder.skills(skills, "watch", args);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let running = Self(command.spawn().unwrap());
        while !folder.path("state.json").exists() {
            thread::yield_now();
        }
        running
    }

    /// Ends it and returns its exit code.
    fn end(mut self) -> Option<i32> {
        signal(&self.0, "TERM");
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A watch ends with the ratio that `--on-exit` says; the skill itself runs on.
#[test]
fn a_watch_ends_as_it_was_told() {
    for (how, ratio) in [("keep", 2), ("stop", 1)] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        let watch = Running::watch(&folder, &skills, &["--json", "--on-exit", how]);
        assert_eq!(watch.end(), Some(143), "{how}");
        assert_eq!(skills.world().ratio(), ratio, "{how}");
        assert_eq!(skills.count(Call::Stop), 0, "{how}");
    }
}

#[test]
fn a_watch_obeys_a_stop() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let watch = Running::watch(&folder, &skills, &["--json"]);
    run(&folder, &skills, "stop", &[]).expect(0);
    assert_eq!(skills.world().controls[0], Call::Stop);
    assert_eq!(skills.world().ratio(), 1);
    assert_eq!(watch.end(), Some(143));
}

fn draws() -> impl FnMut(u64) -> u64 {
    let seed = std::env::var("TORTURE_SEED").map_or(20_261_129, |seed| seed.parse().unwrap());
    println!("TORTURE_SEED={seed}");
    let mut state: u64 = seed ^ 0x9E37_79B9_7F4A_7C15;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

/// Killed at any moment, a run leaves a state that is whole, and the next one knows what was written:
/// each ratio that came into force has its record, and nobody's hand is suspected.
#[test]
fn kills_lose_no_write_and_damage_no_state() {
    let mut draw = draws();
    for round in 0..30 {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        run(&folder, &skills, "tick", &["--json"]).expect(0);
        skills.world().advance(30);
        let mut command = folder.skills(&skills, "tick", &LOWEST);
        command.env("DW_ENDPOINT", skills.warehouse());
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_micros(draw(40_000)));
        signal(&child, "KILL");
        child.wait().unwrap();
        skills.finish_all();
        for _ in 0..3 {
            skills.world().advance(30);
            let object = run(&folder, &skills, "tick", &LOWEST).expect(0).json();
            assert_ne!(
                object["reasonCode"], "changed-elsewhere",
                "round {round}: {object}"
            );
        }
        for (name, content) in folder.files() {
            assert!(!name.contains(".damaged"), "round {round}: {name}");
            if name == "state.json" {
                let whole: Result<Value, _> = serde_json::from_slice(&content);
                assert!(whole.is_ok(), "round {round}");
            }
        }
        let world = skills.world();
        assert_eq!(world.ratios, [2, 1], "round {round}");
        let mut records: Vec<&(String, String)> = world.records.iter().collect();
        records.sort();
        records.dedup();
        assert_eq!(records.len(), 1, "round {round}: {records:?}");
        assert!(
            records[0].1.contains(r#""previousRatio":2,"newRatio":1"#),
            "{records:?}"
        );
        assert_eq!(world.tokens_issued, 1, "round {round}: the token was kept");
    }
}
