//! The start of a skill that an operator stopped here: whatever it reports while it stands still.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use common::skills::{Call, Skills};
use common::{Finished, Folder, Reply, Run as _};
use serde_json::json;

fn run(folder: &Folder, skills: &Skills, name: &str, args: &[&str]) -> Finished {
    folder.skills(skills, name, args).finish()
}

/// A skill that stands still may have no row, and its agents are somewhere else.
#[test]
fn a_skill_without_agents_or_rows_is_started_again() {
    for answer in [
        r#"{"skillActivity":[]}"#,
        r#"{"skillActivity":[{"serverTime":"2026-03-02T14:30:05Z","skillId":4711,"agentsAvailable":0,"agentsLoggedIn":0,"agentsUnavailable":0,"agentsWorking":0}]}"#,
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        run(&folder, &skills, "tick", &[]).expect(0);
        run(&folder, &skills, "stop", &["--restore"]).expect(0);
        skills.fault(Call::Activity, move |_| Reply::body(answer));
        for _ in 0..8 {
            skills.world().advance(30);
            run(&folder, &skills, "tick", &[]).expect(0);
        }
        assert_eq!(skills.world().controls, [Call::Stop]);
        run(&folder, &skills, "resume", &[]).expect(0);
        skills.world().advance(30);
        let started = run(&folder, &skills, "tick", &["--json"]).expect(0).json();
        assert_eq!(started["action"], "adjusted", "{started}");
        assert_eq!(
            (&started["previousRatio"], &started["newRatio"]),
            (&json!(null), &json!(1)),
            "at the lowest ratio"
        );
        assert_eq!(skills.world().controls, [Call::Stop, Call::Start]);
        assert_eq!(skills.world().ratio(), 1);
    }
}

/// A poll that fails starts nothing.
#[test]
fn a_failed_poll_starts_nothing() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    run(&folder, &skills, "tick", &[]).expect(0);
    run(&folder, &skills, "stop", &[]).expect(0);
    for _ in 0..4 {
        run(&folder, &skills, "tick", &[]).expect(0);
    }
    run(&folder, &skills, "resume", &[]).expect(0);
    skills.fault(Call::Activity, |_| Reply::status(500));
    run(&folder, &skills, "tick", &["--retries", "0"]).expect(5);
    assert_eq!(skills.count(Call::Start), 0);
    skills.recover();
    run(&folder, &skills, "tick", &[]).expect(0);
    assert_eq!(skills.world().controls, [Call::Stop, Call::Start]);
}
